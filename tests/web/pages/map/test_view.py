from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkplace.bookings.pins import Cluster, Pin
from parkplace.bookings.pricing import RateCard, price
from parkplace.bookings.search import FoundSpace, Sort
from parkplace.core.errors import Invalid
from parkplace.core.geo import Point
from parkplace.core.money import Money
from parkplace.core.times import Period, RepeatedTime
from parkplace.spaces.models import SpaceKind
from parkplace.web.pages.map import view
from parkplace.web.pages.map.address import HERE, Search
from parkplace.web.stays import Stay
from tests.factories import NEW_YORK, NOW, period

# Noon is 17:00 UTC: from six to nine in the evening.
STAY = period(6, 3)
US = "en_US"
HOURLY = RateCard(400, None, "USD")


def space(card: RateCard = HOURLY, **values: object) -> FoundSpace:
    """Owen's garage, four minutes away."""
    made = FoundSpace(
        id=UUID(int=7),
        title="St Marks Place garage",
        address="12 St Marks Place, New York",
        neighbourhood="East Village",
        point=Point(lat=40.729, lng=-73.9888),
        timezone=NEW_YORK,
        kind=SpaceKind.GARAGE,
        tags=("covered", "ev"),
        capacity=1,
        free=1,
        instant=True,
        distance_m=320.0,
        card=card,
        total=price(card, STAY).total,
        photo_key=None,
    )
    return made._replace(**values)


def plain(text: str) -> str:
    """The same with ordinary blanks, as the eye sees it."""
    return text.replace("\u202f", " ").replace("\u2009", " ")


# --- deeds


def test_a_deed_says_what_matters() -> None:
    deed = view.deed(space(), STAY, walked=True, hinted=False, locale=US)
    assert deed.name == "St Marks Place garage"
    assert deed.neighbourhood == "East Village"
    assert deed.meta == "4 min walk · Garage · covered · EV charger"
    assert (deed.price, deed.price_note, deed.hint) == ("$12.00", "3 h, all in", "")
    assert deed.band == "pink"


def test_the_link_carries_the_stay_in_the_wall_time_of_the_space() -> None:
    deed = view.deed(space(), STAY, walked=True, hinted=False, locale=US)
    assert deed.href == (f"/spaces/{UUID(int=7)}?from=2026-11-21T18%3A00&until=2026-11-21T21%3A00")
    abroad = view.deed(space(timezone="Europe/London"), STAY, walked=True, hinted=False, locale=US)
    assert "from=2026-11-21T23%3A00&until=2026-11-22T02%3A00" in abroad.href


def test_without_a_place_nothing_is_said_of_a_walk() -> None:
    deed = view.deed(space(), STAY, walked=False, hinted=False, locale=US)
    assert deed.meta == "Garage · covered · EV charger"


def test_nobody_walks_five_miles() -> None:
    far = view.deed(space(distance_m=8046.72), STAY, walked=True, hinted=False, locale=US)
    assert far.meta.startswith("5.0 mi away · ")


def test_the_first_deed_says_what_leaving_early_saves() -> None:
    hint = view.deed(space(), STAY, walked=True, hinted=True, locale=US).hint
    assert plain(hint) == "Leave by 8:30 PM and pay $10.00"


def test_a_stay_at_the_day_price_says_so_and_promises_no_saving() -> None:
    capped = view.deed(space(RateCard(400, 1000, "USD")), STAY, walked=True, hinted=True, locale=US)
    assert (capped.price, capped.price_note, capped.hint) == ("$10.00", "day price, all in", "")


def test_a_free_space_is_free() -> None:
    free = view.deed(space(RateCard(0, None, "USD")), STAY, walked=True, hinted=True, locale=US)
    assert (free.price, free.price_note, free.hint) == ("Free", "3 h", "")
    assert view.deed_pin(space(RateCard(0, None, "USD")), STAY, locale=US).label == "Free"


def test_short_stays_promise_no_saving() -> None:
    half = Period(STAY.starts_at, STAY.starts_at + timedelta(minutes=30))
    assert view.deed(space(), half, walked=True, hinted=True, locale=US).hint == ""


@pytest.mark.parametrize(
    ("capacity", "free", "said"),
    [(24, 2, "2 bays left"), (24, 1, "1 bay left"), (24, 9, None), (3, 1, None), (1, 1, None)],
)
def test_the_last_bays_of_many_are_mentioned(capacity: int, free: int, said: str | None) -> None:
    deed = view.deed(
        space(capacity=capacity, free=free), STAY, walked=True, hinted=False, locale=US
    )
    assert ("left" in deed.meta) == (said is not None)
    assert said is None or said in deed.meta


def test_a_host_who_approves_is_mentioned() -> None:
    deed = view.deed(space(instant=False), STAY, walked=True, hinted=False, locale=US)
    assert deed.meta.endswith(" · host approves")


# --- pins


