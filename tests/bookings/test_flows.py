from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from parkplace.bookings import clockwork, queries
from parkplace.bookings.access import Caller
from parkplace.bookings.flows import cards, charges, webhooks
from parkplace.bookings.models import Booking, BookingStatus, PaymentStatus
from parkplace.bookings.moves import BookingMoved
from parkplace.core.ids import new_id
from parkplace.core.money import Money
from parkplace.notifications.models import Email
from parkplace.payments import ledger
from parkplace.payments.answers import Event, GatewayUnavailable
from parkplace.payments.gateway import gateway
from parkplace.payments.models import (
    Attempt,
    AttemptStatus,
    CardSetup,
    Customer,
    SetupStatus,
    StripeEvent,
)
from parkplace.spaces.models import Space
from tests import factories as make
from tests.factories import HOUR, NOW, period
from tests.stripe_sandbox.running import RunningSandbox

GOOD, DECLINED = "4242424242424242", "4000000000000002"
DECLINES_LATER, ASKS_ALWAYS = "4000000000000341", "4000002760003184"
OVER = NOW + 4 * HOUR
DAY = timedelta(days=1)


@pytest.fixture
def booking(session: Session, stripe: RunningSandbox) -> Booking:
    """A guest's hold, from 1 p.m. to 4 p.m., $12.00."""
    assert stripe.url
    return make.held(session, make.space(session, make.owen(session)), None, period(1, 3))


def guest(booking: Booking) -> Caller:
    return Caller(manages=booking.id)


def card_page(booking: Booking, *, now: datetime = NOW) -> str:
    return cards.open_card_page(booking_id=booking.id, caller=guest(booking), now=now)


def pay(
    stripe: RunningSandbox, session: Session, booking: Booking, number: str, *, now: datetime = NOW
) -> Booking:
    """Walk to the card page, submit a card and come back."""
    stripe.submit_card(card_page(booking, now=now), number)
    cards.finish_card_page(booking_id=booking.id, now=now)
    return fresh(session, booking)


def fresh(session: Session, booking: Booking) -> Booking:
    session.refresh(booking)
    return booking


def ended(session: Session, booking: Booking) -> Booking:
    """Let the stay end and be charged."""
    clockwork.end_stays(now=OVER)
    clockwork.charge_due(now=OVER)
    return fresh(session, booking)


def mails(session: Session) -> list[str]:
    return list(session.exec(select(Email.kind).order_by(col(Email.id))))


def statuses(session: Session) -> list[str]:
    query = select(Attempt.status).order_by(col(Attempt.created_at), col(Attempt.id))
    return list(session.exec(query))


def paid(session: Session, booking: Booking) -> Money:
    return ledger.paid(session, order_id=booking.id, currency="USD")


def test_from_the_card_page_to_the_receipt(
    stripe: RunningSandbox, session: Session, booking: Booking
) -> None:
    pay(stripe, session, booking, GOOD)
    assert (booking.status, booking.card) == (BookingStatus.CONFIRMED, "Visa ···· 4242")
    ended(session, booking)
    assert (booking.payment_status, booking.next_charge_at) == (PaymentStatus.PAID, None)
    assert paid(session, booking) == Money(1200, "USD")
    assert mails(session) == ["confirmed", "ended"]


def test_asking_again_leads_to_the_same_card_page(session: Session, booking: Booking) -> None:
    assert card_page(booking) == card_page(booking)
    assert len(session.exec(select(CardSetup)).all()) == 1


def test_coming_back_without_a_card_changes_nothing(session: Session, booking: Booking) -> None:
    card_page(booking)
    cards.finish_card_page(booking_id=booking.id, now=NOW)
    assert fresh(session, booking).status == BookingStatus.HELD


def test_a_card_declined_at_set_up_can_be_replaced_on_the_page(
    stripe: RunningSandbox, session: Session, booking: Booking
) -> None:
    url = card_page(booking)
    assert stripe.submit_card(url, DECLINED).errors
    cards.finish_card_page(booking_id=booking.id, now=NOW)
    assert fresh(session, booking).status == BookingStatus.HELD
    assert pay(stripe, session, booking, GOOD).status == BookingStatus.CONFIRMED


