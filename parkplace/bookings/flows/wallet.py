"""The cards that an account keeps: saving one at Stripe, and forgetting one here and there."""

import logging
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, or_, select

from parkplace.accounts.models import User
from parkplace.bookings.flows.cards import OWING, finish, open_page
from parkplace.bookings.models import Booking, BookingStatus
from parkplace.core.db import transaction
from parkplace.core.errors import Conflict
from parkplace.core.links import cards_path, link
from parkplace.core.logs import incident
from parkplace.payments import cards, methods
from parkplace.payments.answers import GatewayRefused, GatewayUnavailable, SetupState
from parkplace.payments.gateway import gateway
from parkplace.payments.models import Customer, PaymentMethod

log = logging.getLogger(__name__)

BATCH = 20
_AHEAD = (BookingStatus.REQUESTED, BookingStatus.CONFIRMED, BookingStatus.ACTIVE)


class CardInUse(Conflict):
    """Raised when a card that is to be forgotten pays for a booking that is not over and paid."""

    code = "card_in_use"


def open_card_page(*, user: User, now: datetime) -> str:
    """Return the address of Stripe's page where an account saves a card, for no booking yet.

    Asked again, it gives the same page while that is open. The page leads back to the account's
    cards, where `finish_card_page` asks what came of it.

    Raises:
        GatewayUnavailable: Stripe did not answer; nothing is lost by asking again.
    """
    with transaction() as session:
        customer = cards.customer_for(session, email=user.email, now=now)
        setup = cards.setup_for(session, order_id=None, customer=customer, user_id=user.id, now=now)
        session.flush()
        # One that is under way may be of the address that the account had before.
        setup, customer = cards.setup(session, setup_id=setup.id)
    return setup.url or open_page(setup, customer, back=link(cards_path()))


def finish_card_page(*, user: User, now: datetime) -> bool:
    """Ask Stripe what became of a visit that is still open; say whether a card is kept by it.

    Harmless at any time: the webhook and a job lead to the same end without it.

    Raises:
        GatewayUnavailable: Stripe did not answer.
    """
    with transaction() as session:
        setup = cards.open_setup_of(session, user_id=user.id)
    return setup is not None and finish(setup, event=None, now=now) == SetupState.COMPLETE


def forget(*, user: User, method_id: UUID, now: datetime) -> None:
    """Forget a card: it is shown and used no more from now on, whatever Stripe says.

    Should Stripe not answer, or refuse, it is told again later, by `tell_stripe`.

    Raises:
        MethodNotFound: The account has no such card.
        CardInUse: It is the card of a booking that is not over, or not paid.
    """
    with transaction() as session:
        method = methods.lock(session, user=user, method_id=method_id)
        _refuse_in_use(session, user, method)
        methods.mark_forgotten(session, method=method, now=now)
    try:
        _tell(method)
    except GatewayUnavailable:
        log.info("Stripe is told later that a card is forgotten")
    except GatewayRefused as error:
        # Nothing to the person, for whom it is gone.
        incident(log, error)


def tell_stripe(*, limit: int = BATCH) -> int:
    """Tell Stripe of cards that were forgotten while it did not answer; return how many.

    Raises:
        GatewayUnavailable: It still does not.
    """
    with transaction() as session:
        marked = methods.forgotten(session, limit=limit)
    for method in marked:
        try:
            _tell(method)
        except GatewayRefused as error:
            incident(log, error)
    return len(marked)


def _refuse_in_use(session: Session, user: User, method: PaymentMethod) -> None:
    customer = session.get_one(Customer, method.customer_id)
    # By what the person recognises, for it may have been saved more than once; and a guest with
    # this address has the same payer at Stripe.
    theirs = or_(
        col(Booking.driver_id) == user.id,
        (col(Booking.driver_id).is_(None)) & (col(Booking.email) == customer.email),
    )
    open_ = or_(col(Booking.status).in_(_AHEAD), col(Booking.payment_status).in_(OWING))
    card = col(Booking.card) == methods.label(method)
    if session.exec(select(Booking.id).where(theirs, open_, card).limit(1)).first() is not None:
        raise CardInUse(
            f"{methods.label(method)} pays for a booking that is not over and paid. Once it is, "
            "this card can be removed."
        )


def _tell(method: PaymentMethod) -> None:
    """Take every saving of a card away from its payer at Stripe, except newer ones."""
    assert method.forgotten_at is not None
    with transaction() as session:
        customer = session.get_one(Customer, method.customer_id)
    saved = [] if customer.stripe_id is None else gateway().saved_cards(customer.stripe_id)
    for card in saved:
        if card.fingerprint == method.fingerprint and card.created_at <= method.forgotten_at:
            gateway().forget_card(card.id)
    with transaction() as session:
        methods.erase(session, method_id=method.id)
