"""The time it is.

Only doors (pages, API, jobs, command line) ask; everything below them takes `now` as an argument.
"""

from datetime import UTC, datetime, timedelta

from parkplace.core.settings import get_settings

_offset = timedelta(0)


def utc_now() -> datetime:
    """Return the current instant, in UTC."""
    return datetime.now(UTC) + _offset


def travel(offset: timedelta) -> None:
    """Set this process's clock ahead by `offset`; a test server's only way to see time pass.

    Raises:
        RuntimeError: Outside `PARKPLACE_ENV=test`.
    """
    if get_settings().env != "test":
        raise RuntimeError("the clock can only be set in a test environment")
    global _offset  # noqa: PLW0603 - one clock per process is the point
    _offset = offset
