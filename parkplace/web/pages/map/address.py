"""The search as the address holds it: place, view, stay, filters and sort.

The address is written by us and by anybody: what makes no sense in it is left out.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from parkplace.bookings.search import RADIUS_MOST_M, Sort
from parkplace.core.errors import Invalid
from parkplace.core.geo import Point
from parkplace.core.money import Money, require_currency
from parkplace.core.texts import one_line
from parkplace.spaces.models import SpaceKind
from parkplace.spaces.places import WORDS_MOST
from parkplace.web import routes, words
from parkplace.web.pages.map.geometry import View, view_of
from parkplace.web.stays import FIRST, SECOND, Stay

MOST_MINOR = 10**12
_BETWEEN = "~"
_TIME_LETTERS = len("2026-11-21T18:00")
_POINT = re.compile(r"(-?[0-9]{1,3}(?:\.[0-9]{1,12})?)~(-?[0-9]{1,3}(?:\.[0-9]{1,12})?)")
_DEGREES = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{1,12})?")
_WHOLE = re.compile(r"[0-9]{1,13}")
HERE = "My location"  # the words for where the person is
NO_STAY = Stay("", "")


@dataclass(frozen=True, slots=True)
class Search:
    """What a person searches for.

    Attributes:
        where: The place in words.
        at: The place as a point; None while nobody has found it.
        view: Where the map looks.
        stay: When, in the wall time there; empty is the usual one.
        kinds: Any of these.
        tags: All of these.
        most: What the whole stay may cost.
        within: How far from the place, in metres.
        sort: What comes first.
    """

    where: str = ""
    at: Point | None = None
    view: View | None = None
    stay: Stay = NO_STAY
    kinds: frozenset[SpaceKind] = frozenset()
    tags: frozenset[str] = frozenset()
    most: Money | None = None
    within: int | None = None
    sort: Sort = Sort.DISTANCE

    @property
    def narrowed(self) -> int:
        """How many filters are set."""
        return len(self.kinds) + len(self.tags) + (self.most is not None) + bool(self.within)

    @property
    def somewhere(self) -> bool:
        """Whether it names a place at all."""
        return bool(self.where) or self.at is not None or self.view is not None


def widened(search: Search) -> Search:
    """Return a search without its filters."""
    nothing = frozenset[str]()
    return replace(search, kinds=frozenset[SpaceKind](), tags=nothing, most=None, within=None)


def read(query: Mapping[str, str]) -> Search:
    """Return the search that an address's parameters name."""
    return Search(
        where=one_line(query.get("where", "")[: 2 * WORDS_MOST])[:WORDS_MOST],
        at=point_of(query.get("at", "")),
        view=_view(query),
        stay=Stay(
            query.get("from", "")[:_TIME_LETTERS],
            query.get("until", "")[:_TIME_LETTERS],
            _pass(query.get("from_pass", "")),
            _pass(query.get("until_pass", "")),
        ),
        kinds=frozenset(SpaceKind(kind) for kind in _listed(query, "kind", set(SpaceKind))),
        tags=frozenset(_listed(query, "tags", set(words.TAGS))),
        most=money_of(query.get("most", "")),
        within=metres_of(query.get("within", "")),
        sort=Sort.PRICE if query.get("sort") == Sort.PRICE else Sort.DISTANCE,
    )


def url(search: Search) -> str:
    """Return the address that holds a search; `read` reads it again."""
    view, most = search.view, search.most
    return routes.with_query(
        routes.MAP,
        {
            "where": search.where,
            "at": spelled(search.at) if search.at else "",
            **(_spelled_view(view) if view else {}),
            **search.stay.query(),
            "kind": _BETWEEN.join(sorted(search.kinds)),
            "tags": _BETWEEN.join(sorted(search.tags)),
            "most": f"{most.minor}{_BETWEEN}{most.currency}" if most is not None else "",
            "within": str(search.within or ""),
            "sort": search.sort if search.sort != Sort.DISTANCE else "",
        },
    )


def spelled(point: Point) -> str:
    """Return a point as a part of an address: five decimals, about a metre."""
    return f"{point.lat:.5f}{_BETWEEN}{point.lng:.5f}"


def point_of(text: str) -> Point | None:
    """Return the point that `spelled` wrote; None for anything else."""
    match = _POINT.fullmatch(text)
    try:
        return Point(lat=float(match[1]), lng=float(match[2])) if match else None
    except Invalid:
        return None


def money_of(text: str) -> Money | None:
    """Return an amount such as `1500~USD`, in minor units; None for anything else."""
    minor, _, currency = text.partition(_BETWEEN)
    try:
        known = require_currency(currency)
    except Invalid:
        return None
    amount = int(minor) if _WHOLE.fullmatch(minor) else -1
    return Money(amount, known) if 0 <= amount <= MOST_MINOR else None


def metres_of(text: str) -> int | None:
    """Return a distance in metres that can be searched; None for anything else."""
    metres = int(text) if _WHOLE.fullmatch(text) else 0
    return metres if 0 < metres <= RADIUS_MOST_M else None


def _view(query: Mapping[str, str]) -> View | None:
    lat, lng, zoom = (query.get(name, "") for name in ("lat", "lng", "zoom"))
    if not (_DEGREES.fullmatch(lat) and _DEGREES.fullmatch(lng) and _WHOLE.fullmatch(zoom)):
        return None
    return view_of(float(lat), float(lng), int(zoom))


def _spelled_view(view: View) -> dict[str, str]:
    centre = view.centre
    return {"lat": f"{centre.lat:.5f}", "lng": f"{centre.lng:.5f}", "zoom": str(view.zoom)}


def _listed(query: Mapping[str, str], name: str, known: set[str]) -> set[str]:
    return known.intersection(query.get(name, "").split(_BETWEEN))


def _pass(text: str) -> str:
    return text if text in {FIRST, SECOND} else ""
