import asyncio
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import Session, col, select

from parkplace.accounts import vehicles
from parkplace.accounts.manage_links import manage_token
from parkplace.accounts.models import User
from parkplace.accounts.vehicles import Draft
from parkplace.bookings.models import Booking
from parkplace.spaces.models import Space, SpaceStatus
from parkplace.web.pages.space.hold_state import HoldState
from parkplace.web.pages.space.state import SpaceState
from tests import factories as make
from tests.factories import NOW, period
from tests.web.pages.visiting import all_of, at, cookie

pytestmark = pytest.mark.usefixtures("noon")

STAY = "from=2026-11-21T13:00&until=2026-11-21T16:00"
GUEST = {"email": "guest@example.com", "plate": "klm 4821", "plate_region": "ny"}


@pytest.fixture
def garage(session: Session) -> Space:
    made = make.space(session, make.owen(session), description="<b>Dry</b>")
    session.commit()
    return made


def page(garage: Space, query: str = STAY, *, cookie: str = "") -> SpaceState:
    """The page, loaded."""
    state = at(SpaceState(), f"/spaces/{garage.id}?{query}", cookie=cookie)
    asyncio.run(all_of(state.load()))
    return state


def step(garage: Space, query: str = STAY, *, cookie: str = "") -> HoldState:
    """The booking step, with its page loaded."""
    state = at(HoldState(), f"/spaces/{garage.id}?{query}", cookie=cookie)
    asyncio.run(state.load())
    return state


def bookings(session: Session) -> list[Booking]:
    return list(session.exec(select(Booking).order_by(col(Booking.created_at), col(Booking.id))))


def test_the_page_shows_the_stay_of_its_address(garage: Space) -> None:
    state = page(garage)
    assert (state.stage, state.terms.state, state.terms.total) == ("found", "free", "$12.00")
    assert state.card.description == ["<b>Dry</b>"]
    assert state.topics == [f"space:{garage.id}"]
    assert state.back.startswith("/?at=40.72900~-73.98880&from=2026-11-21T13%3A00")


def test_an_address_without_a_stay_gets_the_usual_one(garage: Space) -> None:
    state = at(SpaceState(), f"/spaces/{garage.id}")
    [rewritten] = asyncio.run(all_of(state.load()))[-1:]
    # A moment after noon, the next quarter hour is 12:15.
    assert "from=2026-11-21T12%3A15&until=2026-11-21T14%3A15" in rewritten
    assert state.terms.total == "$8.00"


@pytest.mark.parametrize("name", ["nonsense", "01a1feaf-0000-7000-8000-000000000000"])
def test_a_space_that_is_not_there_has_a_friendly_page(session: Session, name: str) -> None:
    assert session
    state = at(SpaceState(), f"/spaces/{name}?{STAY}")
    asyncio.run(all_of(state.load()))
    assert (state.stage, state.topics) == ("gone", [])


def test_a_draft_is_seen_by_its_host_alone(session: Session, garage: Space) -> None:
    garage.status = SpaceStatus.DRAFT
    session.add(garage)
    session.commit()
    assert page(garage).stage == "gone"
    owen = session.get_one(User, garage.host_id)
    seen = page(garage, cookie=cookie(session, owen))
    assert (seen.stage, seen.terms.state) == ("found", "unlisted")


def test_a_time_that_the_clock_skips_is_refused_at_its_field(garage: Space) -> None:
    state = page(garage, "from=2027-03-14T02:30&until=2027-03-14T05:00")
    assert "does not exist" in state.errors["from"]
    assert state.terms.state == "wrong"


def test_a_doubled_time_is_asked_back_and_then_means_one_instant(garage: Space) -> None:
    state = page(garage, "from=2027-11-07T00:30&until=2027-11-07T01:30")
    assert state.asked.field == "until"
    chosen = asyncio.run(state.choose("second"))
    assert "until_pass=second" in str(chosen)
    for which, total in (("first", "$4.00"), ("second", "$8.00")):
        known = page(garage, f"from=2027-11-07T00:30&until=2027-11-07T01:30&until_pass={which}")
        assert (known.terms.total, known.asked.field) == (total, "")


def test_another_time_is_another_address(garage: Space) -> None:
    typed = {"from": "2026-11-22T09:00:00", "until": "2026-11-22T10:00", "x": "y"}
    address = str(asyncio.run(page(garage).show_time(typed)))
    assert f"/spaces/{garage.id}?from=2026-11-22T09%3A00&until=2026-11-22T10%3A00" in address


