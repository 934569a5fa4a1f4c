import pytest

from parkplace.core.geo import Point
from parkplace.spaces.drafts import BadPrice
from parkplace.spaces.hours import Hours, Interval
from parkplace.web.pages.add_space import view
from parkplace.web.pages.add_space.view import ORDER, Preview, preview, read, surroundings, texts
from tests.web.pages.add_space.forms import DRIVEWAY, week

HTML = "<img src=x onerror=alert(1)>"


def test_a_complete_form_is_a_draft() -> None:
    draft, errors = read(DRIVEWAY).draft, read(DRIVEWAY).errors

    assert not errors
    assert draft
    assert (draft.title, draft.kind, draft.capacity) == ("St Marks driveway", "driveway", 2)
    assert (draft.hour_minor, draft.day_cap_minor, draft.currency) == (450, 2700, "USD")
    assert draft.point == Point(lat=40.7281016, lng=-73.9885)
    assert draft.tags == {"covered", "ev"}
    assert draft.hours is None
    assert draft.instant
    assert draft.instructions == "Ring bell 3."


def test_a_host_may_want_to_be_asked_and_leave_the_cap_out() -> None:
    draft = read(DRIVEWAY | {"instant": "ask", "day_cap": " "}).draft
    assert draft
    assert (draft.instant, draft.day_cap_minor) == (False, None)


def test_opening_hours_come_with_it() -> None:
    draft = read(DRIVEWAY | week(mon=("08:00", "20:00"))).draft
    assert draft
    assert draft.hours == Hours((Interval(0, 480, 1200),))


def test_an_empty_form_says_everything_that_is_missing_at_once() -> None:
    nothing = read({"hours": "weekly"})

    assert nothing.draft is None
    assert set(nothing.errors) == {
        "spot", "title", "kind", "capacity", "currency", "hour", "weekly"
    }  # fmt: skip
    assert set(nothing.errors) <= set(ORDER)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"lat": "91"}, "spot"),
        ({"lat": "nan"}, "spot"),
        ({"lng": "inf"}, "spot"),
        ({"lat": ""}, "spot"),
        ({"title": "ab"}, "title"),
        ({"title": "a\0bc"}, "title"),
        ({"title": "x" * 81}, "title"),
        ({"kind": "castle"}, "kind"),
        ({"capacity": "two"}, "capacity"),
        ({"capacity": "-1"}, "capacity"),
        ({"capacity": "1.5"}, "capacity"),
        ({"hour": "-4"}, "hour"),
        ({"hour": "free"}, "hour"),
        ({"day_cap": "lots"}, "day_cap"),
        ({"currency": "XXX"}, "currency"),
    ],
)
def test_bad_input_is_told_at_its_field_and_nowhere_else(given: dict[str, str], field: str) -> None:
    bad = read(DRIVEWAY | given)
    assert bad.draft is None
    assert list(bad.errors) == [field]


def test_what_the_service_refuses_is_told_at_the_forms_own_field() -> None:
    assert view.field_of(BadPrice("Too little.", field="day_cap_minor")) == "day_cap"
    assert view.field_of(BadPrice("Too little.", field="title")) == "title"
    assert view.field_of(BadPrice("Too little.")) == ""


def test_a_browser_may_send_anything() -> None:
    assert texts({"a": 1, "b": None, "c": ["x"]}) == {"a": "1", "c": "['x']"}


def test_the_deed_shows_what_was_typed_and_three_hours() -> None:
    deed = preview(DRIVEWAY | week(mon=("08:00", "20:00"), tue=("18:00", "02:00")), locale="en_US")

    assert (deed.name, deed.neighbourhood) == ("St Marks driveway", "East Village")
    assert deed.facts == "Driveway · covered · EV charger"
    assert (deed.price, deed.note) == ("$13.50", "3 h, all in")
    assert deed.band == "orange"
    assert len(deed.hours) == 2


def test_the_price_of_three_hours_stops_at_the_cap() -> None:
    assert preview(DRIVEWAY | {"day_cap": "10"}, locale="en_US").price == "$10.00"


def test_an_empty_form_makes_an_empty_deed() -> None:
    assert preview({}, locale="en_US") == Preview(hours=("Always open",))


def test_html_stays_text_on_the_deed() -> None:
    assert preview({"title": HTML}, locale="en_US").name == HTML


def test_the_place_says_whose_clock_counts_and_what_is_paid_with() -> None:
    berlin = surroundings(Point(lat=52.52, lng=13.405), locale="en_US")
    assert berlin.words == "Mitte · Berlin time"
    assert berlin.currency == "EUR"


def test_somewhere_at_sea_has_a_clock_too() -> None:
    assert surroundings(Point(lat=0, lng=-30), locale="en_US").words
