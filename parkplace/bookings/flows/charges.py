"""Making the money match the settlement, and what the bank says to that.

`collect` is the product's `reconcile`: it charges or refunds the difference between what is due
and what was paid, and nothing else moves money.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from parkplace.bookings import letters
from parkplace.bookings.access import Caller, require
from parkplace.bookings.letters import page_of
from parkplace.bookings.models import Booking, PaymentStatus
from parkplace.bookings.moves import BookingMoved
from parkplace.bookings.service import DRIVING
from parkplace.bookings.settlement import settlement
from parkplace.core import db
from parkplace.core.db import transaction
from parkplace.core.links import link
from parkplace.core.money import Money
from parkplace.payments import attempts, cards, ledger
from parkplace.payments.answers import (
    CANCELLED,
    Charge,
    ChargeState,
    Event,
    GatewayRefused,
    GatewayUnavailable,
    Movement,
)
from parkplace.payments.gateway import gateway
from parkplace.payments.models import Attempt, AttemptKind, AttemptStatus
from parkplace.spaces.models import Space

# A worker that dies between asking Stripe and writing the answer leaves the booking claimed this
# long; then the same attempt is asked again with the same key.
CLAIM = timedelta(minutes=2)
# So long a driver may take to fill in a form.
TYPING = timedelta(minutes=15)
RETRY_AFTER = (timedelta(days=1), timedelta(days=3), timedelta(days=7))
# Stripe forgets idempotency keys after 24 hours; then the charge is looked for before it is asked.
KEY_LIVES = timedelta(hours=23)

# Ends of an attempt that are no word of the bank's: the next attempt follows at once, unmailed.
REPLACED = "replaced_by_another_card"
LOST = "lost_at_stripe"
_NO_WORD_OF_THE_BANK = {REPLACED, LOST, CANCELLED}

_MEANS = {
    ChargeState.SUCCEEDED: AttemptStatus.SUCCEEDED,
    ChargeState.DECLINED: AttemptStatus.DECLINED,
    ChargeState.NEEDS_ACTION: AttemptStatus.NEEDS_ACTION,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What Stripe says became of an attempt; `status` None means that it does not know yet."""

    status: AttemptStatus | None
    stripe_id: str | None = None
    decline_code: str | None = None


def collect(*, booking_id: UUID, now: datetime) -> None:
    """Charge or refund what a booking's settlement says, if anything is open.

    Safe to run twice, at once, and after a crash at any line: the attempt is a row before Stripe
    hears of it, its id is the key, and its answer is written once.

    Raises:
        GatewayUnavailable: Stripe did not answer; the attempt stays open and is asked again.
    """
    with transaction() as session:
        attempt = _next_attempt(session, booking_id, now=now)
    if attempt is not None:
        _record(attempt.id, _answer(attempt, now=now), event=None, now=now)


def open_confirm_page(*, booking_id: UUID, caller: Caller) -> str:
    """Return the bank's page where the driver confirms a charge (3-D Secure).

    Raises:
        BookingNotFound, NotYours: Not this person's booking.
        BookingMoved: No charge waits for the driver.
    """
    with transaction() as session:
        booking, _, _ = require(session, booking_id=booking_id, caller=caller, roles=DRIVING)
        attempt = attempts.under_way(session, order_id=booking.id)
        back = link(page_of(booking))
    if attempt is None or attempt.status != AttemptStatus.NEEDS_ACTION or not attempt.stripe_id:
        raise BookingMoved("No payment waits for you here. Look at the booking again.")
    return gateway().confirm_url(attempt.stripe_id, return_url=back)


def refresh_charge(*, booking_id: UUID, now: datetime) -> None:
    """Ask Stripe what became of a charge that waits for the driver, and act on it."""
    with transaction() as session:
        attempt = attempts.under_way(session, order_id=booking_id)
    if attempt is None or attempt.status != AttemptStatus.NEEDS_ACTION or not attempt.stripe_id:
        return
    charge = gateway().charge_state(attempt.stripe_id)
    _record(attempt.id, _of(charge), event=None, now=now)


def look(attempt: Attempt, *, now: datetime) -> None:
    """Ask Stripe what became of a charge whose driver says that they have confirmed it."""
    charge = gateway().charge_state(attempt.stripe_id or "")
    _record(attempt.id, _of(charge), event=None, now=now)


