import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlmodel import Session, select

from parkplace.accounts.models import User
from parkplace.bookings import clockwork, service, standing
from parkplace.bookings.access import NOBODY, BookingNotFound, Caller, NotYours
from parkplace.bookings.holding import EmailNeeded
from parkplace.bookings.models import Booking
from parkplace.bookings.occupancy import SpaceTaken
from parkplace.bookings.standing import HeldAlready
from parkplace.core.db import transaction
from parkplace.spaces.models import Space
from tests import factories as make
from tests.factories import HOUR, NOW, period

WHEN = period(1, 3)


@pytest.fixture
def lot(session: Session) -> Space:
    return make.space(session, make.owen(session), capacity=9)


def hold(session: Session, where: Space, who: User | None, key: str, email: str = "") -> UUID:
    return standing.hold_once(
        session,
        caller=Caller(user=who),
        space_id=where.id,
        period=WHEN,
        key=key,
        email=email,
        plate="KLM 4821",
        now=NOW,
    )


def bookings(session: Session) -> int:
    return len(session.exec(select(Booking.id)).all())


def test_a_form_sent_twice_holds_once(session: Session, lot: Space) -> None:
    first = hold(session, lot, None, "a key", "guest@example.com")
    assert hold(session, lot, None, "a key", "guest@example.com") == first
    assert bookings(session) == 1


def test_danas_second_tab_comes_to_her_first_hold(session: Session, lot: Space) -> None:
    dana = make.dana(session)
    first = hold(session, lot, dana, "one tab")
    assert hold(session, lot, dana, "another tab") == first
    assert bookings(session) == 1


def test_what_dana_let_go_she_can_hold_anew(session: Session, lot: Space) -> None:
    dana = make.dana(session)
    first = hold(session, lot, dana, "one visit")
    service.cancel(session, booking_id=first, caller=Caller(user=dana), now=NOW)
    assert hold(session, lot, dana, "another visit") != first


def test_typing_a_guests_address_does_not_lead_to_their_booking(
    session: Session, lot: Space
) -> None:
    hold(session, lot, None, "the guest's tab", "guest@example.com")
    with pytest.raises(HeldAlready):
        hold(session, lot, None, "somebody's tab", "Guest@Example.com ")
    assert bookings(session) == 1


def test_two_guests_hold_two_bays(session: Session, lot: Space) -> None:
    assert hold(session, lot, None, "1", "a@example.com") != hold(
        session, lot, None, "2", "b@example.com"
    )


def test_a_refusal_is_not_remembered(session: Session, lot: Space) -> None:
    with pytest.raises(EmailNeeded):
        hold(session, lot, None, "a key", "")
    assert hold(session, lot, None, "a key", "guest@example.com")


def test_many_tabs_at_once_hold_once(committed_database: str) -> None:
    assert committed_database
    tabs = 8
    gate = threading.Barrier(tabs)
    with transaction() as session:
        dana = make.dana(session)
        lot = make.space(session, make.owen(session), capacity=9)

    def press(tab: int) -> UUID:
        gate.wait()
        with transaction() as session:
            return hold(session, lot, dana, f"tab {tab}")

    with ThreadPoolExecutor(tabs) as pool:
        assert len(set(pool.map(press, range(tabs)))) == 1
    with transaction() as session:
        assert bookings(session) == 1


def test_what_ran_out_is_held_again_for_the_same_person_and_car(
    session: Session, lot: Space
) -> None:
    dana, late = make.dana(session), NOW + HOUR / 4
    old = hold(session, lot, dana, "a key")
    clockwork.expire_holds(now=late)
    new = _again(session, old, Caller(user=dana))
    booking = session.get_one(Booking, new)
    assert (booking.driver_id, booking.plate) == (dana.id, "KLM4821")
    assert (booking.starts_at, booking.ends_at) == (WHEN.starts_at, WHEN.ends_at)
    assert _again(session, old, Caller(user=dana)) == new


def test_a_guest_holds_again_from_two_tabs_once(session: Session, lot: Space) -> None:
    old = hold(session, lot, None, "a key", "guest@example.com")
    clockwork.expire_holds(now=NOW + HOUR / 4)
    guest = Caller(manages=old)
    new = _again(session, old, guest)
    assert _again(session, old, guest) == new
    assert session.get_one(Booking, new).email == "guest@example.com"


def test_what_is_taken_meanwhile_cannot_be_held_again(session: Session) -> None:
    garage = make.space(session, make.owen(session))
    old = hold(session, garage, None, "a key", "guest@example.com")
    make.held(session, garage, make.sam(session), WHEN, now=NOW + HOUR / 4)
    with pytest.raises(SpaceTaken):
        _again(session, old, Caller(manages=old))


def test_nobody_else_holds_it_again(session: Session) -> None:
    owen = make.owen(session)
    old = hold(session, make.space(session, owen), None, "a key", "guest@example.com")
    with pytest.raises(BookingNotFound):
        _again(session, old, NOBODY)
    with pytest.raises(BookingNotFound):
        _again(session, old, Caller(user=make.sam(session)))
    with pytest.raises(NotYours):
        _again(session, old, Caller(user=owen))


def test_own_finds_what_a_person_has_there(session: Session, lot: Space) -> None:
    dana, sam = make.dana(session), make.sam(session)
    held = make.held(session, lot, dana, period(1, 3))

    def own(user: User, start: float, *, hours_later: float = 0) -> UUID | None:
        return standing.own(
            session,
            user=user,
            space_id=lot.id,
            period=period(start, 2),
            now=NOW + hours_later * HOUR,
        )

    assert own(dana, 2) == held.id
    assert own(dana, 4) is None
    assert own(sam, 2) is None
    assert own(dana, 2, hours_later=0.5) is None  # the hold has run out
    make.saved(session, held.id)
    assert own(dana, 2, hours_later=0.5) == held.id
    assert own(dana, 2, hours_later=4) is None


def _again(session: Session, old: UUID, caller: Caller) -> UUID:
    return standing.hold_again(session, booking_id=old, caller=caller, now=NOW + HOUR / 4)