def test_a_pin_says_the_price_of_the_whole_stay() -> None:
    found = Pin("7", "<b>Yard</b>", 40.7, -73.9, Money(1200, "USD"), Money(400, "USD"))
    pin = view.pin(found, STAY, locale=US)
    assert (pin.label, pin.band) == ("$12", "pink")
    assert pin.name == "<b>Yard</b>, $12.00 for 3 h"
    assert (pin.lat, pin.lng, pin.id) == (40.7, -73.9, "7")


def test_a_deed_has_the_pin_that_the_map_would_give_it() -> None:
    pin = view.deed_pin(space(), STAY, locale=US)
    assert (pin.id, pin.label, pin.band) == (str(UUID(int=7)), "$12", "pink")
    assert (pin.lat, pin.lng) == (40.729, -73.9888)


def test_a_group_keeps_its_name_and_its_box() -> None:
    group = view.cluster(Cluster("17/1/2", 1.0, 2.0, 9, 1.5, 0.5, 2.5, 1.5))
    assert (group.id, group.count) == ("17/1/2", 9)
    assert (group.west, group.south, group.east, group.north) == (1.5, 0.5, 2.5, 1.5)


# --- what was found, in a line


def line(
    total: int, where: str = "Astor Place, East Village", *, approximate: bool = False
) -> view.Heading:
    return view.heading(
        total,
        approximate=approximate,
        where=where,
        period=STAY,
        timezone=NEW_YORK,
        locale=US,
        now=NOW,
    )


def test_what_was_found_is_said_in_a_line() -> None:
    said = line(38)
    assert said.count == "38 spaces"
    assert plain(said.rest) == (
        " free near Astor Place, Sat, Nov 21, 6:00 PM – 9:00 PM (New York time)"
    )
    assert plain(said.short) == " free, Today 6 – 9 PM"


def test_one_space_is_no_spaces_and_thousands_are_parted() -> None:
    assert line(1).count == "1 space"
    assert line(12466).count == "12,466 spaces"


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("", " free in this area, "),
        (HERE, " free near you, "),
        ("New York, NY 10003", " free near New York, NY 10003, "),
        ("40.73000, -73.99000", " free near 40.73000, -73.99000, "),
        ("London", " free near London, "),
    ],
)
def test_the_place_is_named_as_people_name_it(where: str, said: str) -> None:
    assert line(2, where).rest.startswith(said)


def test_where_only_counting_was_possible_nothing_is_called_free() -> None:
    said = line(50_000, approximate=True)
    assert (said.count, said.rest) == (
        "50,000 spaces",
        " listed in this area. Zoom in to see which are free.",
    )
    assert said.short == said.rest


@pytest.mark.parametrize(
    ("start", "hours", "locale", "said"),
    [
        (6, 3, US, "Today 6 – 9 PM"),
        (6, 3, "en_GB", "Today 18:00–21:00"),
        (6, 2.5, US, "Today 6:00 – 8:30 PM"),
        (30, 3, US, "Tomorrow 6 – 9 PM"),
        (54, 3, US, "Mon, Nov 23 6 – 9 PM"),
        (6, 24, US, "Today – Tomorrow"),
        (-3, 6, US, "Today 9 AM – 3 PM"),
        (54, 72, US, "Mon, Nov 23 – Thu, Nov 26"),
    ],
)
def test_a_stay_in_short(start: float, hours: float, locale: str, said: str) -> None:
    stay = period(start, hours)
    short = view.short_span(stay, timezone=NEW_YORK, locale=locale, now=NOW)
    assert plain(short) == said


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (3, "Free for all 3 hours"),
        (1, "Free for the whole hour"),
        (2.5, "Free for all of 2 h 30 min"),
        (48, "Free for all of 2 d"),
    ],
)
def test_the_promise_names_the_stay(hours: float, said: str) -> None:
    summary = view.summary(Search(), period(6, hours), timezone=NEW_YORK, locale=US, now=NOW)
    assert summary.all_of_it == said


def test_the_summary_is_what_the_form_holds() -> None:
    search = Search(
        "Astor Place", Point(lat=40.72997, lng=-73.99093), stay=Stay("2026-11-21T18:00", "x")
    )
    summary = view.summary(search, None, timezone=NEW_YORK, locale=US, now=NOW)
    assert (summary.where, summary.at) == ("Astor Place", "40.72997~-73.99093")
    assert (summary.starts, summary.ends, summary.when) == ("2026-11-21T18:00", "x", "When?")
    assert (summary.clock, summary.all_of_it) == ("New York time", "")


# --- filters


def dollars(*amounts: int) -> list[Money]:
    return [Money(amount, "USD") for amount in amounts]


@pytest.mark.parametrize(
    ("amounts", "offered"),
    [
        ([700, 900, 1400, 1800, 2700], 1500),
        ([900, 900, 900, 1440], 1000),
        ([900, 1000], None),  # a round price above would keep everything
        ([900, 900], None),
        ([], None),
    ],
)
def test_the_price_chip_offers_a_round_price_that_parts_what_there_is(
    amounts: list[int], offered: int | None
) -> None:
    assert view.bargain(dollars(*amounts)) == (None if offered is None else Money(offered, "USD"))


