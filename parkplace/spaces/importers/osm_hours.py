"""The common weekly forms of OpenStreetMap's `opening_hours`.

Understood: `24/7`; days and times, `Mo-Fr 08:00-18:00,19:00-22:00`; days alone; times alone; `off`
for days; rules parted by `;` (the later one replaces its days) or `,` (it adds to them). Holidays,
seasons, weeks, sunrise, open ends and comments are beyond a week of wall time, and are refused.
See https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification.
"""

import re

from parkplace.core.errors import Invalid
from parkplace.spaces.hours import ALWAYS, DAY, Hours, Interval, merged
from parkplace.spaces.importers.rows import NotUnderstood

_DAYS = {name: day for day, name in enumerate(("mo", "tu", "we", "th", "fr", "sa", "su"))}
_DAY = "(?:mo|tu|we|th|fr|sa|su)"
_DAY_LIST = rf"{_DAY}(?: ?- ?{_DAY})?(?: ?, ?{_DAY}(?: ?- ?{_DAY})?)*"
_SPAN = r"\d{1,2}:\d\d ?- ?\d{1,2}:\d\d"
_TIME_LIST = rf"{_SPAN}(?: ?, ?{_SPAN})*"
_SELECTION = re.compile(
    rf"(?:(?P<days>{_DAY_LIST})(?![a-z]) ?)?(?P<times>{_TIME_LIST}|off|closed)?(?: ?, ?|$)"
)
_HOLIDAYS = re.compile(r"\b(?:ph|sh|easter)\b")


def read_hours(text: str) -> Hours | None:
    """Return what an `opening_hours` value means.

    Raises:
        NotUnderstood: It is not one of the common weekly forms.
    """
    line = " ".join(text.lower().split())
    if line == "24/7":
        return ALWAYS
    if _HOLIDAYS.search(line):
        raise NotUnderstood("The hours differ on holidays")
    week: dict[int, list[Interval]] = {}
    for rule in line.removesuffix(";").split(";"):
        for day, intervals in _rule(rule.strip()).items():
            if not intervals and _still_open_at_midnight(week.get((day - 1) % 7, [])):
                raise NotUnderstood("The hours close a day into which the day before reaches")
            week[day] = intervals
    try:
        return merged(each for intervals in week.values() for each in intervals)
    except Invalid as error:
        raise NotUnderstood("The hours are never open") from error


def _rule(rule: str) -> dict[int, list[Interval]]:
    week: dict[int, list[Interval]] = {}
    position = 0
    while position < len(rule) or not rule:
        match = _SELECTION.match(rule, position)
        if match is None or not (match["days"] or match["times"]):
            raise NotUnderstood("The hours text is not understood")
        position = match.end()
        for day in _days(match["days"]):
            intervals = _times(day, match["times"])
            if not intervals and week.get(day):
                raise NotUnderstood("The hours open and close the same day in one rule")
            week.setdefault(day, []).extend(intervals)
    return week


def _days(text: str | None) -> list[int]:
    if text is None:
        return list(range(7))
    days: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        start = _DAYS[first.strip()]
        length = (_DAYS[(last or first).strip()] - start) % 7
        days.extend((start + step) % 7 for step in range(length + 1))
    return days


def _times(day: int, text: str | None) -> list[Interval]:
    if text is None:
        return [Interval(day, 0, DAY)]
    if text in {"off", "closed"}:
        return []
    intervals: list[Interval] = []
    for span in text.split(","):
        opens, closes = (_minute(edge) for edge in span.split("-"))
        if closes < opens:
            closes += DAY
        # 26:00 is two in the morning; beyond a day after opening nothing makes sense.
        if opens >= DAY or not opens < closes <= opens + DAY:
            raise NotUnderstood("The hours text is not understood")
        intervals.append(Interval(day, opens, closes))
    return intervals


def _minute(text: str) -> int:
    hour, minute = (int(part) for part in text.split(":"))
    if minute > 59 or hour * 60 + minute > 2 * DAY:  # noqa: PLR2004
        raise NotUnderstood("The hours text is not understood")
    return hour * 60 + minute


def _still_open_at_midnight(intervals: list[Interval]) -> bool:
    return any(interval.closes > DAY for interval in intervals)
