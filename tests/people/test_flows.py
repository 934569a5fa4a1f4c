"""What follows a deletion outside the database, however often it is begun."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, select

from parkplace.accounts.models import User
from parkplace.accounts.origin import HERE
from parkplace.bookings import clockwork
from parkplace.bookings.access import Caller
from parkplace.bookings.flows import cards
from parkplace.bookings.models import Booking, PaymentStatus
from parkplace.core import settings
from parkplace.core.pictures import file_name
from parkplace.jobs import departures, tidy
from parkplace.payments.gateway import gateway
from parkplace.payments.models import Customer
from parkplace.people import flows, leaving
from parkplace.people.models import Departure
from parkplace.reports import service as reports
from parkplace.reports.models import Report, ReportKind
from parkplace.spaces import photos
from parkplace.spaces.models import Space
from tests import factories as make
from tests.factories import HOUR, NOW, period
from tests.people.lives import PASSWORD, lived, picture
from tests.stripe_sandbox.running import RunningSandbox

LATER = NOW + 30 * HOUR
SECOND = LATER + flows.SECOND_LOOK
CARD = "4242424242424242"


def leave(session: Session, user: User, *, now: datetime = LATER) -> None:
    leaving.leave(session, user=user, password=PASSWORD, origin=HERE, now=now)
    session.commit()


def stored() -> set[str]:
    """Every file below the data folder, and how many bytes of it."""
    folder = settings.get_settings().data_dir
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}


def aged(name: str) -> None:
    """Let a file be an hour old."""
    an_hour_ago = (datetime.now(UTC) - timedelta(hours=1)).timestamp()
    for file in settings.get_settings().data_dir.rglob(f"{name}*"):
        os.utime(file, (an_hour_ago, an_hour_ago))


def departed(session: Session) -> list[Departure]:
    session.expire_all()
    return list(session.exec(select(Departure)))


@pytest.fixture
def bought(session: Session, stripe: RunningSandbox) -> tuple[Booking, str]:
    """A stay that somebody paid for by a card at Stripe, and Stripe's name of them."""
    assert stripe.url
    life = lived(session)
    garage = make.space(session, make.person(session, "Tess"), title="Elsewhere")
    booking = make.held(session, garage, life.user, period(7, 1))
    for customer in session.exec(select(Customer)):
        customer.stripe_id = None  # those of the life were never Stripe's
    session.commit()
    url = cards.open_card_page(booking_id=booking.id, caller=Caller(user=life.user), now=NOW)
    stripe.submit_card(url, CARD)
    cards.finish_card_page(booking_id=booking.id, now=NOW)
    clockwork.end_stays(now=NOW + 9 * HOUR)
    clockwork.charge_due(now=NOW + 9 * HOUR)
    session.expire_all()
    assert booking.payment_status == PaymentStatus.PAID
    payer = session.exec(select(Customer).where(Customer.email == life.user.email)).one()
    assert payer.stripe_id is not None
    assert len(gateway().saved_cards(payer.stripe_id)) == 1
    return booking, payer.stripe_id


def driver(session: Session, booking: Booking) -> User:
    return session.get_one(User, booking.driver_id)


def test_cards_are_detached_at_stripe_and_the_charge_stays(
    session: Session, bought: tuple[Booking, str]
) -> None:
    booking, payer = bought
    user = driver(session, booking)
    leave(session, user)
    [departure] = departed(session)
    assert departure.customers == [payer]
    assert len(gateway().saved_cards(payer)) == 1
    flows.finish(user_id=user.id, now=LATER)
    assert gateway().saved_cards(payer) == ()
    [departure] = departed(session)
    assert (departure.customers, departure.cards, departure.papers) == ([], [], [])
    assert flows.finish_all(now=SECOND) == 1
    assert departed(session) == []
    assert flows.finish_all(now=SECOND) == 0


def test_while_stripe_is_away_nothing_is_lost(
    session: Session, stripe: RunningSandbox, bought: tuple[Booking, str]
) -> None:
    booking, payer = bought
    user = driver(session, booking)
    leave(session, user)
    stripe.faults({"kind": "fail", "path": "/v1/payment_methods", "times": 5})
    flows.finish(user_id=user.id, now=LATER)
    [departure] = departed(session)
    assert departure.customers == [payer]
    stripe.faults(clear=True)
    departures.run()
    assert gateway().saved_cards(payer) == ()