def test_the_price_chip_speaks_the_currency_of_most_spaces() -> None:
    mixed = [Money(120_000, "JPY"), *dollars(500, 800, 2000)]
    offer = view.bargain(mixed)
    assert offer is not None
    assert offer.currency == "USD"
    yen = [Money(amount, "JPY") for amount in (600, 1200, 1800)]
    assert view.bargain(yen) == Money(1200, "JPY")


@given(amounts=st.lists(st.integers(1, 10**8), max_size=30))
def test_an_offer_always_leaves_something_out_and_something_in(amounts: list[int]) -> None:
    offer = view.bargain(dollars(*amounts))
    if offer is not None:
        assert min(amounts) <= offer.minor < max(amounts)


def test_major_units_become_minor_ones() -> None:
    assert view.money(Decimal("15.5"), "USD") == Money(1550, "USD")
    assert view.money(Decimal("15.559"), "USD") == Money(1555, "USD")
    assert view.money(Decimal(1500), "JPY") == Money(1500, "JPY")


def test_a_chip_that_is_pressed_keeps_its_price() -> None:
    search = Search(most=Money(1500, "USD"))
    shown = view.narrowing(search, dollars(100, 200, 300), locale=US)
    assert (shown.up_to, shown.up_to_words, shown.priced) == ("1500~USD", "Up to $15", True)
    assert (shown.most, shown.currency) == ("15", "USD")


def test_an_open_chip_offers_what_was_found() -> None:
    shown = view.narrowing(Search(), dollars(100, 200, 300), locale=US)
    assert (shown.up_to, shown.priced, shown.most, shown.currency) == ("200~USD", False, "", "USD")


def test_where_nothing_has_a_price_there_is_no_price_to_choose() -> None:
    shown = view.narrowing(Search(), [], locale=US)
    assert (shown.up_to, shown.up_to_words, shown.currency) == ("", "", "")


def test_only_filters_that_no_chip_shows_are_counted() -> None:
    chips = Search(tags=frozenset({"covered", "ev"}), most=Money(1, "USD"), sort=Sort.PRICE)
    assert view.narrowing(chips, [], locale=US).count == ""
    more = Search(tags=frozenset({"ev", "lit"}), kinds=frozenset({SpaceKind.LOT}), within=400)
    assert view.narrowing(more, [], locale=US).count == "3"


def test_other_filters_have_another_key() -> None:
    keys = {
        view.narrowing(search, [], locale=US).key
        for search in (
            Search(),
            Search(within=400),
            Search(sort=Sort.PRICE),
            Search(most=Money(1, "USD")),
            Search(tags=frozenset({"ev"})),
            Search(kinds=frozenset({SpaceKind.LOT})),
        )
    }
    assert len(keys) == 6


# --- when there is nothing


def test_an_empty_town_leads_elsewhere() -> None:
    nothing = view.nothing(narrowed=True, listed=False, length="3 h", elsewhere="/?lat=1")
    assert (nothing.title, nothing.elsewhere) == ("No spaces are listed here yet", "/?lat=1")
    assert not nothing.narrowed
    assert not nothing.listed


def test_filters_that_leave_nothing_can_be_removed() -> None:
    nothing = view.nothing(narrowed=True, listed=True, length="3 h", elsewhere="")
    assert nothing.narrowed
    assert "passes your filters" in nothing.text


def test_a_full_town_asks_for_another_time() -> None:
    nothing = view.nothing(narrowed=False, listed=True, length="3 h", elsewhere="")
    assert nothing.listed
    assert "Another time" in nothing.text


def test_the_list_of_a_wide_map_says_where_it_ends() -> None:
    assert "62.1 mi" in view.ending(approximate=False, locale=US)
    assert "100.0 km" in view.ending(approximate=False, locale="en_IE")
    assert "is free" in view.ending(approximate=True, locale=US)


# --- times


def test_a_doubled_time_is_asked_back_with_both_moments() -> None:
    error = RepeatedTime(
        "01:30 happens twice.",
        field="until",
        details={"first": "2027-11-07T05:30:00+00:00", "second": "2027-11-07T06:30:00+00:00"},
    )
    asked = view.asked(error, timezone=NEW_YORK, locale=US)
    assert (asked.field, asked.sentence) == ("until", "01:30 happens twice.")
    assert plain(asked.first) == "1:30 AM EDT (first)"
    assert plain(asked.second) == "1:30 AM EST (second)"


@pytest.mark.parametrize(
    ("field", "shown_at"),
    [("starts_at", "from"), ("ends_at", "until"), ("from", "from"), (None, "until")],
)
def test_what_is_wrong_with_a_time_stands_at_its_field(field: str | None, shown_at: str) -> None:
    assert view.time_errors(Invalid("No.", field=field)) == {shown_at: "No."}
