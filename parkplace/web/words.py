"""What pages say: days, times, distances and price groups, for the reader."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_skeleton, format_time, get_timezone_location

from parkplace.accounts.passwords import MOST
from parkplace.accounts.strength import LEAST
from parkplace.core.money import Money
from parkplace.core.times import Period, RepeatedTime, wall, zone
from parkplace.spaces.models import SpaceKind
from parkplace.web.ui import BANDS

DEFAULT_LOCALE = "en_US"
METRES_PER_MILE, FEET_PER_METRE = 1609.344, 3.28084
MILES = {"US", "GB", "LR", "MM"}  # where roads are measured in miles
WALKING = 80  # metres a minute
KINDS = {
    SpaceKind.STREET: "On street",
    SpaceKind.LOT: "Lot",
    SpaceKind.GARAGE: "Garage",
    SpaceKind.DRIVEWAY: "Driveway",
}
TAGS = {
    "covered": "covered",
    "ev": "EV charger",
    "gated": "gated",
    "attended": "attended",
    "cctv": "CCTV",
    "lit": "lit at night",
    "accessible": "accessible",
    "height-limited": "limited height",
}
PASSWORD_RULE = (
    f"{LEAST} to {MOST} characters that are hard to guess: four unrelated words do, or let your "
    "password manager make one."
)
# The most an hour costs, in major units, in each group but the last; as on the board.
_GROUPS = (2, 3, 4, 5, 6.5, 8, 12)


def locale_of(accept_language: str) -> str:
    """Return how the reader writes days and numbers, from what their browser says.

    The words of the pages are English, so other languages keep English words and their own order
    and signs only where English is spoken; everyone else reads the default.
    """
    for part in accept_language.split(","):
        tag = part.split(";")[0].strip()
        try:
            known = Locale.parse(tag, sep="-")
        except (ValueError, UnknownLocaleError):
            continue
        if known.language == "en" and known.territory:
            return f"en_{known.territory}"
    return DEFAULT_LOCALE


def day(at: datetime, *, timezone: str, locale: str) -> str:
    """Return a day: `Sat, Nov 21`."""
    return format_skeleton("MMMEd", at, tzinfo=zone(timezone), locale=locale)


def clock(at: datetime, *, timezone: str, locale: str) -> str:
    """Return what a clock shows: `6:00 PM`, with `EST` behind when it shows that twice that day."""
    shown = format_time(at, "short", tzinfo=zone(timezone), locale=locale)
    local = wall(at, timezone=timezone)
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{shown} {local.tzname()}" if twice else shown


def span(period: Period, *, timezone: str, locale: str) -> str:
    """Return when a stay is: `Sat, Nov 21, 6:00 PM – 9:00 PM`, with the last day if another."""
    starts, ends = period.starts_at, period.ends_at
    one_day = wall(starts, timezone=timezone).date() == wall(ends, timezone=timezone).date()
    last = "" if one_day else f"{day(ends, timezone=timezone, locale=locale)}, "
    return (
        f"{day(starts, timezone=timezone, locale=locale)}, "
        f"{clock(starts, timezone=timezone, locale=locale)} – "
        f"{last}{clock(ends, timezone=timezone, locale=locale)}"
    )


def whose_clock(timezone: str, *, locale: str) -> str:
    """Return whose time that is: `New York time`."""
    return f"{get_timezone_location(zone(timezone), locale=locale, return_city=True)} time"


def passes(error: RepeatedTime, *, timezone: str, locale: str) -> tuple[str, str]:
    """Return the two moments that a doubled time can mean: `1:30 AM EDT (first)`, then the other.

    The first is `stays.FIRST`, the second `stays.SECOND`.
    """
    first, second = (
        clock(datetime.fromisoformat(error.details[which]), timezone=timezone, locale=locale)
        for which in ("first", "second")
    )
    return f"{first} (first)", f"{second} (second)"


def length(period: Period) -> str:
    """Return how long a stay really is: `3 h`, `1 h 30 min`, `2 d 4 h`."""
    minutes = -(-period.duration // timedelta(minutes=1))
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((days, "d"), (hours, "h"), (minutes, "min"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count)


def distance(metres: float, *, locale: str) -> str:
    """Return a distance as the reader's roads measure it: `350 ft`, `1.2 mi`, `400 m`, `2.1 km`."""
    if Locale.parse(locale).territory in MILES:
        feet = metres * FEET_PER_METRE
        if feet < 1000:  # noqa: PLR2004
            return f"{round(feet / 50) * 50 or 50} ft"
        return f"{metres / METRES_PER_MILE:.1f} mi"
    return f"{round(metres / 10) * 10 or 10} m" if metres < 1000 else f"{metres / 1000:.1f} km"  # noqa: PLR2004


def walk(metres: float) -> str:
    """Return how long a walk takes: `4 min walk`."""
    return f"{max(1, round(metres / WALKING))} min walk"


def leaving(cost: Money, *, booked: Money, locale: str) -> str:
    """Return what ending a stay now means: it costs `cost` instead of `booked`."""
    if cost == booked:
        pays = f"You pay {cost.text(locale)}, as booked."
    else:
        pays = f"You pay {cost.text(locale)} instead of {booked.text(locale)}."
    return f"{pays} The bay is free for others at once."


def facts(kind: SpaceKind, tags: Iterable[str]) -> str:
    """Return what sort of place a space is, in one line: `Garage · covered · EV charger`."""
    return " · ".join([KINDS[kind], *(TAGS.get(tag, tag) for tag in tags)])


def price_band(hour: Money) -> str:
    """Return the colour of a price group, from brown (cheapest) to blue, as on the board."""
    # Currencies without cents count about a hundred to the dollar.
    units = float(hour.major) / (100 if hour.major == hour.minor else 1)
    return BANDS[sum(units > most for most in _GROUPS)]
