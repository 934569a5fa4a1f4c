"""The visit to Stripe's card page: there, and back with a card or without one."""

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
from parkplace.payments import attempts, cards
from parkplace.payments.answers import Event, GatewayRefused, SetupState
from parkplace.payments.gateway import gateway
from parkplace.payments.models import CardSetup, Customer

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
        _require_payable(booking, now=now)
        customer = cards.customer_for(session, email=booking.email, now=now)
        setup = cards.setup_for(session, order_id=booking.id, customer=customer, now=now)
        session.flush()
        back = link(page_of(booking))
    return setup.url or _open(setup, customer, currency=booking.currency, back=back)


def finish_card_page(*, booking_id: UUID, now: datetime) -> None:
    """Ask Stripe what became of a visit that is still open, and act on it.

    Harmless at any time and any number of times; the page a driver returns to, the webhook and a
    job all end up here, so that none of them is needed.
    """
    with transaction() as session:
        setup = cards.open_setup(session, order_id=booking_id)
    if setup is not None:
        _finish(setup, event=None, now=now)


def card_page_event(event: Event, *, now: datetime) -> None:
    """Act on Stripe's word that something happened on a card page."""
    with transaction() as session:
        setup = cards.setup_by_stripe_id(session, stripe_id=event.object_id)
    if setup is not None:
        _finish(setup, event=event, now=now)


def finish_open_pages(*, since: datetime, now: datetime, limit: int = 50) -> int:
    """Ask about visits under way that began after `since`; return how many were asked about.

    One that Stripe refuses to speak of holds up no other.

    Raises:
        GatewayUnavailable: Stripe does not answer.
    """
    with transaction() as session:
        under_way = cards.open_setups(session, since=since, limit=limit)
    for setup in under_way:
        try:
            _finish(setup, event=None, now=now)
        except GatewayRefused as error:
            incident(log, error)
    return len(under_way)


def _open(setup: CardSetup, customer: Customer, *, currency: str, back: str) -> str:
    stripe = gateway()
    payer = customer.stripe_id or stripe.create_customer(
        email=customer.email, reference=str(customer.id), key=f"customer-{customer.id}"
    )
    opened = stripe.start_card_setup(
        customer=payer,
        currency=currency,
        order_id=str(setup.order_id),
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


def _finish(setup: CardSetup, *, event: Event | None, now: datetime) -> None:
    state = gateway().card_setup(setup.stripe_id or "")
    with transaction() as session:
        if event is not None and not attempts.first_time(session, event=event, now=now):
            return
        if state.status == SetupState.EXPIRED:
            cards.expired(session, setup_id=setup.id)
        elif state.status == SetupState.COMPLETE and state.payment_method is not None:
            _keep(session, setup, state.payment_method.id, state.payment_method.label, now=now)


def _keep(
    session: Session, setup: CardSetup, payment_method: str, card: str, *, now: datetime
) -> None:
    if cards.completed(session, setup_id=setup.id, payment_method=payment_method, card=card):
        holding.card_saved(
            session,
            booking_id=setup.order_id,
            payment_method=payment_method,
            card=card,
            now=now,
        )


def _require_payable(booking: Booking, *, now: datetime) -> None:
    if booking.status == BookingStatus.HELD and booking.expires_at > now:
        return
    if booking.status == BookingStatus.COMPLETED and booking.payment_status in OWING:
        return
    if booking.status in {BookingStatus.HELD, BookingStatus.EXPIRED}:
        raise BookingMoved("Your hold has run out. Hold the space again if it is still free.")
    raise BookingMoved("There is nothing to pay for this booking.")
