"""Logging: one line an event, with the request or the run it belongs to.

What proves who somebody is, and what finds them, is left out of every line, whoever wrote it: other
people's libraries log too, and an exception quotes what it choked on.
"""

import logging
import re
import secrets
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar

FORMAT = "%(asctime)s %(levelname)s %(name)s [%(during)s] %(message)s"
_NOTHING = "-"

_during: ContextVar[str] = ContextVar("during", default=_NOTHING)

# In this order: the address of a server may hold a name and a password before its @.
_SECRETS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<=://)[^\s/@]+@"), "[secret]@"),
    (re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"), "[e-mail]"),
    (re.compile(r"\beyJ[\w-]+(?:\.[\w-]+){1,2}"), "[token]"),
    (re.compile(r"\b(?:[sr]k|whsec)_\w{8,}|\b\w+_secret_\w{8,}"), "[token]"),
    # Our own: 43 signs of base 64, which no name in a traceback looks like.
    (re.compile(r"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Z])[\w-]{40,}(?![\w-])"), "[token]"),
    (re.compile(r"(?<![\w-])\d(?:[ -]?\d){12,18}(?![\w-])"), "[number]"),
    # Reflex quotes what a page sent when it makes no sense of it: maybe a whole sign-in form.
    (re.compile(r"(?<=vent data: ).*"), "[left out]"),
)


def configure(*, level: str = "INFO", otherwise: Callable[[], str | None] = lambda: None) -> None:
    """Set the format of every log line of this process.

    Args:
        level: From which level on lines are written.
        otherwise: Names what is going on outside of any request and run.
    """
    handler = logging.StreamHandler()
    handler.addFilter(lambda record: _tell(record, otherwise))
    handler.setFormatter(Discreet(FORMAT))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)


@contextmanager
def during(name: str) -> Generator[None]:
    """Name what every line belongs to that is logged in the block, or in threads it starts."""
    before = _during.set(name)
    try:
        yield
    finally:
        _during.reset(before)


def current() -> str:
    """Return the name of the request or run that is going on; `-` outside of any."""
    return _during.get()


def new_name() -> str:
    """Return a name for a request or a run."""
    return secrets.token_hex(8)


def discreet(text: str) -> str:
    """Return a text without tokens, card numbers and e-mail addresses."""
    for pattern, stand_in in _SECRETS:
        text = pattern.sub(stand_in, text)
    return text


class Discreet(logging.Formatter):
    """Formats a line, its traceback included, and leaves out what nobody should read."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return discreet(super().format(record))


def incident(log: logging.Logger, error: BaseException) -> str:
    """Log an unexpected error with its traceback and return the id to show to the person."""
    number = secrets.token_hex(4)
    log.error("incident %s", number, exc_info=error)
    return number


def _tell(record: logging.LogRecord, otherwise: Callable[[], str | None]) -> bool:
    name = current()
    record.during = otherwise() or name if name == _NOTHING else name
    return True