def begin_on_session(
    session: Session, booking: Booking, amount: Money, *, now: datetime
) -> Attempt:
    """Write down a charge that the driver will confirm in a form, with whatever card they type.

    While they type, their saved card is not tried; when they never finish, or nobody tells us that
    they did, the form is looked into then, closed, and what was planned before goes on.
    """
    planned = None if booking.next_charge_at is None else booking.next_charge_at.isoformat()
    params = {
        **_charge_params(session, booking, now=now),
        "on_session": True,
        "planned": planned,
    }
    booking.payment_status, booking.next_charge_at = PaymentStatus.DUE, now + TYPING
    return attempts.begin(
        session,
        order_id=booking.id,
        kind=AttemptKind.CHARGE,
        amount=amount,
        params=params,
        payer_id=booking.driver_id,
        now=now,
    )


def is_on_session(attempt: Attempt) -> bool:
    """Whether a charge is confirmed by its driver in a form, and not by us while they are away."""
    return attempt.params.get("on_session", False)


def prepare(attempt: Attempt) -> Charge:
    """Make a charge at Stripe that waits for its driver; asked again, it is the same one."""
    return gateway().prepare_charge(
        customer=attempt.params["customer"],
        amount=Money(attempt.amount_minor, attempt.currency),
        order_id=str(attempt.order_id),
        attempt_id=str(attempt.id),
        description=attempt.params["description"],
        key=str(attempt.id),
    )


def charge_event(event: Event, *, now: datetime) -> None:
    """Act on Stripe's word that something happened to a charge: look, then write what is so."""
    charge = gateway().charge_state(event.object_id)
    if charge.attempt_id is not None:
        _record(UUID(charge.attempt_id), _of(charge), event=event, now=now)


def _next_attempt(session: Session, booking_id: UUID, *, now: datetime) -> Attempt | None:
    booking = session.exec(
        select(Booking).where(col(Booking.id) == booking_id).with_for_update()
    ).one()
    if booking.payment_status != PaymentStatus.DUE:
        booking.next_charge_at = None
        return None
    booking.next_charge_at = now + CLAIM
    under_way = attempts.under_way(session, order_id=booking.id)
    if under_way is not None:
        return under_way
    due = settlement(booking, now=now).due
    open_ = due - ledger.paid(session, order_id=booking.id, currency=booking.currency)
    if open_.minor == 0:
        booking.payment_status, booking.next_charge_at = PaymentStatus.PAID, None
        return None
    return _begin(session, booking, open_, now=now)


def _begin(session: Session, booking: Booking, open_: Money, *, now: datetime) -> Attempt:
    if open_.minor > 0:
        kind, params = AttemptKind.CHARGE, _charge_params(session, booking, now=now)
    else:
        charge = attempts.last_charge(session, order_id=booking.id)
        if charge is None:
            raise RuntimeError(f"booking {booking.id} was paid without a charge")
        kind, params = AttemptKind.REFUND, {"charge": charge.stripe_id}
    amount = Money(abs(open_.minor), open_.currency)
    return attempts.begin(
        session,
        order_id=booking.id,
        kind=kind,
        amount=amount,
        params=params,
        payer_id=booking.driver_id,
        now=now,
    )


def _charge_params(session: Session, booking: Booking, *, now: datetime) -> dict[str, Any]:
    # Whoever saved the card pays: an account may have another address by now.
    customer = cards.payer_of(session, payment_method=booking.payment_method or "")
    if customer is None:
        customer = cards.customer_for(session, email=booking.email, now=now)
    return {
        "customer": customer.stripe_id,
        "payment_method": booking.payment_method,
        "description": f"Park Place {booking.reference}",
    }


def _answer(attempt: Attempt, *, now: datetime) -> Answer:
    waiting = attempt.stripe_id if attempt.status == AttemptStatus.NEEDS_ACTION else None
    if is_on_session(attempt):
        waiting = waiting or prepare(attempt).id
    if waiting is not None:
        # The driver did not confirm this charge, or brought another card: end it before the next.
        ended = _of(gateway().cancel_charge(waiting))
        declined = ended.status == AttemptStatus.DECLINED
        return replace(ended, decline_code=REPLACED) if declined else ended
    try:
        return _asked(attempt, now=now)
    except GatewayRefused as error:
        return Answer(AttemptStatus.DECLINED, decline_code=error.details.get("reason"))
    except GatewayUnavailable as error:
        if not error.replayed:
            raise
        # Stripe remembers a failure under this key: see whether anything came of it after all.
        return _found(attempt) or Answer(AttemptStatus.DECLINED, decline_code=LOST)


