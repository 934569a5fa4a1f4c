"""Paying in a form of Stripe's that stands in somebody else's page.

The form gets a secret from here, the person types there, and then Stripe is asked what came of it.
What the page says of that is never believed: the webhook and a job lead to the same end without it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from parkplace.accounts.models import User
from parkplace.bookings.access import BookingNotFound, Caller, NotYours, require
from parkplace.bookings.flows import cards as card_flows
from parkplace.bookings.flows import charges
from parkplace.bookings.models import Booking, BookingStatus
from parkplace.bookings.moves import BookingMoved
from parkplace.bookings.service import DRIVING
from parkplace.bookings.settlement import settlement
from parkplace.core.db import transaction
from parkplace.core.errors import Conflict, Invalid, NotFound
from parkplace.core.idempotency import once
from parkplace.core.money import Money
from parkplace.payments import attempts, cards, ledger, methods
from parkplace.payments.answers import SetupState
from parkplace.payments.gateway import gateway
from parkplace.payments.models import (
    Attempt,
    AttemptKind,
    AttemptStatus,
    CardSetup,
    Customer,
    PaymentMethod,
)


class BookingNeeded(Invalid):
    """Raised when a guest wants to save a card without saying for which booking."""

    code = "booking_needed"


class PaymentUnderWay(Conflict):
    """Raised while the card of a booking is being charged or refunded at this moment."""

    code = "payment_under_way"


class CardNotSaved(Conflict):
    """Raised when a card is to be kept that has not been typed, or not accepted."""

    code = "card_not_saved"


class PaymentNotFound(NotFound):
    """Raised for a payment that we know nothing of, or that is none of the caller's business."""

    code = "payment_not_found"


@dataclass(frozen=True, slots=True)
class Form:
    """What a form of Stripe's needs.

    Attributes:
        id: Stripe's name of what is saved or paid there; it is given back to `confirm_…`.
        client_secret: Good for this alone; it is handed on, and neither kept nor logged.
        amount: What is paid there; None when a card is only saved.
    """

    id: str
    client_secret: str = field(repr=False)
    amount: Money | None = None


def save_card(
    *, caller: Caller, booking_id: UUID | None, key: str | None = None, now: datetime
) -> Form:
    """Let a card be saved: for the account, for a booking that waits to be paid for, or for both.

    Args:
        caller: The account, or a guest with the manage token of `booking_id`.
        booking_id: What it is to pay.
        key: With the same one, the same form comes back.
        now: The current instant.

    Raises:
        BookingNeeded: A guest names no booking.
        BookingNotFound, NotYours, BookingMoved: Nothing waits to be paid for by this caller.
        GatewayUnavailable: Stripe did not answer; nothing is lost by asking again.
    """
    scope = f"POST payments/setup-intent {_who(caller)}"
    with transaction() as session:
        begun = once(
            session,
            scope=scope,
            key=key,
            request=[str(booking_id)],
            now=now,
            answer=lambda: {"id": str(_begin_saving(session, caller, booking_id, now=now).id)},
        )
        setup, customer = cards.setup(session, setup_id=UUID(begun["id"]))
    return _form(setup, customer)


def pay_due(*, booking_id: UUID, caller: Caller, key: str | None = None, now: datetime) -> Form:
    """Let the driver pay what is due with any card, while they are there to confirm it.

    A charge that waits for them already is confirmed; else one is made that waits.

    Raises:
        BookingNotFound, NotYours: Not this person's booking.
        BookingMoved: Nothing is due.
        PaymentUnderWay: The saved card is being charged at this moment.
        GatewayUnavailable: Stripe did not answer; nothing is lost by asking again.
    """
    with transaction() as session:
        begun = once(
            session,
            scope=f"POST payments/payment-intent {_who(caller)}",
            key=key,
            request=[str(booking_id)],
            now=now,
            answer=lambda: {"id": str(_waiting(session, booking_id, caller, now=now).id)},
        )
        attempt = session.get_one(Attempt, UUID(begun["id"]))
    charge_id = attempt.stripe_id or _prepare(attempt, now=now)
    secret = gateway().charge_secret(charge_id)
    return Form(charge_id, secret, Money(attempt.amount_minor, attempt.currency))


def confirm_saving(*, setup_intent_id: str, caller: Caller, now: datetime) -> CardSetup:
    """Ask Stripe what came of saving a card, act on it, and return how it stands.

    Raises:
        PaymentNotFound: It is not one that this caller began.
        GatewayUnavailable: Stripe did not answer.
    """
    with transaction() as session:
        setup = cards.setup_by_stripe_id(session, stripe_id=setup_intent_id)
        if setup is None or not _may_confirm(session, setup, caller):
            raise _unknown()
    state = card_flows.finish(setup, event=None, now=now)
    if state == SetupState.OPEN:
        return setup
    with transaction() as session:
        return cards.setup(session, setup_id=setup.id)[0]


