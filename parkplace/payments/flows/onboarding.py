"""Bringing a host to Stripe, so that they can be paid."""

from datetime import datetime

from parkplace.accounts.models import User
from parkplace.core.db import transaction
from parkplace.core.links import link
from parkplace.payments import payees
from parkplace.payments.answers import Event
from parkplace.payments.gateway import gateway
from parkplace.payments.models import Payee

HOST_PAGE = "/host"


def start(*, user: User, country: str | None = None, now: datetime) -> str:
    """Return where a host tells Stripe about themselves; the address works once, for minutes.

    Asked again, another address leads to the same account: that is made once, whatever breaks.

    Raises:
        CountryNeeded: It is the first time, and the country is missing or none.
        GatewayUnavailable: Stripe did not answer; nothing is lost by asking again.
        GatewayRefused: It does not pay anybody in that country.
    """
    with transaction() as session:
        payee = payees.begin(session, user=user, country=country, now=now)
    account = payee.stripe_id or _account(payee)
    back = link(HOST_PAGE)
    return gateway().account_link(account_id=account, refresh_url=back, return_url=back)


def status(*, user: User, now: datetime) -> Payee | None:
    """Return how far a host has come; None when they never began.

    Until they can be paid, Stripe is asked each time: it does not matter if its word was lost.

    Raises:
        GatewayUnavailable: Stripe did not answer.
    """
    with transaction() as session:
        payee = payees.of(session, user_id=user.id)
    if payee is None or payee.can_be_paid or payee.stripe_id is None:
        return payee
    return look(payee, now=now)


def look(payee: Payee, *, now: datetime) -> Payee:
    """Ask Stripe how a host's account stands, keep that, and return it."""
    state = gateway().account_state(payee.stripe_id or "")
    with transaction() as session:
        payees.seen(session, user_id=payee.user_id, state=state, now=now)
    with transaction() as session:
        return payees.of(session, user_id=payee.user_id) or payee


def account_event(event: Event, *, now: datetime) -> None:
    """Act on Stripe's word that something happened to an account."""
    with transaction() as session:
        payee = payees.by_stripe_id(session, stripe_id=event.object_id)
    if payee is not None:
        look(payee, now=now)


def _account(payee: Payee) -> str:
    made = gateway().create_account(
        email=payee.email,
        reference=str(payee.user_id),
        country=payee.country,
        key=f"account-{payee.user_id}-{payee.country}",
    )
    with transaction() as session:
        payees.known_to_stripe(session, user_id=payee.user_id, stripe_id=made)
    return made
