"""What the map page says, made from what the queries know; nothing here asks anything."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from babel.core import Locale
from babel.dates import format_interval
from babel.numbers import format_decimal, get_currency_precision

from parkplace.bookings.pins import Cluster, Pin
from parkplace.bookings.pricing import RateCard, price
from parkplace.bookings.search import RADIUS_MOST_M, FoundSpace
from parkplace.core.errors import Invalid
from parkplace.core.money import Money
from parkplace.core.times import Period, RepeatedTime, wall, zone
from parkplace.web import routes, stays, ui, words
from parkplace.web.map.pins import MapCluster, MapPin
from parkplace.web.pages.map.address import HERE, Search

# What most people look for stands on chips, the rest in the dialog.
CHIP_TAGS = {"covered": "Covered", "ev": "EV charger"}
WAITING, FOUND, NOTHING, NOWHERE, WRONG = "waiting", "found", "nothing", "nowhere", "wrong"
# The fields of the search, by what the domain calls them.
TIME_FIELDS = {"from": "from", "until": "until", "starts_at": "from", "ends_at": "until"}
# Where people no longer think of walking.
WALKED_M = 3600.0
FEW_BAYS = 3
LEAVE_EARLIER = timedelta(minutes=30)
_NICE = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80)


@dataclass(frozen=True, slots=True)
class Heading:
    """What was found, in a line: `count` stands out; `short` is for phones."""

    count: str = ""
    rest: str = ""
    short: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """The search in words, and as the fields of the form hold it.

    Attributes:
        where, at: The place in words, and as the address spells it.
        starts, ends: Wall time there, `YYYY-MM-DDTHH:MM`.
        when: The stay in short, such as `Today 6 – 9 PM`.
        clock: Whose time that is.
        all_of_it: What the list promises, such as `Free for all 3 hours`.
    """

    where: str = ""
    at: str = ""
    starts: str = ""
    ends: str = ""
    when: str = ""
    clock: str = ""
    all_of_it: str = ""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """The filters and the sort, as chips and the dialog show them.

    Attributes:
        kinds, tags: What is ticked.
        most: What the stay may cost, in major units, for the dialog.
        currency: In which currency; empty where nothing has a price.
        within: How far, in metres.
        sort: What comes first.
        up_to: The price chip's value, `1500~USD`, and `up_to_words`, what it says.
        priced: Whether that chip is pressed.
        count: How many filters are set that no chip shows; empty for none.
        key: Another for other filters, so that a form is filled anew.
    """

    kinds: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    most: str = ""
    currency: str = ""
    within: str = ""
    sort: str = ""
    up_to: str = ""
    up_to_words: str = ""
    priced: bool = False
    count: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Nothing:
    """Why the list is empty, and what may help.

    Attributes:
        narrowed: Whether filters are set that can be removed.
        listed: Whether spaces are listed there at all, so that another time may help.
        elsewhere: The address of a place where spaces are; empty when this is the one.
    """

    title: str = ""
    text: str = ""
    narrowed: bool = False
    listed: bool = False
    elsewhere: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A time that happens twice, asked back; `field` is `from` or `until`, empty when none is."""

    field: str = ""
    sentence: str = ""
    first: str = ""
    second: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What the page says about a search, beside what was found.

    Attributes:
        note: What else there is to know, below the list.
        errors: What is wrong with the form, by field.
    """

    summary: Summary = field(default_factory=Summary)
    heading: Heading = field(default_factory=Heading)
    narrowing: Narrowing = field(default_factory=Narrowing)
    nothing: Nothing = field(default_factory=Nothing)
    asked: Asked = field(default_factory=Asked)
    note: str = ""
    errors: dict[str, str] = field(default_factory=dict[str, str])


def deed(space: FoundSpace, period: Period, *, walked: bool, hinted: bool, locale: str) -> ui.Deed:
    """Return a space as a deed.

    Args:
        space: What was found.
        period: The stay.
        walked: Whether its distance is from a place the person named.
        hinted: Whether it says what leaving early would save.
        locale: The reader's.
    """
    stay = stays.written(period, timezone=space.timezone)
    return ui.Deed(
        id=str(space.id),
        name=space.title,
        href=routes.with_query(routes.space(space.id), stay.query()),
        band=words.price_band(Money(space.card.hour_minor, space.card.currency)),
        neighbourhood=space.neighbourhood,
        meta=_meta(space, walked=walked, locale=locale),
        price=_price(space.total, locale),
        price_note=_price_note(space, period),
        hint=_hint(space, period, locale) if hinted else "",
    )


def deed_pin(space: FoundSpace, period: Period, *, locale: str) -> MapPin:
    """Return the pin of a space in the list, for when the map has it in a group."""
    hour = Money(space.card.hour_minor, space.card.currency)
    point = space.point
    found = Pin(str(space.id), space.title, point.lat, point.lng, space.total, hour)
    return pin(found, period, locale=locale)


def pin(found: Pin, period: Period, *, locale: str) -> MapPin:
    """Return a free space as a pin."""
    return MapPin(
        id=found.id,
        lat=found.lat,
        lng=found.lng,
        label=found.total.short(locale) if found.total else "Free",
        name=f"{found.title}, {_price(found.total, locale)} for {words.length(period)}",
        band=words.price_band(found.hour),
    )


def cluster(found: Cluster) -> MapCluster:
    """Return spaces too close together as one disc."""
    return MapCluster(
        id=found.id,
        lat=found.lat,
        lng=found.lng,
        count=found.count,
        west=found.west,
        south=found.south,
        east=found.east,
        north=found.north,
    )


def heading(
    total: int,
    *,
    approximate: bool,
    where: str,
    period: Period,
    timezone: str,
    locale: str,
    now: datetime,
) -> Heading:
    """Return what was found, in a line.

    Args:
        total: How many spaces.
        approximate: Whether they were only counted, free or not.
        where: The place in words; empty for what the map shows.
        period: The stay.
        timezone: Whose time is shown.
        locale: The reader's.
        now: The current instant.
    """
    number = format_decimal(total, locale=locale)
    count = f"{number} space" if total == 1 else f"{number} spaces"
    if approximate:
        rest = " listed in this area. Zoom in to see which are free."
        return Heading(count, rest, rest)
    place = f"near {_short(where)}" if where else "in this area"
    span = words.span(period, timezone=timezone, locale=locale)
    clock = words.whose_clock(timezone, locale=locale)
    short = short_span(period, timezone=timezone, locale=locale, now=now)
    return Heading(count, f" free {place}, {span} ({clock})", f" free, {short}")


def short_span(period: Period, *, timezone: str, locale: str, now: datetime) -> str:
    """Return when a stay is, in short: `Today 6 – 9 PM`, `Sat, Nov 21 6:30 PM – Sun …`."""
    starts, ends = (wall(at, timezone=timezone) for at in (period.starts_at, period.ends_at))
    first = _day(starts, timezone, locale, now)
    if starts.date() != ends.date():
        return f"{first} – {_day(ends, timezone, locale, now)}"
    twelve = "h" in (Locale.parse(locale).time_formats["short"].pattern or "")
    whole = starts.minute == ends.minute == 0
    skeleton = ("h" if whole else "hm") if twelve else "Hm"
    hours = format_interval(
        starts.replace(tzinfo=None), ends.replace(tzinfo=None), skeleton, locale=locale
    )
    return f"{first} {hours}"


def summary(
    search: Search, period: Period | None, *, timezone: str, locale: str, now: datetime
) -> Summary:
    """Return the search in words."""
    known = period is not None
    return Summary(
        where=search.where,
        at=_at(search),
        starts=search.stay.starts,
        ends=search.stay.ends,
        when=short_span(period, timezone=timezone, locale=locale, now=now) if known else "When?",
        clock=words.whose_clock(timezone, locale=locale),
        all_of_it=_all_of_it(period) if known else "",
    )


def narrowing(search: Search, totals: Sequence[Money], *, locale: str) -> Narrowing:
    """Return the filters of a search.

    Args:
        search: What is searched for.
        totals: What the stays that were found cost, from which the price chip takes its value.
        locale: The reader's.
    """
    most = search.most
    offered = most if most is not None else bargain(totals)
    currency = offered.currency if offered is not None else _main_currency(totals)
    unseen = len(search.kinds) + len(search.tags - set(CHIP_TAGS)) + bool(search.within)
    return Narrowing(
        kinds=sorted(search.kinds),
        tags=sorted(search.tags),
        most=_plain(most) if most is not None else "",
        currency=currency,
        within=str(search.within or ""),
        sort=search.sort,
        up_to=f"{offered.minor}~{offered.currency}" if offered is not None else "",
        up_to_words=f"Up to {offered.short(locale)}" if offered is not None else "",
        priced=most is not None,
        count=str(unseen or ""),
        key=f"{sorted(search.kinds)} {sorted(search.tags)} {most} {search.within} {search.sort}",
    )


def bargain(totals: Sequence[Money]) -> Money | None:
    """Return a round price that about half of some stays keep to; None if it would tell nothing."""
    currency = _main_currency(totals)
    amounts = sorted(total.major for total in totals if total.currency == currency)
    if not amounts or amounts[0] == amounts[-1]:
        return None
    median = amounts[(len(amounts) - 1) // 2]
    nice = next((price for price in _rounds() if price >= median), None)
    if nice is None or nice >= amounts[-1]:
        return None
    return money(nice, currency)


def money(major: Decimal, currency: str) -> Money:
    """Return an amount given in major units; what is less than the smallest coin is dropped."""
    return Money(int(major.scaleb(get_currency_precision(currency))), currency)


def nothing(*, narrowed: bool, listed: bool, length: str, elsewhere: str) -> Nothing:
    """Return why the list is empty, and what may help.

    Args:
        narrowed: Whether filters are set.
        listed: Whether any space is listed there.
        length: How long the stay is.
        elsewhere: The address of a place where spaces are.
    """
    if not listed:
        return Nothing(
            "No spaces are listed here yet",
            "Look where there are some, or be the first to offer one here.",
            elsewhere=elsewhere,
        )
    if narrowed:
        return Nothing(
            "Nothing here fits all of that",
            f"Spaces are listed here, but none is free for {length} and passes your filters.",
            narrowed=True,
            listed=True,
        )
    return Nothing(
        "Nothing is free here then",
        f"Spaces are listed here, but none is free for all of {length}. "
        "Another time or a wider look may help.",
        listed=True,
    )


def ending(*, approximate: bool, locale: str) -> str:
    """Return what to know where the list of a wide map ends."""
    far = words.distance(RADIUS_MOST_M, locale=locale)
    said = f"The list ends {far} from the middle of what is shown. Zoom in for the rest."
    return f"{said} Everything in the list is free." if approximate else said


def asked(error: RepeatedTime, *, timezone: str, locale: str) -> Asked:
    """Return the question which of two passes of the clock is meant."""
    first, second = words.passes(error, timezone=timezone, locale=locale)
    return Asked(error.field or "", error.message, first, second)


def time_errors(error: Invalid) -> dict[str, str]:
    """Return what is wrong with the time, under the field of the form that it concerns."""
    return {TIME_FIELDS.get(error.field or "", "until"): error.message}


def _meta(space: FoundSpace, *, walked: bool, locale: str) -> str:
    parts: list[str] = []
    if walked and space.distance_m <= WALKED_M:
        parts.append(words.walk(space.distance_m))
    elif walked:
        parts.append(f"{words.distance(space.distance_m, locale=locale)} away")
    parts.append(words.facts(space.kind, space.tags))
    if space.free <= FEW_BAYS < space.capacity:
        parts.append("1 bay left" if space.free == 1 else f"{space.free} bays left")
    if not space.instant:
        parts.append("host approves")
    return " · ".join(parts)


def _price(total: Money, locale: str) -> str:
    return total.text(locale) if total else "Free"


def _price_note(space: FoundSpace, period: Period) -> str:
    if not space.total:
        return words.length(period)
    uncapped = price(RateCard(space.card.hour_minor, None, space.card.currency), period).total
    return "day price, all in" if space.total < uncapped else f"{words.length(period)}, all in"


def _hint(space: FoundSpace, period: Period, locale: str) -> str:
    earlier = period.ends_at - LEAVE_EARLIER
    if earlier <= period.starts_at:
        return ""
    cost = price(space.card, Period(period.starts_at, earlier)).total
    if not cost < space.total:
        return ""
    leave = words.clock(earlier, timezone=space.timezone, locale=locale)
    return f"Leave by {leave} and pay {_price(cost, locale)}"


def _day(at: datetime, timezone: str, locale: str, now: datetime) -> str:
    days = (at.date() - now.astimezone(zone(timezone)).date()).days
    named = {0: "Today", 1: "Tomorrow"}.get(days)
    return named or words.day(at, timezone=timezone, locale=locale)


def _all_of_it(period: Period) -> str:
    hours, rest = divmod(period.duration, timedelta(hours=1))
    if rest or hours > 23:  # noqa: PLR2004 - then days say more
        return f"Free for all of {words.length(period)}"
    return "Free for the whole hour" if hours == 1 else f"Free for all {hours} hours"


def _at(search: Search) -> str:
    return "" if search.at is None else f"{search.at.lat:.5f}~{search.at.lng:.5f}"


def _short(where: str) -> str:
    if where == HERE:
        return "you"
    # A street goes without its quarter, a ZIP code and coordinates stay whole.
    return where if where[-1:].isdigit() else where.partition(",")[0]


def _plain(amount: Money) -> str:
    return f"{amount.major.normalize():f}"


def _main_currency(totals: Sequence[Money]) -> str:
    counted = Counter(total.currency for total in totals)
    # By name among equals, so that it does not change from one look to the next.
    return min(counted, key=lambda currency: (-counted[currency], currency)) if counted else ""


def _rounds() -> list[Decimal]:
    return [Decimal(nice).scaleb(tens) for tens in (0, 2, 4, 6) for nice in _NICE]
