from dataclasses import replace

import pytest

from parkplace.bookings.quoting import PeriodPast, PeriodTooFar, PeriodTooLong
from parkplace.bookings.search import Sort
from parkplace.core.geo import Point
from parkplace.core.money import Money, UnknownCurrency
from parkplace.core.times import EmptyPeriod, OutsideTime, SkippedTime
from parkplace.spaces.models import SpaceKind
from parkplace.web.pages.map.address import NO_STAY, Search
from parkplace.web.pages.map.form import (
    NoAmount,
    Typed,
    in_sight,
    narrowed,
    next_day,
    stands,
    typed,
    with_stay,
    zoomed_out,
)
from parkplace.web.pages.map.geometry import View
from parkplace.web.stays import Stay, TimeNeeded
from tests.factories import NOW

ASTOR = Point(lat=40.72997, lng=-73.99093)
LONDON = Point(lat=51.5074, lng=-0.1278)
EVENING = Stay("2026-11-21T18:00", "2026-11-21T21:00")
BEFORE = Search("Astor Place", ASTOR, View(ASTOR, 16), EVENING)


def sent(starts: str, ends: str, before: Search = BEFORE) -> Typed:
    return Typed(before.where, before.at, starts, ends)


def stay(starts: str, ends: str, *, at: Point = ASTOR, before: Search = BEFORE) -> Stay:
    """The stay that is searched when these times were typed."""
    given = sent(starts, ends, before)
    return with_stay(replace(before, at=at), given, before=before, now=NOW).stay


# --- what the form carries


def test_the_form_carries_words_a_point_and_two_times() -> None:
    form = {"where": " Astor\nPlace ", "at": "40.72997~-73.99093", "from": "a", "until": "b"}
    assert typed(form) == Typed("Astor Place", ASTOR, "a", "b")


def test_whatever_a_browser_sends_is_a_form() -> None:
    assert typed({}) == Typed("", None, "", "")
    assert typed({"where": 5, "at": ["x"], "from": None, "until": {}}) == Typed("", None, "", "")
    assert typed({"where": "x" * 10_000, "at": "9" * 10_000}) == Typed("x" * 100, None, "", "")
    assert typed({"where": "\0", "at": "91~0"}) == Typed("", None, "", "")


def test_the_place_stands_until_other_words_or_another_point_come() -> None:
    assert stands(BEFORE, Typed("Astor Place", ASTOR, "", ""))
    assert stands(BEFORE, Typed("Astor Place", None, "", ""))
    assert not stands(BEFORE, Typed("Bond Street", None, "", ""))
    assert not stands(BEFORE, Typed("Astor Place", LONDON, "", ""))


# --- the stay


def test_the_stay_that_was_typed_is_searched() -> None:
    assert stay("2026-11-22T09:00", "2026-11-22T17:30") == Stay(
        "2026-11-22T09:00", "2026-11-22T17:30"
    )


def test_an_end_left_behind_by_a_later_start_moves_along() -> None:
    moved = stay("2026-11-23T08:00", EVENING.ends)
    assert moved == Stay("2026-11-23T08:00", "2026-11-23T11:00")


def test_an_end_that_was_typed_before_the_start_is_refused() -> None:
    with pytest.raises(EmptyPeriod) as refused:
        stay(EVENING.starts, "2026-11-21T17:00")
    assert refused.value.field == "until"


@pytest.mark.parametrize(
    ("starts", "ends", "error", "field"),
    [
        ("", "2026-11-22T10:00", TimeNeeded, "from"),
        ("2026-11-22T10:00", "", TimeNeeded, "until"),
        ("tomorrow", "2026-11-22T10:00", TimeNeeded, "from"),
        ("2027-03-14T02:30", "2027-03-14T05:00", SkippedTime, "from"),
        ("2027-03-14T01:30", "2027-03-14T02:30", SkippedTime, "until"),
        ("2026-11-20T10:00", "2026-11-20T12:00", PeriodPast, "from"),
        ("2028-11-20T10:00", "2028-11-20T12:00", PeriodTooFar, "from"),
        ("2026-11-22T10:00", "2036-11-22T10:00", PeriodTooLong, "until"),
        ("9999-12-31T23:00", "9999-12-31T23:59", OutsideTime, "until"),
    ],
)
def test_a_time_that_makes_no_sense_is_refused_at_its_field(
    starts: str, ends: str, error: type[Exception], field: str
) -> None:
    with pytest.raises(error) as refused:
        stay(starts, ends)
    assert getattr(refused.value, "field", None) == field