def _asked(attempt: Attempt, *, now: datetime) -> Answer:
    found = _found(attempt) if attempt.created_at < now - KEY_LIVES else None
    if found is not None:
        return found
    stripe, key = gateway(), str(attempt.id)
    amount = Money(attempt.amount_minor, attempt.currency)
    if attempt.kind == AttemptKind.REFUND:
        charge_id = attempt.params["charge"]
        return _of(stripe.refund(charge_id=charge_id, amount=amount, attempt_id=key, key=key))
    return _of(
        stripe.charge(
            customer=attempt.params["customer"],
            payment_method=attempt.params["payment_method"],
            amount=amount,
            order_id=str(attempt.order_id),
            attempt_id=key,
            description=attempt.params["description"],
            key=key,
        )
    )


def _found(attempt: Attempt) -> Answer | None:
    key, params = str(attempt.id), attempt.params
    if attempt.kind == AttemptKind.REFUND:
        refund = gateway().find_refund(attempt_id=key, charge_id=params["charge"])
        return None if refund is None else _of(refund)
    charge = gateway().find_charge(attempt_id=key, customer=params["customer"])
    return None if charge is None else _of(charge)


def _of(movement: Movement) -> Answer:
    return Answer(_MEANS.get(movement.state), movement.id, movement.decline_code)


def _record(attempt_id: UUID, answer: Answer, *, event: Event | None, now: datetime) -> None:
    with transaction() as session:
        if event is not None and not attempts.first_time(session, event=event, now=now):
            return
        if answer.status is None or _may_still_change(session, attempt_id, answer):
            return
        if not attempts.settle(
            session,
            attempt_id=attempt_id,
            status=answer.status,
            stripe_id=answer.stripe_id,
            decline_code=answer.decline_code,
            now=now,
        ):
            return
        attempt = session.get_one(Attempt, attempt_id, populate_existing=True)
        booking = session.exec(
            select(Booking).where(col(Booking.id) == attempt.order_id).with_for_update()
        ).one()
        space = session.get_one(Space, booking.space_id)
        _ACT[answer.status](session, booking, space, attempt, now)
        db.notify(session, topic=f"booking:{booking.id}")


def _may_still_change(session: Session, attempt_id: UUID, answer: Answer) -> bool:
    """Whether a decline is none for good: in a form, the driver types the next card at once."""
    if answer.status != AttemptStatus.DECLINED or answer.decline_code in _NO_WORD_OF_THE_BANK:
        return False
    attempt = session.get(Attempt, attempt_id)
    return attempt is not None and is_on_session(attempt)


def _succeeded(
    session: Session, booking: Booking, space: Space, attempt: Attempt, now: datetime
) -> None:
    amount = Money(attempt.amount_minor, attempt.currency)
    booked = ledger.charged if attempt.kind == AttemptKind.CHARGE else ledger.refunded
    booked(session, order_id=booking.id, amount=amount, now=now)
    session.flush()
    paid = ledger.paid(session, order_id=booking.id, currency=booking.currency)
    if paid == settlement(booking, now=now).due:
        booking.payment_status, booking.next_charge_at = PaymentStatus.PAID, None
        letters.ended(session, booking, space, now=now)
    else:
        booking.payment_status, booking.next_charge_at = PaymentStatus.DUE, now


def _declined(
    session: Session, booking: Booking, space: Space, attempt: Attempt, now: datetime
) -> None:
    if attempt.decline_code in _NO_WORD_OF_THE_BANK:
        _go_on(booking, attempt, now=now)
        return
    pauses = len(RETRY_AFTER)
    again = RETRY_AFTER[booking.charge_attempts] if booking.charge_attempts < pauses else None
    booking.charge_attempts += 1
    booking.next_charge_at = None if again is None else now + again
    booking.payment_status = PaymentStatus.FAILED if again is None else PaymentStatus.DUE
    letters.payment_failed(session, booking, space, attempt, now=now)


def _go_on(booking: Booking, attempt: Attempt, *, now: datetime) -> None:
    """Try next what is to be tried after an attempt that came to no word of the bank's."""
    booking.payment_status, booking.next_charge_at = PaymentStatus.DUE, now
    same_card = attempt.params.get("payment_method") == booking.payment_method
    if not is_on_session(attempt) or not same_card:
        return
    planned = attempt.params["planned"]
    if planned is None:
        booking.payment_status, booking.next_charge_at = PaymentStatus.FAILED, None
    else:
        booking.next_charge_at = max(now, datetime.fromisoformat(planned))


def _needs_action(
    session: Session, booking: Booking, space: Space, attempt: Attempt, now: datetime
) -> None:
    booking.payment_status, booking.next_charge_at = PaymentStatus.NEEDS_ACTION, None
    letters.payment_action(session, booking, space, attempt, now=now)


_ACT = {
    AttemptStatus.SUCCEEDED: _succeeded,
    AttemptStatus.DECLINED: _declined,
    AttemptStatus.NEEDS_ACTION: _needs_action,
}
