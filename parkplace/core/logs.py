"""Logging: one line an event, with an id a person can quote."""

import logging
import secrets


def configure(*, level: str = "INFO") -> None:
    """Set the format of every log line of this process."""
    logging.basicConfig(
        level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True
    )
    logging.getLogger("apscheduler").setLevel(logging.WARNING)


def incident(log: logging.Logger, error: BaseException) -> str:
    """Log an unexpected error with its traceback and return the id to show to the person."""
    number = secrets.token_hex(4)
    log.error("incident %s", number, exc_info=error)
    return number
