import asyncio
import base64
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import pytest
import reflex as rx
from sqlmodel import Session, col, select

from parkplace.accounts.manage_links import manage_token
from parkplace.accounts.models import User
from parkplace.bookings import clockwork
from parkplace.bookings.models import Booking, BookingStatus
from parkplace.core import clock
from parkplace.payments import cards, methods
from parkplace.payments.answers import SavedCard
from parkplace.spaces.models import Space
from parkplace.web import routes
from parkplace.web.pages.booking.changing import ChangeState
from parkplace.web.pages.booking.extending import ExtendState
from parkplace.web.pages.booking.paying import PayState
from parkplace.web.pages.booking.state import BookingState
from tests import factories as make
from tests.factories import HOUR, NOW, period
from tests.stripe_sandbox.running import RunningSandbox
from tests.web.pages.visiting import all_of, at, cookie, readable

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def garage(session: Session) -> Space:
    return make.space(session, make.owen(session))


@pytest.fixture
def held(session: Session, garage: Space) -> Booking:
    """A guest's hold from 1 to 4 p.m."""
    booking = make.held(session, garage, None, period(1, 3))
    session.commit()
    return booking


@pytest.fixture
def running(session: Session, garage: Space) -> Booking:
    """A guest's stay that began at noon, until 2 p.m."""
    booking = make.confirmed(session, garage, None, period(0, 2))
    session.commit()
    return booking


def link(booking: Booking) -> str:
    return routes.guest_booking(manage_token(booking.id))


def page(address: str, *, cookie: str = "") -> BookingState:
    """The page, loaded."""
    state = at(BookingState(), address, cookie=cookie)
    asyncio.run(all_of(state.load()))
    return state


def kept_card(session: Session, user: User, name: str, year: int) -> None:
    """Let an account keep a card that is good until the end of a year."""
    customer = cards.customer_for(session, email=user.email, now=NOW)
    saved = SavedCard(
        id=name,
        brand="visa",
        last4="4242",
        exp_month=12,
        exp_year=year,
        fingerprint=name,
        created_at=NOW,
    )
    methods.keep(session, user_id=user.id, customer_id=customer.id, card=saved, now=NOW)


def fresh(session: Session, booking: Booking) -> Booking:
    session.expire_all()
    return session.get_one(Booking, booking.id)


def called(answer: Any) -> str:
    """What a handler answered, as far as it can be read."""
    return unquote(readable(asyncio.run(answer)))


def test_a_guests_link_opens_their_booking_and_is_kept_nowhere(held: Booking) -> None:
    state = page(link(held))
    assert (state.stage, state.page.stage, state.page.pays) == ("found", "held", True)
    assert state.topics[0].startswith(f"booking:{held.id}~")  # with a ticket
    assert manage_token(held.id) not in str(state.dict())


def test_dana_owen_and_nobody_else_see_danas_booking(session: Session, garage: Space) -> None:
    dana, sam = make.dana(session), make.sam(session)
    booking = make.confirmed(session, garage, dana, period(1, 3))
    owen = session.get_one(User, garage.host_id)
    address = routes.booking(booking.id)
    assert page(address, cookie=cookie(session, dana)).page.driving
    assert not page(address, cookie=cookie(session, owen)).page.driving
    assert page(address, cookie=cookie(session, sam)).stage == "gone"
    stranger = page(address)
    assert stranger.stage == "gone"
    assert stranger.sign_in == routes.sign_in(then=address)


@pytest.mark.parametrize("address", ["/g/nonsense", "/bookings/nonsense", "/g/" + "A" * 43])
def test_links_that_open_nothing_say_so(session: Session, address: str) -> None:
    assert session
    assert page(address).stage == "gone"


def test_what_stripe_adds_to_the_address_is_taken_away(held: Booking) -> None:
    state = at(BookingState(), f"{link(held)}?payment_intent_client_secret=pi_1_secret_2")
    sent = asyncio.run(all_of(state.load()))
    assert sent[-1] == f"rewrite {link(held)}"


def test_coming_back_from_the_card_page_is_confirmed(
    session: Session, stripe: RunningSandbox, held: Booking
) -> None:
    paying = at(PayState(), link(held))
    [leaving] = asyncio.run(all_of(paying.pay()))
    assert paying.pending == ""
    url = leaving.removeprefix("leave ")
    assert url.startswith(stripe.url)
    assert page(link(held)).page.stage == "held"  # back without a card
    stripe.submit_card(url, "4242424242424242")
    state = page(link(held))
    assert (state.page.stage, bool(state.page.news)) == ("confirmed", True)
    assert fresh(session, held).status == BookingStatus.CONFIRMED