def test_an_expired_hold_has_no_card_page(booking: Booking) -> None:
    with pytest.raises(BookingMoved):
        card_page(booking, now=NOW + timedelta(minutes=10))


def test_paying_a_hold_that_ran_out_takes_the_space_again(
    stripe: RunningSandbox, session: Session, booking: Booking
) -> None:
    url, late = card_page(booking), NOW + timedelta(minutes=15)
    clockwork.expire_holds(now=late)
    stripe.submit_card(url, GOOD)
    cards.finish_card_page(booking_id=booking.id, now=late)
    assert fresh(session, booking).status == BookingStatus.CONFIRMED


def test_paying_too_late_is_not_charged(
    stripe: RunningSandbox, session: Session, booking: Booking
) -> None:
    url, late = card_page(booking), NOW + timedelta(minutes=15)
    garage = session.get_one(Space, booking.space_id)
    make.held(session, garage, make.sam(session), period(2, 1), now=late)
    stripe.submit_card(url, GOOD)
    cards.finish_card_page(booking_id=booking.id, now=late)
    assert fresh(session, booking).status == BookingStatus.EXPIRED
    ended(session, booking)
    assert not statuses(session)


def test_the_job_finishes_a_card_page_whose_driver_never_came_back(
    stripe: RunningSandbox, session: Session, booking: Booking
) -> None:
    stripe.submit_card(card_page(booking), GOOD)
    assert cards.finish_open_pages(since=NOW - HOUR, now=NOW) == 1
    assert fresh(session, booking).status == BookingStatus.CONFIRMED
    assert cards.finish_open_pages(since=NOW - HOUR, now=NOW) == 0


def test_a_visit_that_stripe_does_not_know_holds_up_no_other(
    stripe: RunningSandbox, session: Session, booking: Booking
) -> None:
    stripe.submit_card(card_page(booking), GOOD)
    ours = session.exec(select(CardSetup)).one()
    for number in range(5):
        session.add(
            CardSetup(
                order_id=new_id(),
                customer_id=ours.customer_id,
                stripe_id=f"cs_test_of_another_account_{number}",
                status=SetupStatus.OPEN,
                created_at=NOW,
            )
        )
    session.commit()
    assert cards.finish_open_pages(since=NOW - HOUR, now=NOW) == 6
    assert fresh(session, booking).status == BookingStatus.CONFIRMED


def test_a_decline_at_the_end_is_retried_and_then_given_up(
    stripe: RunningSandbox, session: Session, booking: Booking
) -> None:
    pay(stripe, session, booking, DECLINES_LATER)
    ended(session, booking)
    assert (booking.payment_status, booking.next_charge_at) == (PaymentStatus.DUE, OVER + DAY)
    moment = OVER
    for pause in (1, 3, 7):
        moment += pause * DAY
        assert clockwork.charge_due(now=moment - timedelta(seconds=1)) == 0
        assert clockwork.charge_due(now=moment) == 1
    assert fresh(session, booking).payment_status == PaymentStatus.FAILED
    assert booking.next_charge_at is None
    assert statuses(session) == [AttemptStatus.DECLINED] * 4
    assert mails(session) == ["confirmed"] + ["payment_failed"] * 4
    assert paid(session, booking) == Money(0, "USD")


def test_after_a_decline_another_card_is_charged_at_once(
    stripe: RunningSandbox, session: Session, booking: Booking
) -> None:
    pay(stripe, session, booking, DECLINES_LATER)
    ended(session, booking)
    view = queries.view(session, booking_id=booking.id, caller=guest(booking), now=OVER)
    assert "pay" in view.can
    pay(stripe, session, booking, GOOD, now=OVER)
    assert clockwork.charge_due(now=OVER) == 1
    assert fresh(session, booking).payment_status == PaymentStatus.PAID
    assert mails(session) == ["confirmed", "payment_failed", "ended"]


