"""Times in words, as a clock at the space shows them."""

from datetime import datetime, timedelta

from babel.dates import format_skeleton, format_time, get_timezone_location

from parkplace.accounts.models import HourCycle
from parkplace.core.times import Period, wall, zone

_AUTO = HourCycle.AUTO
_CLOCKS = {HourCycle.H12: "hm", HourCycle.H24: "Hm"}


def span(period: Period, *, timezone: str, locale: str, hours: HourCycle = _AUTO) -> str:
    """Return when a stay is, from `Sat, Nov 21, 2026, 6:00 PM` to `9:00 PM` or to another day."""
    start, end = (moment(at, timezone=timezone, locale=locale, hours=hours) for at in _ends(period))
    first, last = (wall(at, timezone=timezone).date() for at in _ends(period))
    if first == last:
        end = clock(period.ends_at, timezone, locale, hours)
    return f"{start} \N{EN DASH} {end}"


def moment(at: datetime, *, timezone: str, locale: str, hours: HourCycle = _AUTO) -> str:
    """Return an instant as day and time: `Sat, Nov 21, 2026, 6:00 PM`."""
    day = format_skeleton("yMMMEd", at, tzinfo=zone(timezone), locale=locale)
    return f"{day}, {clock(at, timezone, locale, hours)}"


def clock(at: datetime, timezone: str, locale: str, hours: HourCycle = _AUTO) -> str:
    """Return what a clock shows: `6:00 PM`, with `EST` behind when it shows that twice a day."""
    if hours == _AUTO:
        shown = format_time(at, "short", tzinfo=zone(timezone), locale=locale)
    else:
        shown = format_skeleton(_CLOCKS[hours], at, tzinfo=zone(timezone), locale=locale)
    local = wall(at, timezone=timezone)
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{shown} {local.tzname()}" if twice else shown


def whose_clock(timezone: str, *, locale: str) -> str:
    """Return which clock that is, such as `New York`."""
    return get_timezone_location(zone(timezone), locale=locale, return_city=True)


def length(period: Period) -> str:
    """Return how long a stay really is: `9 h`, `1 h 30 min`, `45 min`."""
    minutes = -(-period.duration // timedelta(minutes=1))
    hours, rest = divmod(minutes, 60)
    return " ".join(
        part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest else "") if part
    )


def _ends(period: Period) -> tuple[datetime, datetime]:
    return period.starts_at, period.ends_at
