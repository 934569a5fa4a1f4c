"""The statements behind `search`.

They are shaped for PostgreSQL to walk the index of places outwards from the point and to ask about
bays only for the spaces it meets, until the page is full. A condition on the radius would spoil
that: the planner guesses far too few spaces within it, and would fetch and sort them all. So it
walks over as many spaces as the tiles around the circle hold, which `space_cells` knows at once.
"""

# How many spaces are looked at for one answer, taken and free.
CANDIDATES = 20_000

_POINT = "CAST(ST_SetSRID(ST_MakePoint(:lng, :lat), 4326) AS geography)"
# One stretch of columns of tiles around the circle; there are two at the date line.
_COUNTED = (
    "zoom = :level AND x BETWEEN :west_{0} >> (30 - :level) AND :east_{0} >> (30 - :level)"
    " AND y BETWEEN :north >> (30 - :level) AND :south >> (30 - :level)"
)
INSIDE = "point(tile_x, tile_y) <@ box(point(:west_{0}, :north), point(:east_{0}, :south))"

_LISTED = "SELECT coalesce(sum(spaces), 0) AS spaces FROM space_cells WHERE {counted}"
_WALK = f"""
    SELECT * FROM (
        SELECT *, location <-> {_POINT} AS distance FROM spaces WHERE status = 'published'
        ORDER BY location <-> {_POINT}
        LIMIT (SELECT least({CANDIDATES}, listed.spaces) FROM ({_LISTED}) listed)
    ) s WHERE s.distance <= :radius {{where}}
"""  # noqa: S608 - constants of this module
_CARDS = """
    unnest(
        CAST(:hours AS bigint[]), CAST(:caps AS bigint[]),
        CAST(:currencies AS varchar[]), CAST(:totals AS bigint[])
    ) AS card (hour_minor, day_cap_minor, currency, total)
"""
_CHEAPEST = f"""
    SELECT s.*, card.total FROM (
        SELECT *, ST_Distance(location, {_POINT}) AS distance
        FROM spaces WHERE status = 'published' AND ({{inside}})
    ) s
    JOIN {_CARDS} ON (card.hour_minor, card.day_cap_minor, card.currency)
        = (s.hour_minor, coalesce(s.day_cap_minor, -1), s.currency)
    WHERE s.distance <= :radius {{where}}
    ORDER BY s.currency, card.total, s.distance, s.id OFFSET 0
"""  # noqa: S608
_ALL_CARDS = """
    SELECT DISTINCT s.hour_minor, s.day_cap_minor, s.currency FROM spaces s
    WHERE s.status = 'published' AND ({inside}) {where}
"""
# What a list shows of a space, but for what depends on who asks, and from where.
ITEM = """
    s.id, s.title, s.address, s.neighbourhood, s.lat, s.lng, s.timezone, s.kind, s.tags,
    s.capacity, s.instant, s.hour_minor, s.day_cap_minor, s.currency, (
        SELECT file_key FROM space_photos WHERE space_id = s.id ORDER BY position, id LIMIT 1
    ) AS photo_key
"""
# A bay beyond the capacity, of a booking made when there were more, takes none that there are.
TAKEN = """
    CROSS JOIN LATERAL (
        SELECT count(DISTINCT bay) AS bays FROM occupancies
        WHERE space_id = s.id AND bay <= s.capacity AND during && tstzrange(:starts, :ends)
            AND (expires_at IS NULL OR expires_at > :now)
    ) taken
"""
TO_BE_HAD = """
    taken.bays < s.capacity
        AND coalesce((
            SELECT open_during @> tstzrange(:starts, :ends)
            FROM schedules WHERE id = s.schedule_id
        ), true)
"""
_PAGE = f"""
    SELECT {ITEM}, s.capacity - taken.bays AS free, s.distance
    FROM ({{source}}) s {TAKEN}
    WHERE {TO_BE_HAD} {{after}}
    ORDER BY {{order}} LIMIT :limit
"""  # noqa: S608
# The same without a stay, free or not.
_LISTED_PAGE = f"""
    SELECT {ITEM}, s.status, NULL AS free, s.distance FROM ({{source}}) s
    WHERE true {{after}}
    ORDER BY {{order}} LIMIT :limit
"""  # noqa: S608
FREE_BAYS = """
    SELECT s.capacity - count(DISTINCT o.bay) FROM spaces s
    LEFT JOIN occupancies o ON o.space_id = s.id AND o.bay <= s.capacity
        AND o.during && tstzrange(:starts, :ends)
        AND (o.expires_at IS NULL OR o.expires_at > :now)
    WHERE s.id = CAST(:space_id AS uuid) GROUP BY s.id
"""
# Keeps to the rate cards that are given; see `search.card_parameters`.
PRICED = f"""
    AND (s.hour_minor, coalesce(s.day_cap_minor, -1), s.currency)
        IN (SELECT card.hour_minor, card.day_cap_minor, card.currency FROM {_CARDS})
"""  # noqa: S608


def listed(stretches: int) -> str:
    """Return the statement that counts what is listed around a circle, a little too much."""
    return _LISTED.format(counted=each(_COUNTED, stretches))


def all_cards(stretches: int, where: str) -> str:
    """Return the statement that names every rate card around a circle."""
    return _ALL_CARDS.format(inside=each(INSIDE, stretches), where=where)


def nearest(stretches: int, where: str, *, after: bool, stay: bool = True) -> str:
    """Return the statement for a page of spaces in order of distance; free ones for a stay."""
    source = _WALK.format(counted=each(_COUNTED, stretches), where=where)
    order = "s.distance, s.id"
    last = ":after_distance, CAST(:after_id AS uuid)"
    return _page(_PAGE if stay else _LISTED_PAGE, source, order, last if after else None)


def cheapest(stretches: int, where: str, *, after: bool) -> str:
    """Return the statement for a page of free spaces in order of price."""
    source = _CHEAPEST.format(inside=each(INSIDE, stretches), where=where)
    order = "s.currency, s.total, s.distance, s.id"
    last = ":after_currency, :after_total, :after_distance, CAST(:after_id AS uuid)"
    return _page(_PAGE, source, order, last if after else None)


def _page(page: str, source: str, order: str, last: str | None) -> str:
    after = f"AND ({order}) > ({last})" if last else ""
    return page.format(source=source, order=order, after=after)


def each(condition: str, stretches: int) -> str:
    """Return a condition that holds in one of so many stretches of the map."""
    return " OR ".join(f"({condition.format(number)})" for number in range(stretches))