def test_the_bank_asks_the_driver_and_they_confirm_the_same_charge(
    stripe: RunningSandbox, session: Session, booking: Booking
) -> None:
    pay(stripe, session, booking, ASKS_ALWAYS)
    ended(session, booking)
    assert booking.payment_status == PaymentStatus.NEEDS_ACTION
    assert mails(session) == ["confirmed", "payment_action"]
    assert clockwork.charge_due(now=OVER + DAY) == 0
    url = charges.open_confirm_page(booking_id=booking.id, caller=guest(booking))
    charges.refresh_charge(booking_id=booking.id, now=OVER)
    assert fresh(session, booking).payment_status == PaymentStatus.NEEDS_ACTION
    stripe.answer_bank(url)
    charges.refresh_charge(booking_id=booking.id, now=OVER)
    assert fresh(session, booking).payment_status == PaymentStatus.PAID
    assert statuses(session) == [AttemptStatus.SUCCEEDED]


def test_a_driver_who_does_not_confirm_may_pay_with_another_card(
    stripe: RunningSandbox, session: Session, booking: Booking
) -> None:
    pay(stripe, session, booking, ASKS_ALWAYS)
    ended(session, booking)
    pay(stripe, session, booking, GOOD, now=OVER)
    clockwork.charge_due(now=OVER)  # ends the charge that waits
    clockwork.charge_due(now=OVER)  # charges the new card
    assert fresh(session, booking).payment_status == PaymentStatus.PAID
    assert statuses(session) == [AttemptStatus.DECLINED, AttemptStatus.SUCCEEDED]
    assert paid(session, booking) == Money(1200, "USD")
    assert mails(session) == ["confirmed", "payment_action", "ended"]


def test_a_reply_lost_after_the_charge_leads_to_no_second_one(
    stripe: RunningSandbox, session: Session, booking: Booking
) -> None:
    pay(stripe, session, booking, GOOD)
    clockwork.end_stays(now=OVER)
    stripe.faults({"kind": "drop_reply", "path": "/v1/payment_intents", "times": 2})
    with pytest.raises(GatewayUnavailable):
        charges.collect(booking_id=booking.id, now=OVER)
    assert statuses(session) == [AttemptStatus.NEW]
    assert clockwork.charge_due(now=OVER + charges.CLAIM) == 1
    assert fresh(session, booking).payment_status == PaymentStatus.PAID
    assert statuses(session) == [AttemptStatus.SUCCEEDED]
    assert len(charged(stripe, booking)) == 1


def test_an_attempt_older_than_stripes_memory_is_looked_for_first(
    stripe: RunningSandbox, session: Session, booking: Booking
) -> None:
    pay(stripe, session, booking, GOOD)
    clockwork.end_stays(now=OVER)
    stripe.faults({"kind": "drop_reply", "path": "/v1/payment_intents", "times": 2})
    with pytest.raises(GatewayUnavailable):
        charges.collect(booking_id=booking.id, now=OVER)
    stripe.clock_at(OVER + 2 * DAY)  # the sandbox has forgotten the key by then
    clockwork.charge_due(now=OVER + 2 * DAY)
    assert fresh(session, booking).payment_status == PaymentStatus.PAID
    assert len(charged(stripe, booking)) == 1


def test_a_failure_that_stripe_remembers_leads_to_a_new_attempt(
    stripe: RunningSandbox, session: Session, booking: Booking
) -> None:
    pay(stripe, session, booking, GOOD)
    clockwork.end_stays(now=OVER)
    stripe.faults({"kind": "fail", "path": "/v1/payment_intents", "times": 2})
    clockwork.charge_due(now=OVER)
    stripe.faults(clear=True)
    for minutes in (3, 6, 9):
        clockwork.charge_due(now=OVER + timedelta(minutes=minutes))
    assert fresh(session, booking).payment_status == PaymentStatus.PAID
    assert len(charged(stripe, booking)) == 1
    assert mails(session) == ["confirmed", "ended"]


def test_a_card_taken_away_at_stripe_counts_as_a_decline(
    stripe: RunningSandbox, session: Session, booking: Booking
) -> None:
    pay(stripe, session, booking, GOOD)
    gateway().forget_card(booking.payment_method or "")
    ended(session, booking)
    assert booking.payment_status == PaymentStatus.DUE
    assert mails(session) == ["confirmed", "payment_failed"]


def test_more_paid_than_due_goes_back(
    stripe: RunningSandbox, session: Session, booking: Booking
) -> None:
    pay(stripe, session, booking, GOOD)
    ended(session, booking)
    # An operator finds that the driver left an hour earlier than the clock thought.
    booking.left_at, booking.payment_status = OVER - HOUR, PaymentStatus.DUE
    session.flush()
    charges.collect(booking_id=booking.id, now=OVER + HOUR)
    assert fresh(session, booking).payment_status == PaymentStatus.PAID
    assert paid(session, booking) == Money(800, "USD")


