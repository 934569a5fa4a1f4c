"""Saving a card at Stripe, on its page or in a form of its own, and what follows of it."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from parkplace.bookings import holding
from parkplace.bookings.access import Caller, require
from parkplace.bookings.letters import page_of
from parkplace.bookings.models import Booking, BookingStatus, PaymentStatus
from parkplace.bookings.moves import BookingMoved
from parkplace.bookings.service import DRIVING
from parkplace.core.db import transaction
from parkplace.core.links import link
from parkplace.core.logs import incident
from parkplace.payments import attempts, cards, methods
from parkplace.payments.answers import Event, GatewayRefused, SavedCard, SetupState
from parkplace.payments.gateway import gateway
from parkplace.payments.models import CardSetup, Customer, SetupKind

log = logging.getLogger(__name__)

PAGE_LASTS = timedelta(hours=1)
OWING = {PaymentStatus.DUE, PaymentStatus.FAILED, PaymentStatus.NEEDS_ACTION}


def open_card_page(*, booking_id: UUID, caller: Caller, now: datetime) -> str:
    """Return the address of Stripe's page where the driver saves a card for a booking.

    Asked again, it gives the same page while that is open; a repeat after a crash does too,
    because each call to Stripe carries a key kept in a row written before it.

    Raises:
        BookingNotFound, NotYours: Not this person's booking.
        BookingMoved: There is nothing to pay for.
        GatewayUnavailable: Stripe did not answer; nothing is lost by asking again.
    """
    with transaction() as session:
        booking, _, _ = require(
            session, booking_id=booking_id, caller=caller, roles=DRIVING, lock=True
        )
        require_payable(booking, now=now)
        customer = cards.customer_for(session, email=booking.email, now=now)
        setup = cards.setup_for(
            session,
            order_id=booking.id,
            customer=customer,
            user_id=booking.driver_id,
            now=now,
        )
        session.flush()
        back = link(page_of(booking))
    return setup.url or open_page(setup, customer, currency=booking.currency, back=back)


def finish_card_page(*, booking_id: UUID, now: datetime) -> None:
    """Ask Stripe what became of a visit that is still open, and act on it.

    Harmless at any time and any number of times; the page a driver returns to, the webhook and a
    job all end up here, so that none of them is needed.
    """
    with transaction() as session:
        setup = cards.open_setup(session, order_id=booking_id)
    if setup is not None:
        finish(setup, event=None, now=now)


def setup_event(event: Event, *, now: datetime) -> None:
    """Act on Stripe's word that something happened to the saving of a card."""
    with transaction() as session:
        setup = cards.setup_by_stripe_id(session, stripe_id=event.object_id)
    if setup is not None:
        finish(setup, event=event, now=now)


def finish_open_pages(*, since: datetime, now: datetime, limit: int = 50) -> int:
    """Ask about savings under way that began after `since`; return how many were asked about.

    One that Stripe refuses to speak of holds up no other.

    Raises:
        GatewayUnavailable: Stripe does not answer.
    """
    with transaction() as session:
        under_way = cards.open_setups(session, since=since, limit=limit)
    for setup in under_way:
        try:
            finish(setup, event=None, now=now)
        except GatewayRefused as error:
            incident(log, error)
    return len(under_way)


def open_page(
    setup: CardSetup, customer: Customer, *, back: str, currency: str | None = None
) -> str:
    """Open Stripe's page for the saving of a card, and return its address.

    Args:
        setup: The row of this visit, committed before.
        customer: Who will pay.
        back: Where its person returns, with a card or without.
        currency: What they will be charged in, where that is known.

    Raises:
        GatewayUnavailable: Stripe did not answer; nothing is lost by asking again.
    """
    stripe, payer = gateway(), payer_id(customer)
    opened = stripe.start_card_setup(
        customer=payer,
        currency=currency,
        order_id=None if setup.order_id is None else str(setup.order_id),
        success_url=back,
        cancel_url=back,
        key=f"setup-{setup.id}",
        expires_at=setup.created_at + PAGE_LASTS,
    )
    with transaction() as session:
        cards.known_to_stripe(session, customer_id=customer.id, stripe_id=payer)
        cards.opened(
            session,
            setup_id=setup.id,
            stripe_id=opened.id,
            url=opened.url,
            expires_at=opened.expires_at,
        )
    return opened.url


def payer_id(customer: Customer) -> str:
    """Return Stripe's name of a payer, who is made known to it first when need be."""
    return customer.stripe_id or gateway().create_customer(
        email=customer.email, reference=str(customer.id), key=f"customer-{customer.id}"
    )


def finish(setup: CardSetup, *, event: Event | None, now: datetime) -> SetupState:
    """Ask Stripe how the saving of a card stands, act on it, and return what it said.

    Raises:
        GatewayUnavailable: Stripe does not answer.
    """
    status, card = _state(setup)
    with transaction() as session:
        if event is not None and not attempts.first_time(session, event=event, now=now):
            return status
        if status == SetupState.EXPIRED:
            cards.expired(session, setup_id=setup.id)
        elif status == SetupState.COMPLETE and card is not None:
            _keep(session, setup, card, now=now)
    return status


def _state(setup: CardSetup) -> tuple[SetupState, SavedCard | None]:
    if setup.kind == SetupKind.INTENT:
        intent = gateway().setup_intent(setup.stripe_id or "")
        return intent.status, intent.payment_method
    page = gateway().card_setup(setup.stripe_id or "")
    return page.status, page.payment_method


def _keep(session: Session, setup: CardSetup, card: SavedCard, *, now: datetime) -> None:
    saved = cards.completed(session, setup_id=setup.id, payment_method=card.id, card=card.label)
    if not saved:
        return
    if setup.user_id is not None:
        methods.keep(
            session, user_id=setup.user_id, customer_id=setup.customer_id, card=card, now=now
        )
    if setup.order_id is not None:
        holding.card_saved(
            session,
            booking_id=setup.order_id,
            payment_method=card.id,
            card=card.label,
            now=now,
        )


def require_payable(booking: Booking, *, now: datetime) -> None:
    """Refuse a booking for which no card is wanted.

    Raises:
        BookingMoved: With the sentence for the person.
    """
    if booking.status == BookingStatus.HELD and booking.expires_at > now:
        return
    if booking.status == BookingStatus.COMPLETED and booking.payment_status in OWING:
        return
    if booking.status in {BookingStatus.HELD, BookingStatus.EXPIRED}:
        raise BookingMoved("Your hold has run out. Hold the space again if it is still free.")
    raise BookingMoved("There is nothing to pay for this booking.")