def test_a_card_that_is_kept_pays_without_stripes_page(session: Session, garage: Space) -> None:
    dana = make.dana(session)
    for name, year in (("pm_old", 2025), ("pm_good", 2034)):
        kept_card(session, dana, name, year)
    booking = make.held(session, garage, dana, period(1, 3))
    session.commit()
    paying = at(PayState(), routes.booking(booking.id), cookie=cookie(session, dana))
    asyncio.run(paying.load())
    assert paying.saved == "Visa ···· 4242"

    [refresh] = asyncio.run(all_of(paying.use_saved()))

    assert "refresh" in refresh
    assert paying.pending == ""
    paid = fresh(session, booking)
    assert (paid.status, paid.payment_method) == (BookingStatus.CONFIRMED, "pm_good")
    again, _ = asyncio.run(all_of(paying.use_saved()))
    assert "hold has run out" in again


def test_a_kept_card_is_offered_to_nobody_else(session: Session, held: Booking) -> None:
    dana = make.dana(session)
    kept_card(session, dana, "pm_good", 2034)
    hers = cookie(session, dana)
    for address, asking in (
        (link(held), hers),  # a guest's link is the guest's
        (routes.booking(held.id), ""),
        (routes.booking(held.id), cookie(session, make.sam(session))),
    ):
        paying = at(PayState(), address, cookie=asking)
        asyncio.run(paying.load())
        assert paying.saved == ""


def test_a_payment_service_that_does_not_answer_is_said(
    stripe: RunningSandbox, held: Booking
) -> None:
    asyncio.run(all_of(at(PayState(), link(held)).pay()))
    stripe.faults({"kind": "fail", "method": "GET", "times": 9})
    state = page(link(held))
    assert "did not answer" in state.unsure
    assert state.page.stage == "held"


def test_letting_go_frees_the_bay(session: Session, held: Booking) -> None:
    assert "refresh" in called(at(ChangeState(), link(held)).cancel())
    assert fresh(session, held).status == BookingStatus.CANCELLED


def test_what_cannot_be_done_is_said_and_shown(session: Session, running: Booking) -> None:
    answer = called(at(ChangeState(), link(running)).cancel())
    assert "End it instead" in answer
    assert "refresh" in answer
    assert fresh(session, running).status == BookingStatus.CONFIRMED


Handler = Callable[[rx.State], Any]


@pytest.mark.parametrize(
    ("kind", "handler"),
    [
        (ChangeState, lambda state: state.cancel()),
        (ChangeState, lambda state: state.leave()),
        (ChangeState, lambda state: state.ask_to_leave()),
        (ChangeState, lambda state: state.approve()),
        (ChangeState, lambda state: state.decline({"why": ""})),
        (ChangeState, lambda state: state.change_plate({"plate": "X"})),
        (PayState, lambda state: all_of(state.pay())),
        (PayState, lambda state: all_of(state.confirm())),
        (PayState, lambda state: all_of(state.hold_again())),
        (ExtendState, lambda state: state.open()),
    ],
)
def test_a_stranger_can_do_none_of_it(
    session: Session, garage: Space, kind: type[rx.State], handler: Handler
) -> None:
    booking = make.confirmed(session, garage, make.dana(session), period(0, 3))
    changes = booking.changes
    sam = cookie(session, make.sam(session))
    answer = called(handler(at(kind(), routes.booking(booking.id), cookie=sam)))
    assert "There is no such booking" in answer
    assert fresh(session, booking).changes == changes


def test_ending_now_says_what_it_costs_and_then_does_it(session: Session, running: Booking) -> None:
    clock.travel(_ahead(HOUR))
    state = at(ChangeState(), link(running))
    assert called(state.ask_to_leave()).startswith("open ")
    assert state.leaving == "You pay $5.00 instead of $8.00. The bay is free for others at once."
    called(state.leave())
    assert fresh(session, running).status == BookingStatus.COMPLETED


def test_the_plate_is_changed_or_refused_at_its_field(session: Session, running: Booking) -> None:
    state = at(ChangeState(), link(running))
    called(state.change_plate({"plate": "!!", "plate_region": ""}))
    assert list(state.errors) == ["plate"]
    called(state.change_plate({"plate": "trv 119", "plate_region": "ny"}))
    assert not state.errors
    assert (fresh(session, running).plate, running.plate_region) == ("TRV119", "NY")


