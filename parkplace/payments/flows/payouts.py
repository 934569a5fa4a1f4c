"""Sending hosts what they have earned.

A payout and its parts are rows before Stripe hears of them, each part's id is the key of its
transfer, and its answer is written once with its entries in the ledger. So a process may die at any
line, and another may be at it at the same time: each part is sent once.
"""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from parkplace.accounts.models import User
from parkplace.core.db import transaction
from parkplace.core.errors import Conflict, Payment
from parkplace.core.idempotency import once
from parkplace.core.logs import incident
from parkplace.core.money import Money, require_currency
from parkplace.payments import payees, payouts
from parkplace.payments.answers import GatewayRefused, GatewayUnavailable
from parkplace.payments.flows import onboarding
from parkplace.payments.gateway import gateway
from parkplace.payments.models import PayoutPart, PayoutStatus
from parkplace.payments.payouts import PayoutView

log = logging.getLogger(__name__)

BATCH = 50
# Stripe forgets idempotency keys after 24 hours; then a transfer is looked for before it is asked.
KEY_LIVES = timedelta(hours=23)
LOST = "lost_at_stripe"


class PayoutsNotSetUp(Conflict):
    """Raised when Stripe may not pay a host yet."""

    code = "payouts_not_set_up"


class PayoutRefused(Payment):
    """Raised when Stripe refused all of a payout; the money is available as before."""

    code = "payout_refused"


def pay_out(
    *,
    host: User,
    currency: str,
    amount_minor: int | None = None,
    key: str | None = None,
    now: datetime,
) -> PayoutView:
    """Send a host what is available in a currency, or some of it; return how far that has come.

    Args:
        host: Who is paid.
        currency: ISO 4217 code.
        amount_minor: How much, in minor units; None for all there is.
        key: With the same one, the same payout comes back.
        now: The current instant.

    Raises:
        UnknownCurrency: There is none such.
        PayoutsNotSetUp: The host has not told Stripe all it wants to know.
        NothingToPayOut, MoreThanAvailable, NotChargeable: So much cannot be sent.
        PayoutRefused: Stripe sends nothing to this host.
    """
    code = require_currency(currency)
    onboarding.status(user=host, now=now)
    with transaction() as session:
        begun = once(
            session,
            scope=f"POST payments/payout {host.id}",
            key=key,
            request=[code, amount_minor],
            now=now,
            answer=lambda: _begin(session, host, code, amount_minor, now=now),
        )
        payout_id = UUID(begun["id"])
        parts = payouts.open_parts(session, payout_id=payout_id)
    try:
        _send_all(parts, now=now)
    except GatewayUnavailable:
        log.info("Stripe does not answer: payout %s is finished later", payout_id)
    with transaction() as session:
        payout = payouts.view(session, payout_id=payout_id)
    if payout.status == PayoutStatus.FAILED:
        raise PayoutRefused(
            "The payment service would not send this, so nothing was. See whether it wants to know "
            "more about you, then try again."
        )
    return payout


def finish_open(*, now: datetime, limit: int = BATCH) -> int:
    """Send the parts of payouts that nobody is sending; return how many.

    Raises:
        GatewayUnavailable: Stripe does not answer; they are tried again in two minutes.
    """
    with transaction() as session:
        parts = payouts.claim_due(session, now=now, limit=limit)
    _send_all(parts, now=now)
    return len(parts)


def _begin(
    session: Session, host: User, currency: str, amount_minor: int | None, *, now: datetime
) -> dict[str, str]:
    payee = payees.of(session, user_id=host.id)
    if payee is None or payee.stripe_id is None or not payee.can_be_paid:
        raise PayoutsNotSetUp(
            "You cannot be paid yet. Ask `payments/onboarding` for the page where you say who you "
            "are and where your money goes."
        )
    payout = payouts.begin(
        session,
        host_id=host.id,
        account=payee.stripe_id,
        currency=currency,
        amount_minor=amount_minor,
        now=now,
    )
    return {"id": str(payout.id)}


def _send_all(parts: list[PayoutPart], *, now: datetime) -> None:
    for part in parts:
        try:
            _send(part, now=now)
        except GatewayRefused as error:
            reason = error.details.get("reason", error.code)
            incident(log, error)
            with transaction() as session:
                payouts.settle(session, part=part, transfer=None, reason=reason, now=now)


def _send(part: PayoutPart, *, now: datetime) -> None:
    with transaction() as session:
        account = payouts.account_of(session, part=part)
    found = _found(part, account) if part.created_at < now - KEY_LIVES else None
    transfer = found or _transfer(part, account)
    with transaction() as session:
        reason = LOST if transfer is None else None
        payouts.settle(session, part=part, transfer=transfer, reason=reason, now=now)


def _transfer(part: PayoutPart, account: str) -> str | None:
    """Return Stripe's name of a part's transfer; None when it remembers a failure and made none."""
    try:
        return (
            gateway()
            .transfer(
                account_id=account,
                amount=Money(part.amount_minor, part.currency),
                order_id=str(part.order_id),
                attempt_id=str(part.id),
                key=str(part.id),
                charge_id=part.charge,
            )
            .id
        )
    except GatewayUnavailable as error:
        if not error.replayed:
            raise
        return _found(part, account)


def _found(part: PayoutPart, account: str) -> str | None:
    transfer = gateway().find_transfer(attempt_id=str(part.id), account_id=account)
    return None if transfer is None else transfer.id