def keep_card(
    *,
    user: User,
    setup_intent_id: str,
    as_default: bool = False,
    key: str | None = None,
    now: datetime,
) -> PaymentMethod:
    """Return the card that an account has saved, once Stripe says that it is.

    Args:
        user: The account.
        setup_intent_id: What saved it.
        as_default: Whether it is to be the one that is offered first.
        key: With the same one, the same card comes back.
        now: The current instant.

    Raises:
        PaymentNotFound, MethodNotFound: It is not one that this account saved, or keeps.
        CardNotSaved: The form is not done.
        GatewayUnavailable: Stripe did not answer.
    """
    setup = confirm_saving(setup_intent_id=setup_intent_id, caller=Caller(user=user), now=now)
    if setup.payment_method is None:
        raise CardNotSaved("This card is not saved yet. Finish the form first.")
    name = setup.payment_method
    with transaction() as session:
        kept = once(
            session,
            scope=f"POST payments/methods {user.id}",
            key=key,
            request=[setup_intent_id, as_default],
            now=now,
            answer=lambda: {"id": str(methods.saved_as(session, user=user, stripe_id=name).id)},
        )
        if as_default:
            return methods.make_default(session, user=user, method_id=UUID(kept["id"]))
        return methods.one(session, user=user, method_id=UUID(kept["id"]))


def confirm_charge(*, payment_intent_id: str, caller: Caller, now: datetime) -> Attempt:
    """Ask Stripe what became of a charge, act on it, and return how it stands.

    Raises:
        PaymentNotFound: It is none of this caller's.
        GatewayUnavailable: Stripe did not answer.
    """
    with transaction() as session:
        attempt = attempts.by_stripe_id(session, stripe_id=payment_intent_id)
        if attempt is None or attempt.kind != AttemptKind.CHARGE:
            raise _unknown()
        _require(session, attempt.order_id, caller)
    charges.look(attempt, now=now)
    with transaction() as session:
        return session.get_one(Attempt, attempt.id)


def _who(caller: Caller) -> str:
    return str(caller.user.id) if caller.user else f"guest {caller.manages}"


def _begin_saving(
    session: Session, caller: Caller, booking_id: UUID | None, *, now: datetime
) -> CardSetup:
    if booking_id is not None:
        booking, _, _ = require(
            session, booking_id=booking_id, caller=caller, roles=DRIVING, lock=True
        )
        card_flows.require_payable(booking, now=now)
        email, user_id = booking.email, booking.driver_id
    elif caller.user is not None:
        email, user_id = caller.user.email, caller.user.id
    else:
        raise BookingNeeded("Say for which booking the card is.", field="booking_id")
    customer = cards.customer_for(session, email=email, now=now)
    return cards.begin_intent(
        session, customer=customer, user_id=user_id, order_id=booking_id, now=now
    )


def _form(setup: CardSetup, customer: Customer) -> Form:
    if setup.stripe_id is not None:
        known = gateway().setup_intent(setup.stripe_id)
        return Form(known.id, known.client_secret)
    payer = card_flows.payer_id(customer)
    intent = gateway().start_setup_intent(
        customer=payer,
        setup_id=str(setup.id),
        order_id=None if setup.order_id is None else str(setup.order_id),
        key=f"setup-{setup.id}",
    )
    with transaction() as session:
        cards.known_to_stripe(session, customer_id=customer.id, stripe_id=payer)
        cards.opened(session, setup_id=setup.id, stripe_id=intent.id)
    return Form(intent.id, intent.client_secret)


def _waiting(session: Session, booking_id: UUID, caller: Caller, *, now: datetime) -> Attempt:
    """Return the charge of a booking that waits for its driver, begun when there is none."""
    booking, _, _ = require(session, booking_id=booking_id, caller=caller, roles=DRIVING, lock=True)
    if booking.status != BookingStatus.COMPLETED or booking.payment_status not in card_flows.OWING:
        raise BookingMoved("There is nothing to pay for this booking.")
    attempt = attempts.under_way(session, order_id=booking.id)
    if attempt is None:
        return _begin_paying(session, booking, now=now)
    if attempt.status == AttemptStatus.NEEDS_ACTION or charges.is_on_session(attempt):
        return attempt
    raise PaymentUnderWay("Your card is being charged at this moment. Look again in a minute.")


def _begin_paying(session: Session, booking: Booking, *, now: datetime) -> Attempt:
    due = settlement(booking, now=now).due
    open_ = due - ledger.paid(session, order_id=booking.id, currency=booking.currency)
    if open_.minor <= 0:
        raise BookingMoved("There is nothing to pay for this booking.")
    begun = charges.begin_on_session(session, booking, open_, now=now)
    session.flush()
    return begun


def _prepare(attempt: Attempt, *, now: datetime) -> str:
    charge = charges.prepare(attempt)
    with transaction() as session:
        attempts.settle(
            session,
            attempt_id=attempt.id,
            status=AttemptStatus.NEEDS_ACTION,
            stripe_id=charge.id,
            decline_code=None,
            now=now,
        )
    return charge.id


def _may_confirm(session: Session, setup: CardSetup, caller: Caller) -> bool:
    if setup.order_id is not None:
        _require(session, setup.order_id, caller)
        return True
    return caller.user is not None and setup.user_id == caller.user.id


def _require(session: Session, booking_id: UUID, caller: Caller) -> None:
    try:
        require(session, booking_id=booking_id, caller=caller, roles=DRIVING)
    except (BookingNotFound, NotYours) as error:
        raise _unknown() from error


def _unknown() -> PaymentNotFound:
    return PaymentNotFound("There is no such payment of yours.")