def test_a_taken_space_offers_the_nearest_free_ones(session: Session, garage: Space) -> None:
    owen = session.get_one(User, garage.host_id)
    near = make.space(session, owen, title="Bond Street driveway", lat=40.7276, lng=-73.9927)
    make.held(session, garage, make.dana(session), period(1, 3))
    session.commit()
    state = page(garage)
    assert state.terms.state == "taken"
    [other] = state.nearest
    assert (other.name, other.price) == ("Bond Street driveway", "$12.00")
    assert parse_qs(urlsplit(other.href).query)["from"] == ["2026-11-21T13:00"]
    assert str(near.id) in other.href


def test_a_guest_holds_and_goes_to_their_own_page(session: Session, garage: Space) -> None:
    sent = asyncio.run(all_of(step(garage).hold(GUEST)))
    [booking] = bookings(session)
    assert (booking.email, booking.plate, booking.plate_region) == (
        "guest@example.com",
        "KLM4821",
        "NY",
    )
    assert manage_token(booking.id) in sent[-1]


def test_dana_holds_under_her_account(session: Session, garage: Space) -> None:
    dana = make.dana(session)
    state = step(garage, cookie=cookie(session, dana))
    assert state.email == "dana@example.com"
    sent = asyncio.run(all_of(state.hold({"plate": "", "email": "other@example.com"})))
    [booking] = bookings(session)
    assert (booking.driver_id, booking.email) == (dana.id, "dana@example.com")
    assert f"/bookings/{booking.id}" in sent[-1]


def test_the_vehicle_that_dana_drives_first_is_filled_in(session: Session, garage: Space) -> None:
    dana = make.dana(session)
    assert step(garage, cookie=cookie(session, dana)).plate == ""
    vehicles.add(session, user=dana, draft=Draft(plate="klm 4821", region="ny"), now=NOW)
    vehicles.add(session, user=dana, draft=Draft(plate="TRV 119"), now=NOW)
    state = step(garage, cookie=cookie(session, dana))
    assert (state.plate, state.region) == ("KLM4821", "NY")
    assert step(garage).plate == ""


def test_sending_the_form_twice_holds_once(session: Session, garage: Space) -> None:
    garage.capacity = 5
    session.add(garage)
    session.commit()
    state = step(garage)
    first, second = (asyncio.run(all_of(state.hold(GUEST)))[-1] for _ in range(2))
    [booking] = bookings(session)
    assert manage_token(booking.id) in first
    assert manage_token(booking.id) in second


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"email": ""}, "email"),
        ({"email": "nobody"}, "email"),
        ({"email": "nul\0@example.com"}, "email"),
        ({"plate": "<script>"}, "plate"),
        ({"plate_region": "12"}, "plate_region"),
    ],
)
def test_what_is_typed_wrong_is_said_at_its_field(
    session: Session, garage: Space, typed: dict[str, str], field: str
) -> None:
    state = step(garage)
    asyncio.run(state.open())
    asyncio.run(all_of(state.hold(GUEST | typed)))
    assert list(state.errors) == [field]
    assert (state.opened, state.pending) == (True, False)
    assert not bookings(session)


def test_a_space_taken_meanwhile_is_said_on_the_page(session: Session, garage: Space) -> None:
    state = step(garage)
    asyncio.run(state.open())
    make.held(session, garage, make.sam(session), period(1, 3))
    session.commit()
    sent = asyncio.run(all_of(state.hold(GUEST)))
    assert state.lost.startswith("Someone else has this space")
    assert not state.opened
    assert "refresh" in sent[-1]


def test_whoever_comes_back_is_led_to_their_booking(session: Session, garage: Space) -> None:
    state = step(garage)
    assert not state.mine
    asyncio.run(all_of(state.hold(GUEST)))
    asyncio.run(state.load())
    assert state.mine
    [booking] = bookings(session)
    assert manage_token(booking.id) in str(asyncio.run(state.open_mine()))
    assert manage_token(booking.id) not in str(state.dict())


def test_danas_second_tab_knows_her_bay(session: Session, garage: Space) -> None:
    signed_in = cookie(session, make.dana(session))
    asyncio.run(all_of(step(garage, cookie=signed_in).hold({})))
    other = step(garage, cookie=signed_in)
    assert other.mine
    [booking] = bookings(session)
    assert f"/bookings/{booking.id}" in str(asyncio.run(other.open_mine()))


def test_signing_in_leads_back_to_the_same_stay(garage: Space) -> None:
    [then] = parse_qs(urlsplit(step(garage).sign_in).query)["then"]
    assert then.startswith(f"/spaces/{garage.id}?from=")
