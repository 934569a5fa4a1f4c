"""Speaking to a mail server."""

import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from enum import StrEnum
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

TIMEOUT = 15  # seconds for each step of the conversation
_PERMANENT = 500
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class Refused(Exception):  # noqa: N818
    """The server will never take this letter."""


class Deferred(Exception):  # noqa: N818
    """The server did not take this letter now."""


class Unreachable(Deferred):
    """There is no speaking to the server now, so no other letter would leave either."""


class Security(StrEnum):
    """How the conversation is encrypted."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, slots=True)
class Server:
    """What `SMTP_URL` says.

    Attributes:
        host, port: Where the server listens.
        security: Encrypted from the start (`smtps://`), after STARTTLS (`?starttls=true`) or not.
        user, password: Empty when the server asks for none.
        sender: Who letters are from (`?from=`), or None for `noreply@` our own host.
    """

    host: str
    port: int
    security: Security = Security.NONE
    user: str = ""
    password: str = ""
    sender: Address | None = None


def server(url: str) -> Server:
    """Read `smtp[s]://[user:password@]host[:port][?starttls=true][&from=Name <address>]`.

    Raises:
        ValueError: It is something else, or a password would travel in the clear.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("SMTP_URL looks like smtp://user:password@mail.example.com:587")
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    security = Security.NONE
    if parts.scheme == "smtps":
        security = Security.TLS
    elif options.get("starttls", "false").lower() in {"1", "true", "yes", "on"}:
        security = Security.STARTTLS
    if parts.username and security == Security.NONE and parts.hostname not in _LOOPBACK:
        raise ValueError("SMTP_URL would send the password in the clear: add ?starttls=true")
    usual = {Security.NONE: 25, Security.STARTTLS: 587, Security.TLS: 465}
    return Server(
        host=parts.hostname,
        port=parts.port or usual[security],
        security=security,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        sender=_sender(options.get("from")),
    )


def _sender(typed: str | None) -> Address | None:
    if typed is None:
        return None
    name, address = parseaddr(typed)
    return Address(name or "Park Place", addr_spec=address)


class Mailer:
    """A conversation with a mail server, begun with the first letter and kept for the next.

    Use it in a `with`; after any trouble the next letter begins a new conversation.
    """

    def __init__(self, where: Server) -> None:
        self._where = where
        self._open: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        """Begin with no conversation."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Say goodbye."""
        self._hang_up()

    def send(self, letter: EmailMessage) -> None:
        """Hand a letter over; on return the server has taken it.

        Raises:
            Refused: The recipient or the letter was refused for good (5xx).
            Deferred: The server asks for patience, or fell silent midway.
            Unreachable: No conversation, or no sign-in, or our sender is not welcome.
        """
        connection = self._connected()
        try:
            connection.send_message(letter)
        except smtplib.SMTPRecipientsRefused as error:
            code, reply = next(iter(error.recipients.values()))
            self._hang_up()
            raise _verdict(code, reply) from error
        except smtplib.SMTPDataError as error:
            self._hang_up()
            raise _verdict(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPException, OSError) as error:
            # A refused sender lands here too: that is about our configuration, and the letters
            # should still be there when it is put right.
            self._hang_up()
            kind = Unreachable if isinstance(error, smtplib.SMTPSenderRefused) else Deferred
            raise kind(str(error)) from error

    def _connected(self) -> smtplib.SMTP:
        if self._open is None:
            try:
                self._open = _connect(self._where)
            except (smtplib.SMTPException, OSError) as error:
                raise Unreachable(str(error)) from error
        return self._open

    def _hang_up(self) -> None:
        connection, self._open = self._open, None
        if connection is not None:
            try:
                connection.quit()
            except (smtplib.SMTPException, OSError):
                connection.close()


def _connect(where: Server) -> smtplib.SMTP:
    if where.security == Security.TLS:
        context = ssl.create_default_context()
        connection = smtplib.SMTP_SSL(where.host, where.port, timeout=TIMEOUT, context=context)
    else:
        connection = smtplib.SMTP(where.host, where.port, timeout=TIMEOUT)
    try:
        if where.security == Security.STARTTLS:
            connection.starttls(context=ssl.create_default_context())
        if where.user:
            connection.login(where.user, where.password)
    except BaseException:
        connection.close()
        raise
    return connection


def _verdict(code: int, reply: bytes | str) -> Refused | Deferred:
    said = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    kind = Refused if code >= _PERMANENT else Deferred
    return kind(f"{code} {said}")