def test_an_answer_of_stripes_that_is_lost_is_made_up_for(
    session: Session, stripe: RunningSandbox, bought: tuple[Booking, str]
) -> None:
    booking, payer = bought
    user = driver(session, booking)
    leave(session, user)
    stripe.faults({"kind": "drop_reply", "path": "/v1/payment_methods", "times": 1})
    flows.finish(user_id=user.id, now=LATER)
    assert gateway().saved_cards(payer) == ()
    assert departed(session)[0].customers == [payer]
    flows.finish(user_id=user.id, now=LATER)
    assert departed(session)[0].customers == []


def test_the_same_card_may_be_detached_by_anybody_before(
    session: Session, bought: tuple[Booking, str]
) -> None:
    booking, payer = bought
    user = driver(session, booking)
    assert booking.payment_method is not None
    gateway().forget_card(booking.payment_method)
    leave(session, user)
    [departure] = departed(session)
    departure.cards = [booking.payment_method or "", "pm_never_was"]
    departure.customers = [payer, "cus_never_was"]
    session.commit()
    flows.finish(user_id=user.id, now=LATER)
    assert departed(session)[0].cards == []


def test_files_go_after_the_commit_and_others_stay(
    session: Session, stripe: RunningSandbox
) -> None:
    assert stripe.url
    life = lived(session)
    for customer in session.exec(select(Customer)):
        customer.stripe_id = None
    shared = photos.keep(picture("green"))
    photos.add(session, actor=life.user, space_id=life.garage.id, picture=shared, now=NOW)
    reports.file(
        session, reporter=life.guest, plate="KLM 1", kind=ReportKind.OTHER,
        description="The same picture.", photo_key=shared.key, now=NOW,
    )  # fmt: skip
    session.commit()
    before = stored()
    leave(session, life.user)
    assert stored() == before
    [departure] = departed(session)
    assert len(departure.papers) == 2
    assert departure.portrait is not None
    assert set(departure.pictures) > {shared.key}
    for key in departure.pictures:
        aged(key)
    later = datetime.now(UTC) + timedelta(minutes=1)
    flows.finish(user_id=life.user.id, now=later)
    assert stored() == {f"files/{file_name(shared.key, width)}" for width in photos.WIDTHS}
    [report] = session.exec(select(Report).where(Report.photo_key == shared.key))
    assert report.reporter_id == life.guest.id


def test_files_that_a_crash_left_are_found_by_the_tidying(
    session: Session, stripe: RunningSandbox
) -> None:
    assert stripe.url
    life = lived(session)
    leave(session, life.user)
    for departure in departed(session):  # as if the row had been lost
        session.delete(departure)
    session.commit()
    assert len(stored()) == 3 + 2 + 2
    two_days_ago = (datetime.now(UTC) - timedelta(days=2)).timestamp()
    for name in stored():
        os.utime(settings.get_settings().data_dir / name, (two_days_ago, two_days_ago))
    tidy.run()
    assert stored() == set()


def straggling_report(session: Session, life_user: User) -> None:
    reports.file(
        session, reporter=None, plate="KLM 2", kind=ReportKind.OTHER,
        description="Filed while they left.", email=None, now=LATER,
    )  # fmt: skip
    [report] = session.exec(select(Report).where(Report.plate == "KLM2"))
    report.reporter_id, report.email = life_user.id, "quilla@quill.example.com"


def straggling_space(session: Session, life_user: User) -> None:
    make.space(session, life_user, title="Quill's second", status="published")


@pytest.mark.parametrize("straggle", [straggling_report, straggling_space])
def test_what_came_through_while_they_left_is_caught_by_the_second_look(
    session: Session, stripe: RunningSandbox, straggle: Callable[[Session, User], None]
) -> None:
    assert stripe.url
    life = lived(session)
    for customer in session.exec(select(Customer)):
        customer.stripe_id = None
    leave(session, life.user)
    straggle(session, life.user)
    session.commit()
    flows.finish(user_id=life.user.id, now=LATER)
    assert len(departed(session)) == 1
    flows.finish(user_id=life.user.id, now=SECOND)
    assert departed(session) == []
    session.expire_all()
    assert not [one for one in session.exec(select(Report)) if one.email]
    theirs = session.exec(select(Space).where(Space.host_id == life.user.id)).all()
    assert {space.status for space in theirs} == {"retired"}


def test_who_never_left_has_nothing_to_follow(session: Session) -> None:
    flows.finish(user_id=make.dana(session).id, now=LATER)
    assert flows.finish_all(now=LATER) == 0
