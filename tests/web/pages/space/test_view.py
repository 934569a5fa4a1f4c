from datetime import date, datetime
from uuid import uuid4

import pytest

from parkplace.bookings.offers import Offer
from parkplace.bookings.pricing import RateCard, price
from parkplace.bookings.quoting import PeriodPast, SpaceClosed
from parkplace.core.geo import Point
from parkplace.core.money import Money
from parkplace.core.times import EmptyPeriod, RepeatedTime, resolve
from parkplace.spaces.exceptions import DatedHours
from parkplace.spaces.hours import parse_weekly
from parkplace.spaces.models import SpaceKind, SpaceStatus
from parkplace.spaces.queries import Photo, SpaceView
from parkplace.web import ui
from parkplace.web.pages.space import view
from tests.factories import NEW_YORK, period

US = "en_US"


def garage(**values: object) -> SpaceView:
    """Owen's garage, with three bays."""
    given: dict[str, object] = {
        "id": uuid4(),
        "host_id": uuid4(),
        "host_name": "Owen",
        "title": "St Marks Place garage",
        "description": "",
        "address": "12 St Marks Place",
        "neighbourhood": "East Village",
        "point": Point(lat=40.729, lng=-73.9888),
        "timezone": NEW_YORK,
        "kind": SpaceKind.GARAGE,
        "capacity": 3,
        "tags": ("covered", "ev"),
        "instructions": "",
        "instant": True,
        "hour": Money(400, "USD"),
        "day_cap": Money(2700, "USD"),
        "hours": None,
        "status": SpaceStatus.PUBLISHED,
        "photos": (),
        "mine": False,
    }
    return SpaceView(**(given | values))  # pyright: ignore[reportArgumentType]


def offer(free: int = 2, refusal: SpaceClosed | PeriodPast | None = None) -> Offer:
    return Offer(price(RateCard(400, 2700, "USD"), period(1, 3)), free, refusal)


def terms(space: SpaceView, of: Offer) -> view.Terms:
    return view.terms(of, period(1, 3), space=space, locale=US)


def test_a_card_says_what_matters() -> None:
    card = view.card(garage(), locale=US)
    assert card.facts == "Garage · covered · EV charger"
    assert card.rate == "$4.00 an hour, at most $27.00 a day"
    assert (card.clock, card.host) == ("New York time", "Listed by Owen")
    assert (card.hours, card.approval, card.notice) == (["Always open"], "", "")


def test_a_card_says_when_a_host_answers_and_when_a_space_costs_nothing() -> None:
    card = view.card(garage(instant=False, hour=Money(0, "USD"), day_cap=None), locale=US)
    assert card.approval == "Owen answers each request to book."
    assert card.rate == "Free of charge"


def test_hours_are_a_list() -> None:
    weekly = [
        {"day": 0, "opens": "08:00", "closes": "19:00"},
        {"day": 5, "opens": "09:00", "closes": "12:00"},
    ]
    hours = parse_weekly(weekly)
    assert len(view.card(garage(hours=hours), locale=US).hours) == 2
    assert view.card(garage(hours=hours), locale="en_GB").hours[0] == "Mon 08:00–19:00"


def test_the_next_dates_with_other_hours_stand_below() -> None:
    days = [date(2026, 12, day) for day in range(1, 31)]
    space = garage(exceptions=tuple(DatedHours(day, day, ()) for day in days))
    said = view.card(space, locale=US, today=date(2026, 12, 24)).hours
    assert said[:2] == ["Always open", "Dec 24, 2026: closed"]
    assert len(said) == 1 + 7
    assert len(view.card(space, locale=US).hours) == 1 + view.EXCEPTIONS_MOST


def test_a_description_stays_text_and_loses_empty_lines() -> None:
    card = view.card(garage(description="One.\n\n<b>Two</b>\n"), locale=US)
    assert card.description == ["One.", "<b>Two</b>"]


def test_a_draft_says_that_only_its_host_sees_it() -> None:
    assert "draft" in view.card(garage(status=SpaceStatus.DRAFT), locale=US).notice


def test_a_photo_comes_in_every_width_and_with_words() -> None:
    photo = Photo(uuid4(), "ab", 1600, 900, "")
    [picture] = view.card(garage(photos=(photo,)), locale=US).pictures
    assert picture.source == "/photos/ab-800.webp"
    assert picture.sources.endswith("/photos/ab-1600.webp 1600w")
    assert picture.caption == "Photo of St Marks Place garage"


def test_terms_of_a_free_space() -> None:
    found = terms(garage(), offer())
    assert (found.state, found.bays, found.book) == ("free", "2 of 3 bays free", "Book for $12.00")
    assert (found.total, found.lasts, found.pin) == ("$12.00", "3 h", "$12")
    assert found.lines == [ui.PriceLine("3 h at $4.00 an hour", "$12.00")]
    assert found.when.startswith("Sat, Nov 21, 1:00")


def test_a_single_bay_is_not_counted() -> None:
    assert terms(garage(capacity=1), offer(1)).bays == "Free for all of it"


@pytest.mark.parametrize(
    ("of", "state"),
    [
        (offer(0), "taken"),
        (offer(2, SpaceClosed("Closed.")), "closed"),
        (offer(2, PeriodPast("Past.", field="starts_at")), "wrong"),
    ],
)
def test_terms_that_cannot_be_had(of: Offer, state: str) -> None:
    found = terms(garage(), of)
    assert found.state == state
    assert found.sentence


def test_no_price_stands_beside_a_time_that_nobody_can_book() -> None:
    assert terms(garage(), offer(2, PeriodPast("Past.", field="starts_at"))).total == ""


def test_a_doubled_time_is_asked_back_by_both_instants() -> None:
    with pytest.raises(RepeatedTime) as refused:
        resolve(datetime(2026, 11, 1, 1, 30), timezone=NEW_YORK)
    refused.value.field = "until"
    asked = view.asked(refused.value, timezone=NEW_YORK, locale=US)
    assert asked.field == "until"
    assert asked.first.replace("\u202f", " ") == "1:30 AM EDT (first)"
    assert asked.second.replace("\u202f", " ") == "1:30 AM EST (second)"


def test_errors_stand_at_their_field() -> None:
    assert view.time_errors(PeriodPast("Past.", field="starts_at")) == {"from": "Past."}
    assert view.time_errors(EmptyPeriod("Empty.", field="ends_at")) == {"until": "Empty."}


def test_a_pin_is_the_price_group_and_the_price() -> None:
    pin = view.pin(garage(), terms(garage(), offer()))
    assert (pin.label, pin.name, pin.band) == ("$12", "St Marks Place garage, $12.00", "pink")