def test_a_stay_worth_less_than_a_card_can_move_is_on_us(
    stripe: RunningSandbox, session: Session
) -> None:
    plot = make.space(session, make.owen(session), hour_minor=100, day_cap_minor=None)
    booking = make.held(session, plot, None, period(0, 0.25))
    pay(stripe, session, booking, GOOD)
    clockwork.end_stays(now=NOW + HOUR)
    assert fresh(session, booking).payment_status == PaymentStatus.NOTHING_DUE
    view = queries.view(session, booking_id=booking.id, caller=guest(booking), now=NOW + HOUR)
    assert [line.amount.minor for line in view.lines] == [25, -25]
    assert not statuses(session)


def event(type_: str, object_id: str, *, number: int = 1) -> Event:
    return Event(id=f"evt_{number}_{object_id}", type=type_, object_id=object_id, created_at=NOW)


def stripe_ids(session: Session) -> tuple[str, str]:
    setup = session.exec(select(CardSetup.stripe_id)).one()
    return setup or "", session.exec(select(Attempt.stripe_id)).one() or ""


def test_webhooks_alone_are_enough_twice_and_a_day_late(
    stripe: RunningSandbox, session: Session, booking: Booking
) -> None:
    stripe.submit_card(card_page(booking), GOOD)
    setup_id = session.exec(select(CardSetup.stripe_id)).one() or ""
    completed = event("checkout.session.completed", setup_id)
    for moment in (NOW, NOW, NOW + DAY):
        webhooks.receive(completed, now=moment)
    assert fresh(session, booking).status == BookingStatus.CONFIRMED
    assert mails(session) == ["confirmed"]
    assert session.exec(select(StripeEvent.id)).all() == [completed.id]


def test_webhooks_in_the_wrong_order_end_in_the_same_state(
    stripe: RunningSandbox, session: Session, booking: Booking
) -> None:
    pay(stripe, session, booking, ASKS_ALWAYS)
    ended(session, booking)
    url = charges.open_confirm_page(booking_id=booking.id, caller=guest(booking))
    stripe.answer_bank(url)
    _, intent = stripe_ids(session)
    webhooks.receive(event("payment_intent.succeeded", intent, number=2), now=OVER)
    webhooks.receive(event("payment_intent.requires_action", intent, number=1), now=OVER)
    webhooks.receive(event("payment_intent.payment_failed", intent, number=0), now=OVER)
    assert fresh(session, booking).payment_status == PaymentStatus.PAID
    assert paid(session, booking) == Money(1200, "USD")
    assert mails(session) == ["confirmed", "payment_action", "ended"]


def test_webhooks_about_nothing_of_ours_are_passed_over(stripe: RunningSandbox) -> None:
    assert stripe.url
    webhooks.receive(event("checkout.session.completed", "cs_test_of_another_shop"), now=NOW)
    webhooks.receive(event("customer.created", "cus_1"), now=NOW)


def test_a_webhook_that_names_an_attempt_we_never_made_changes_nothing(
    stripe: RunningSandbox, session: Session, booking: Booking
) -> None:
    pay(stripe, session, booking, GOOD)
    made_elsewhere = gateway().charge(
        customer=session.exec(select(Customer.stripe_id)).one() or "",
        payment_method=booking.payment_method or "",
        amount=Money(500, "USD"),
        order_id=str(booking.id),
        attempt_id=str(new_id()),
        description="by hand",
        key=str(new_id()),
    )
    webhooks.receive(event("payment_intent.succeeded", made_elsewhere.id), now=NOW)
    assert paid(session, booking) == Money(0, "USD")


def charged(stripe: RunningSandbox, booking: Booking) -> list[str]:
    """What Stripe itself says was charged for a booking."""
    with stripe.client() as client:
        listed = client.get("/v1/payment_intents", params={"limit": 100}).json()["data"]
    return [
        intent["id"]
        for intent in listed
        if intent["metadata"].get("order_id") == str(booking.id) and intent["status"] == "succeeded"
    ]
