"""The hours on New York's meters: `3HR Com Mon-Fri 0700-1800 /6HR Pas Sat 0800-2400`.

A text is a list of clauses: the longest stay, whom it is for (passenger cars, commercial vehicles
or buses), days and times, either first. A clause with only days and times goes on with the stay
and vehicles of the one before. Cars may use a meter when passenger clauses say so.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from parkplace.spaces.hours import DAY, Hours, Interval, merged
from parkplace.spaces.importers.rows import NotUnderstood

_DAYS = {
    name: number
    for number, names in enumerate(
        ("mon", "tue tues", "wed", "thu thur thurs", "fri", "sat", "sun"),
    )
    for name in names.split()
}
_DAY = r"(?:mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)"
_DAY_LIST = rf"{_DAY}(?: ?- ?{_DAY})?(?: ?, ?{_DAY}(?: ?- ?{_DAY})?)*"
_TIME_LIST = r"\d{3,4}-\d{3,4}(?: ?, ?\d{3,4}-\d{3,4})*"
_CLAUSE = re.compile(
    rf"(?P<stay>\d+ ?(?:hr|min) (?P<vehicles>pas|com|buses)? ?)?"
    rf"(?:(?P<days>{_DAY_LIST}) (?P<times>{_TIME_LIST})"
    rf"|(?P<times_first>{_TIME_LIST}) (?P<days_last>{_DAY_LIST}))"
)
# Clauses are parted by a slash, or by nothing but the next stay: `… Mon-Sat  10Hr Pas …`.
_BETWEEN = re.compile(r" ?/ ?| ?,? ?(?<!\d)(?=\d+ ?(?:hr|min)\b)")
_MONTHS = re.compile(r"\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)\b")


class NotForCars(Exception):  # noqa: N818
    """Raised when every clause is for commercial vehicles or buses."""


@dataclass(frozen=True, slots=True)
class _Clause:
    for_cars: bool
    intervals: tuple[Interval, ...]


@lru_cache(maxsize=1024)
def read_hours(text: str) -> Hours | None:
    """Return when passenger cars may use a meter.

    Raises:
        NotForCars: Never.
        NotUnderstood: The text says more, or something else, than a weekly list.
    """
    line = " ".join(text.lower().split())
    if _MONTHS.search(line):
        raise NotUnderstood("The hours change with the season")
    clauses = _clauses([part for part in _BETWEEN.split(line) if part])
    cars = [each for clause in clauses if clause.for_cars for each in clause.intervals]
    others = [each for clause in clauses if not clause.for_cars for each in clause.intervals]
    if not cars:
        raise NotForCars
    if _shared(cars, others):
        raise NotUnderstood("The hours give one time to cars and to commercial vehicles")
    return merged(cars)


def _clauses(parts: list[str]) -> list[_Clause]:
    clauses: list[_Clause] = []
    vehicles: str | None = None
    for part in parts:
        match = _CLAUSE.fullmatch(part)
        if match is None:
            raise NotUnderstood("The hours text is not understood")
        vehicles = match["vehicles"] if match["stay"] else vehicles
        if vehicles is None:
            raise NotUnderstood("The hours do not say for which vehicles")
        days = _days(match["days"] or match["days_last"])
        times = _times(match["times"] or match["times_first"])
        intervals = tuple(Interval(day, *span) for day in days for span in times)
        clauses.append(_Clause(for_cars=vehicles == "pas", intervals=intervals))
    if not clauses:
        raise NotUnderstood("There is no hours text")
    return clauses


def _days(text: str) -> list[int]:
    days: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        start = _DAYS[first.strip()]
        length = (_DAYS[(last or first).strip()] - start) % 7
        days.extend((start + step) % 7 for step in range(length + 1))
    return days


def _times(text: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for part in text.split(","):
        opens, closes = (_minute(edge) for edge in part.strip().split("-"))
        if opens in {closes, DAY}:
            raise NotUnderstood("The hours text is not understood")
        spans.append((opens, closes if closes > opens else closes + DAY))
    return spans


def _minute(text: str) -> int:
    hour, minute = divmod(int(text), 100)
    if minute > 59 or hour * 60 + minute > DAY:  # noqa: PLR2004
        raise NotUnderstood("The hours text is not understood")
    return hour * 60 + minute


def _shared(cars: list[Interval], others: list[Interval]) -> bool:
    return any(a < d and c < b for a, b in _minutes(cars) for c, d in _minutes(others))


def _minutes(intervals: list[Interval]) -> list[tuple[int, int]]:
    return [(each.day * DAY + each.opens, each.day * DAY + each.closes) for each in intervals]