def test_a_time_that_happens_twice_is_let_through_to_be_asked_back() -> None:
    doubled = stay("2027-11-07T00:00", "2027-11-07T01:30")
    assert doubled == Stay("2027-11-07T00:00", "2027-11-07T01:30")
    before = replace(BEFORE, stay=Stay("2027-11-07T00:00", "2027-11-07T01:30", "", "second"))
    assert stay("2027-11-07T00:15", "2027-11-07T01:30", before=before).ends_pass == "second"
    assert stay("2027-11-07T00:15", "2027-11-07T01:45", before=before).ends_pass == ""


def test_times_nobody_touched_keep_their_hands_at_another_place() -> None:
    assert stay(EVENING.starts, EVENING.ends, at=LONDON) == EVENING


def test_times_nobody_touched_that_are_over_elsewhere_become_the_usual_stay() -> None:
    # It is noon in New York, and five in the afternoon in London.
    lunch = replace(BEFORE, stay=Stay("2026-11-21T12:15", "2026-11-21T14:15"))
    assert stay("2026-11-21T12:15", "2026-11-21T14:15", at=LONDON, before=lunch) == NO_STAY
    with pytest.raises(PeriodPast):
        stay("2026-11-21T12:30", "2026-11-21T14:15", at=LONDON, before=lunch)


def test_without_any_place_times_are_taken_as_they_are() -> None:
    empty = Search()
    given = Typed("", None, "2026-01-01T10:00", "2026-01-01T12:00")
    assert with_stay(empty, given, before=empty, now=NOW).stay == Stay(
        "2026-01-01T10:00", "2026-01-01T12:00"
    )


def test_the_next_day_is_the_next_day_on_the_calendar() -> None:
    assert next_day(EVENING) == Stay("2026-11-22T18:00", "2026-11-22T21:00")
    assert next_day(Stay("9999-12-31T10:00", "nonsense")) == NO_STAY


# --- filters


def test_the_dialog_says_what_to_keep_to() -> None:
    form = {
        "kind-garage": "true",
        "kind-palace": "true",
        "tag-ev": "true",
        "tag-nonsense": "true",
        "most": "15,50",
        "currency": "USD",
        "within": "800",
        "sort": "price",
    }
    assert narrowed(BEFORE, form) == replace(
        BEFORE,
        kinds=frozenset({SpaceKind.GARAGE}),
        tags=frozenset({"ev"}),
        most=Money(1550, "USD"),
        within=800,
        sort=Sort.PRICE,
    )


def test_an_empty_dialog_removes_every_filter() -> None:
    filtered = replace(BEFORE, tags=frozenset({"ev"}), most=Money(1, "USD"), sort=Sort.PRICE)
    assert narrowed(filtered, {"most": " ", "within": ""}) == BEFORE


def test_a_price_counts_in_its_own_coins() -> None:
    yen = narrowed(BEFORE, {"most": "1500", "currency": "JPY"})
    assert yen.most == Money(1500, "JPY")


@pytest.mark.parametrize("price", ["abc", "-5", "1e9", "NaN", "1.2.3", "9" * 50])
def test_a_price_that_is_no_number_is_refused_at_its_field(price: str) -> None:
    with pytest.raises(NoAmount) as refused:
        narrowed(BEFORE, {"most": price, "currency": "USD"})
    assert refused.value.field == "most"


def test_a_price_without_a_currency_is_refused() -> None:
    with pytest.raises(UnknownCurrency):
        narrowed(BEFORE, {"most": "15", "currency": "XXX"})


# --- the view


def test_a_wider_map_has_no_limit_on_the_distance() -> None:
    wider = zoomed_out(replace(BEFORE, within=400), by=2)
    assert (wider.view, wider.within) == (View(ASTOR, 14), None)
    assert zoomed_out(replace(BEFORE, view=View(ASTOR, 3)), by=2).view == View(ASTOR, 2)
    assert zoomed_out(Search(), by=2) == Search()


def test_a_map_that_was_moved_away_comes_back_to_its_place() -> None:
    away = replace(BEFORE, view=View(LONDON, 12))
    assert in_sight(away).view == View(ASTOR, 12)
    assert in_sight(BEFORE) == BEFORE


def test_one_day_is_no_24_hours_when_the_clocks_change() -> None:
    night = Stay("2026-10-31T22:00", "2026-11-01T08:00")
    assert next_day(night) == Stay("2026-11-01T22:00", "2026-11-02T08:00")
