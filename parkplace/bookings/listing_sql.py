"""The statements behind `listing`.

What one index can find (a host's, a box, words) is looked up newest first; what else is asked for
is tried on those, up to `search_sql.CANDIDATES` of them, so that a page of nothing ends as well.
"""

from parkplace.bookings.search_sql import INSIDE, ITEM, TAKEN, TO_BE_HAD, each

PUBLISHED = "s.status = 'published'"
# What hosts see of their own.
OWN = "s.status <> 'retired'"

_COUNTED = """
    SELECT count(*) FROM (
        SELECT 1 FROM spaces s WHERE s.status = 'published' {narrow} LIMIT :candidates
    ) found
"""
_NEWEST = """
    SELECT s.* FROM spaces s WHERE {whose} {narrow} {before}
    ORDER BY s.id DESC {bounded}
"""
_BEFORE = "AND s.id < CAST(:after_id AS uuid)"
_BOUNDED = "LIMIT :candidates"
_PAGE = f"""
    SELECT {ITEM}, s.status, {{free}} AS free, NULL AS distance
    FROM ({{source}}) s {{taken}}
    WHERE {{had}} {{where}}
    ORDER BY s.id DESC LIMIT :limit
"""  # noqa: S608 - constants of `search_sql`
_RATE_CARDS = """
    SELECT DISTINCT s.hour_minor, s.day_cap_minor, s.currency FROM ({source}) s WHERE true {where}
"""
# The oldest of the candidates, when there are as many as may be.
_LAST = """
    SELECT CASE WHEN count(*) = :candidates THEN min(CAST(s.id AS text)) END FROM ({source}) s
"""


def words(count: int) -> str:
    """Return the condition by which the index of trigrams, which knows no ALL, finds words."""
    return "".join(f" AND s.words ILIKE :word_{number}" for number in range(count))


def counted(narrow: str) -> str:
    """Return the statement that counts what a condition finds, but no more than are looked at."""
    return _COUNTED.format(narrow=narrow)


def inside(stretches: int) -> str:
    """Return the condition by which the map's index finds what lies in a box."""
    return f"AND ({each(INSIDE, stretches)})"


def source(whose: str, narrow: str, *, after: bool, bounded: bool) -> str:
    """Return what lists the candidates, the newest first."""
    return _NEWEST.format(
        whose=whose,
        narrow=narrow,
        before=_BEFORE if after else "",
        bounded=_BOUNDED if bounded else "",
    )


def page(candidates: str, where: str, *, stay: bool) -> str:
    """Return the statement for a page of spaces; for a stay, of those that can be had then."""
    return _PAGE.format(
        source=candidates,
        where=where,
        free="s.capacity - taken.bays" if stay else "NULL",
        taken=TAKEN if stay else "",
        had=TO_BE_HAD if stay else "true",
    )


def rate_cards(candidates: str, where: str) -> str:
    """Return the statement that names every rate card of the candidates."""
    return _RATE_CARDS.format(source=candidates, where=where)


def last(candidates: str) -> str:
    """Return the statement that says where the next page begins when this one is not full."""
    return _LAST.format(source=candidates)
