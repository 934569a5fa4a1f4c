"""What the forms carry, and the search it makes of the one before; nothing here asks anything."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from parkplace.bookings.quoting import PeriodPast, require_bookable
from parkplace.bookings.search import Sort
from parkplace.core.errors import Invalid
from parkplace.core.geo import Point, zone_at
from parkplace.core.money import Money, require_currency
from parkplace.core.texts import one_line
from parkplace.core.times import RepeatedTime
from parkplace.spaces.models import SpaceKind
from parkplace.spaces.places import WORDS_MOST
from parkplace.web import stays, words
from parkplace.web.pages.map import address, geometry, view
from parkplace.web.pages.map.address import NO_STAY, Search
from parkplace.web.pages.map.geometry import View
from parkplace.web.stays import FORMAT, Stay

_AMOUNT = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,3})?")


class NoAmount(Invalid):
    """Raised for a price that is no number."""

    code = "no_amount"


@dataclass(frozen=True, slots=True)
class Typed:
    """What the search form carries; `at` is the point of a suggestion that was taken."""

    where: str
    at: Point | None
    starts: str
    ends: str


def typed(form: Mapping[str, object]) -> Typed:
    """Return what a form carries, whatever a browser sent."""
    where, at, starts, ends = (_text(form, name) for name in ("where", "at", "from", "until"))
    return Typed(one_line(where)[:WORDS_MOST], address.point_of(at), starts[:16], ends[:16])


def stands(before: Search, given: Typed) -> bool:
    """Say whether the place in the form is the one that was searched before."""
    return given.where == before.where and (given.at is None or given.at == before.at)


def with_stay(search: Search, given: Typed, *, before: Search, now: datetime) -> Search:
    """Return a search for the stay that was typed, in the wall time of its place.

    Times that nobody touched are not held against people: a stay that is over at a new place, by
    the clock there, becomes the usual one; an end left behind by a later start moves along.

    Args:
        search: What is searched for, its place known.
        given: What was typed.
        before: What was searched before.
        now: The current instant.

    Raises:
        TimeNeeded, SkippedTime, EmptyPeriod, PeriodPast, PeriodTooFar, PeriodTooLong: With the
            form's name of the field at fault.
    """
    place = search.at or (search.view.centre if search.view else None)
    if place is None:
        return replace(search, stay=Stay(given.starts, given.ends))
    untouched = (given.starts, given.ends) == (before.stay.starts, before.stay.ends)
    stay = before.stay if untouched else _moved_along(given, before.stay)
    timezone = zone_at(place)
    try:
        require_bookable(stays.read(stay, timezone=timezone), now=now)
    except RepeatedTime:
        pass  # asked back beside the list
    except PeriodPast as error:
        if untouched:
            return replace(search, stay=NO_STAY)
        raise _named(error) from None
    except Invalid as error:
        raise _named(error) from None
    return replace(search, stay=stay)


def in_sight(search: Search) -> Search:
    """Return a search whose map shows its place, moved back there if it was moved away."""
    view, place = search.view, search.at
    if place is None or (view and geometry.inside(geometry.shown(view, geometry.DESK).box, place)):
        return search
    return replace(search, view=replace(view, centre=place) if view else None)


def next_day(stay: Stay) -> Stay:
    """Return the same stay a day later, by the clock there."""
    return Stay(_later(stay.starts, timedelta(days=1)), _later(stay.ends, timedelta(days=1)))


def narrowed(search: Search, form: Mapping[str, object]) -> Search:
    """Return a search with the filters of the dialog.

    Raises:
        NoAmount: The price is no number.
        UnknownCurrency: It is in no currency.
    """
    return replace(
        search,
        kinds=frozenset(kind for kind in SpaceKind if _text(form, f"kind-{kind}")),
        tags=frozenset(tag for tag in words.TAGS if _text(form, f"tag-{tag}")),
        most=_most(form),
        within=address.metres_of(_text(form, "within")),
        sort=Sort.PRICE if _text(form, "sort") == Sort.PRICE else Sort.DISTANCE,
    )


def zoomed_out(search: Search, *, by: int) -> Search:
    """Return a search of a wider map, without a limit on the distance."""
    if search.view is None:
        return search
    zoom = max(geometry.WORLD_ZOOM, search.view.zoom - by)
    return replace(search, view=View(search.view.centre, zoom), within=None)


def _most(form: Mapping[str, object]) -> Money | None:
    typed = _text(form, "most").strip()
    if not typed:
        return None
    if not _AMOUNT.fullmatch(typed):
        raise NoAmount("Give a price as a number, such as 15.", field="most")
    currency = require_currency(_text(form, "currency"))
    return view.money(Decimal(typed.replace(",", ".")), currency)


def _moved_along(given: Typed, before: Stay) -> Stay:
    ends = given.ends
    if ends == before.ends and given.starts >= ends:
        length = _length(before)
        ends = _later(given.starts, length or stays.USUAL_STAY) or ends
    same_start = given.starts == before.starts
    same_end = ends == before.ends
    return Stay(
        given.starts,
        ends,
        before.starts_pass if same_start else "",
        before.ends_pass if same_end else "",
    )


def _length(stay: Stay) -> timedelta:
    starts, ends = _clock(stay.starts), _clock(stay.ends)
    # Hands on a clock, as the person sees them: what is typed again is wall time too.
    return ends - starts if starts is not None and ends is not None else timedelta()


def _later(at: str, by: timedelta) -> str:
    moment = _clock(at)
    try:
        return f"{moment + by:{FORMAT}}" if moment is not None else ""
    except OverflowError:
        return ""


def _clock(at: str) -> datetime | None:
    try:
        return datetime.strptime(at, FORMAT)  # noqa: DTZ007 - wall time has no zone
    except ValueError:
        return None


def _named(error: Invalid) -> Invalid:
    error.field = view.TIME_FIELDS.get(error.field or "", "until")
    return error


def _text(form: Mapping[str, object], name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""
