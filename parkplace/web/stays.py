"""A stay as pages hold it: wall time at the space, in the address and in forms."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from parkplace.core.errors import Invalid
from parkplace.core.times import STEP, Period, RepeatedTime, SkippedTime, resolve, wall

FORMAT = "%Y-%m-%dT%H:%M"
USUAL_STAY = timedelta(hours=2)
FIRST, SECOND = "first", "second"


class TimeNeeded(Invalid):
    """Raised for a start or an end that is missing or is no time."""

    code = "time_needed"


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay as it was typed: `YYYY-MM-DDTHH:MM` at the space.

    `starts_pass` and `ends_pass` are `first` or `second` for a time that happens twice, else empty.
    """

    starts: str
    ends: str
    starts_pass: str = ""
    ends_pass: str = ""

    def query(self) -> dict[str, str]:
        """Return the stay as parameters of an address; `from_query` reads them again."""
        return {
            "from": self.starts,
            "until": self.ends,
            "from_pass": self.starts_pass,
            "until_pass": self.ends_pass,
        }


def from_query(query: Mapping[str, str], *, timezone: str, now: datetime) -> Stay:
    """Return the stay that an address or a form names; what is missing is the usual one."""
    starts, ends = query.get("from", ""), query.get("until", "")
    usual = usual_stay(timezone=timezone, now=now)
    if not starts:
        return usual
    stay = Stay(starts, ends, query.get("from_pass", ""), query.get("until_pass", ""))
    return stay if ends else replace(stay, ends=_later(starts) or usual.ends)


def usual_stay(*, timezone: str, now: datetime) -> Stay:
    """Return the stay people most often want: from the next quarter hour, for two hours."""
    quarters = -(-now.timestamp() // STEP.total_seconds())
    start = datetime.fromtimestamp(quarters * STEP.total_seconds(), tz=now.tzinfo)
    return written(Period(start, start + USUAL_STAY), timezone=timezone)


def written(period: Period, *, timezone: str) -> Stay:
    """Return a period as people at the place would type it."""
    starts, ends = (wall(at, timezone=timezone) for at in (period.starts_at, period.ends_at))
    return Stay(f"{starts:{FORMAT}}", f"{ends:{FORMAT}}", _pass(starts), _pass(ends))


def read(stay: Stay, *, timezone: str) -> Period:
    """Return the instants that a stay means.

    Raises:
        TimeNeeded: A time is missing or is no time; `field` is `from` or `until`.
        SkippedTime, RepeatedTime: The clock jumps over it, or it happens twice; `field` likewise.
        EmptyPeriod: It does not end after it starts.
    """
    return Period(
        _instant(stay.starts, stay.starts_pass, field="from", timezone=timezone),
        _instant(stay.ends, stay.ends_pass, field="until", timezone=timezone),
    )


def _instant(typed: str, which: str, *, field: str, timezone: str) -> datetime:
    try:
        moment = datetime.strptime(typed[:16], FORMAT)  # noqa: DTZ007 - wall time has no zone
    except ValueError as error:
        raise TimeNeeded("Choose a day and a time.", field=field) from error
    second = {FIRST: False, SECOND: True}.get(which)
    try:
        return resolve(moment, timezone=timezone, second=second)
    except (SkippedTime, RepeatedTime) as error:
        error.field = field
        raise


def _pass(moment: datetime) -> str:
    twice = moment.replace(fold=0).utcoffset() != moment.replace(fold=1).utcoffset()
    return (SECOND if moment.fold else FIRST) if twice else ""


def _later(starts: str) -> str:
    try:
        return f"{datetime.strptime(starts[:16], FORMAT) + USUAL_STAY:{FORMAT}}"  # noqa: DTZ007
    except ValueError:
        return ""
