"""A real mail server on loopback that does what a test tells it to."""

import ssl
from asyncio import Server
from collections.abc import Callable, Generator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

CERTIFICATE = Path(__file__).parent / "localhost.pem"
TAKEN = "250 OK"

Answer = Callable[[], str]


class PostOffice:
    """Takes every letter, unless `at_recipient` or `at_letter` answer otherwise."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.asked: list[str] = []
        self.at_recipient: Callable[[str], str] = lambda _: TAKEN
        self.at_letter: Callable[[EmailMessage], str] = lambda _: TAKEN
        self.url = ""

    async def handle_RCPT(  # noqa: N802 - the library's name for it
        self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        self.asked.append(address)
        answer = self.at_recipient(address)
        if answer == TAKEN:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        letter = message_from_bytes(envelope.content, policy=default)
        assert isinstance(letter, EmailMessage)
        answer = self.at_letter(letter)
        if answer == TAKEN:
            self.letters.append(letter)
        return answer


class _AnyPort(Controller):
    """aiosmtpd's controller on a port that the system chooses."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def post_office(*, tls: str = "none", user: str = "", password: str = "") -> Generator[PostOffice]:
    """Open a post office; `tls` is `none`, `starttls` (needed for a password) or `tls`."""
    office = PostOffice()
    options: dict[str, Any] = {}
    if tls == "starttls":
        options["tls_context"] = _context()
    if tls == "tls":
        options["ssl_context"] = _context()
    if user:
        options |= {"authenticator": _only(user, password), "auth_required": True}
    controller = _AnyPort(office, hostname="127.0.0.1", port=0, **options)
    controller.start()
    scheme = "smtps" if tls == "tls" else "smtp"
    who = f"{user}:{password}@" if user else ""
    query = "?starttls=true" if tls == "starttls" else ""
    office.url = f"{scheme}://{who}localhost:{controller.port}{query}"
    try:
        yield office
    finally:
        controller.stop()


def _context() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    return context


def _only(user: str, password: str) -> Callable[..., AuthResult]:
    def authenticator(
        _: SMTP, __: Session, ___: Envelope, ____: str, given: LoginPassword
    ) -> AuthResult:
        right = (given.login, given.password) == (user.encode(), password.encode())
        return AuthResult(success=right, handled=right)

    return authenticator