def test_the_appointment_is_handed_out(running: Booking) -> None:
    answer = called(at(ChangeState(), link(running)).save_appointment())
    [packed] = re.findall(r"data:text/calendar;base64,([\w+/=]+)", answer)[:1]
    assert base64.b64decode(packed).startswith(b"BEGIN:VCALENDAR")


def test_the_host_answers_a_request(session: Session, garage: Space) -> None:
    garage.instant = False
    session.add(garage)
    dana = make.dana(session)
    yes = make.confirmed(session, garage, dana, period(1, 1))
    no = make.confirmed(session, garage, dana, period(3, 1))
    owen = cookie(session, session.get_one(User, garage.host_id))
    called(at(ChangeState(), routes.booking(yes.id), cookie=owen).approve())
    state = at(ChangeState(), routes.booking(no.id), cookie=owen)
    called(state.decline({"why": "nul\0"}))
    assert list(state.errors) == ["why"]
    called(state.decline({"why": "A truck stands there."}))
    assert fresh(session, yes).status == BookingStatus.CONFIRMED
    declined = page(routes.booking(no.id), cookie=cookie(session, dana))
    assert "A truck stands there." in declined.page.outcome.text


def test_extending_shows_the_price_first(session: Session, running: Booking) -> None:
    state = at(ExtendState(), link(running))
    asyncio.run(state.open())
    assert (state.opened, state.typed) == (True, "2026-11-21T15:00")
    assert state.proposal.sentence == "$12.00 for 3 h: $4.00 more than now."
    assert fresh(session, running).ends_at == NOW + 2 * HOUR
    asyncio.run(state.add(30))
    assert state.proposal.sentence.startswith("$10.00")
    called(state.confirm())
    assert not state.opened
    assert fresh(session, running).ends_at == NOW + 2.5 * HOUR


def test_an_end_that_cannot_be_had_is_said_before_it_is_confirmed(
    session: Session, garage: Space, running: Booking
) -> None:
    make.confirmed(session, garage, make.sam(session), period(2.5, 1))
    session.commit()
    state = at(ExtendState(), link(running))
    asyncio.run(state.open())
    assert "Someone else has this space" in state.error
    assert state.proposal.action == ""
    assert asyncio.run(state.confirm()) == []
    for typed in ("2026-11-21T11:00", "", "nonsense"):
        asyncio.run(state.show({"until": typed}))
        assert state.error
        assert state.proposal.action == ""


def test_an_end_in_the_doubled_hour_is_asked_back(session: Session, garage: Space) -> None:
    # The clocks of New York go back on 7 November 2027, at 2 a.m.
    night = timedelta(days=351) - 17 * HOUR + 4 * HOUR  # midnight there
    clock.travel(_ahead(night))
    booking = make.confirmed(session, garage, None, period(0, 1, now=NOW + night), now=NOW + night)
    session.commit()
    state = at(ExtendState(), link(booking))
    asyncio.run(state.show({"until": "2027-11-07T01:30"}))
    assert [words.replace("\u202f", " ") for words in state.passes] == [
        "1:30 AM EDT (first)",
        "1:30 AM EST (second)",
    ]
    asyncio.run(state.choose("second"))
    assert (state.passes, state.proposal.sentence) == (
        [],
        "$10.00 for 2 h 30 min: $6.00 more than now.",
    )


def test_what_ran_out_is_held_again_or_replaced(
    session: Session, garage: Space, held: Booking
) -> None:
    clock.travel(_ahead(HOUR / 4))
    clockwork.expire_holds(now=NOW + HOUR / 4)
    state = page(link(held))
    assert (state.page.stage, state.again) == ("expired", True)
    [going] = asyncio.run(all_of(at(PayState(), link(held)).hold_again()))
    new = _latest(session, held.id)
    assert manage_token(new) in going
    owen = session.get_one(User, garage.host_id)
    make.space(session, owen, title="Bond Street driveway", lat=40.7276, lng=-73.9927)
    session.commit()
    state = page(link(held))
    assert (state.again, [deed.name for deed in state.nearest]) == (
        False,
        ["Bond Street driveway"],
    )


def _latest(session: Session, other_than: UUID) -> UUID:
    query = select(Booking.id).where(col(Booking.id) != other_than)
    return session.exec(query).one()


def _ahead(by: timedelta) -> timedelta:
    """How far the clock must be set so that it shows so much after noon."""
    return NOW + by - datetime.now(UTC)
