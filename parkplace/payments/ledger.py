"""Double entry: every movement of money is two rows that sum to zero.

Debits are positive, credits negative. What drivers owe stands on `driver`, what Stripe holds for
us on `stripe`, what is owed to hosts (negative) on `host`. The database refuses a movement that
does not balance, and any change to what was written.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, func, select

from parkplace.core.db import sql
from parkplace.core.ids import new_id
from parkplace.core.money import Money, zero
from parkplace.payments.models import Account, LedgerEntry

# What an entry is for, as its `memo` says it.
STAY_ENDED, CHARGE, REFUND, PAYOUT = "stay ended", "charge", "refund", "payout"

# What a host has earned with each order, and how much of it can be sent: the part that its driver
# has paid, from `:ripe` on.
EARNED = f"""
    WITH earned AS (
        SELECT order_id, currency, -sum(amount_minor) AS earned, max(at) AS at
        FROM ledger_entries
        WHERE owner_id = :host AND account = '{Account.HOST}' AND memo <> '{PAYOUT}'
        GROUP BY order_id, currency
    ), free AS (
        SELECT order_id, currency, earned, e.at, CASE WHEN e.at <= :ripe
            THEN least(earned, greatest(coalesce(sum(held.amount_minor), 0), 0)) ELSE 0 END AS free
        FROM earned e
        LEFT JOIN (
            SELECT * FROM ledger_entries WHERE account = '{Account.STRIPE}'
        ) held USING (order_id, currency)
        GROUP BY order_id, currency, earned, e.at
    )
"""  # noqa: S608 - constants of this module


@dataclass(frozen=True, slots=True)
class Balance:
    """What a host has in one currency.

    Attributes:
        pending: Earned, but too lately, or its driver has not paid yet.
        available: Can be paid out.
        paid_out: Was paid out.
    """

    pending: Money
    available: Money
    paid_out: Money


def stay_ended(
    session: Session, *, order_id: UUID, host_id: UUID, amount: Money, now: datetime
) -> None:
    """A stay fell due: the driver owes it, and it is owed to the host."""
    sides = {Account.DRIVER: amount, Account.HOST: -amount}
    _post(session, order_id, sides, memo=STAY_ENDED, host_id=host_id, now=now)


def charged(session: Session, *, order_id: UUID, amount: Money, now: datetime) -> None:
    """A charge went through: Stripe holds what the driver owed."""
    sides = {Account.STRIPE: amount, Account.DRIVER: -amount}
    _post(session, order_id, sides, memo=CHARGE, now=now)


def refunded(session: Session, *, order_id: UUID, amount: Money, now: datetime) -> None:
    """A refund went through: what Stripe held is the driver's again."""
    sides = {Account.DRIVER: amount, Account.STRIPE: -amount}
    _post(session, order_id, sides, memo=REFUND, now=now)


def paid_out(
    session: Session, *, payout_id: UUID, host_id: UUID, amount: Money, now: datetime
) -> None:
    """Money was sent to a host: what Stripe held for us is not owed to them any more."""
    sides = {Account.HOST: amount, Account.STRIPE: -amount}
    _post(session, payout_id, sides, memo=PAYOUT, host_id=host_id, now=now)


def balances(session: Session, *, host_id: UUID, ripe: datetime) -> list[Balance]:
    """Return what a host has in each currency, of the ledger alone.

    Args:
        session: The open transaction.
        host_id: The host.
        ripe: What was earned by then can be paid out, once its driver has paid.
    """
    statement = f"""
        {EARNED}, sent AS (
            SELECT currency, sum(amount_minor) AS sent FROM ledger_entries
            WHERE owner_id = :host AND account = '{Account.HOST}' AND memo = '{PAYOUT}'
            GROUP BY currency
        )
        SELECT currency, sum(earned) - sum(free), sum(free) - coalesce(max(sent), 0),
            coalesce(max(sent), 0)
        FROM free LEFT JOIN sent USING (currency) GROUP BY currency ORDER BY currency
    """  # noqa: S608 - constants of this module
    found = sql(session, statement, host=host_id, ripe=ripe)
    return [
        Balance(*(Money(int(minor), currency) for minor in amounts)) for currency, *amounts in found
    ]


def paid(session: Session, *, order_id: UUID, currency: str) -> Money:
    """Return what a driver has paid for an order so far, refunds taken off."""
    return paid_each(session, order_ids=[order_id]).get(order_id, zero(currency))


def paid_each(session: Session, *, order_ids: list[UUID]) -> dict[UUID, Money]:
    """Return what was paid for each of these orders; those never paid for are left out."""
    sums = session.exec(
        select(LedgerEntry.order_id, LedgerEntry.currency, func.sum(LedgerEntry.amount_minor))
        .where(col(LedgerEntry.order_id).in_(order_ids), col(LedgerEntry.account) == Account.STRIPE)
        .group_by(col(LedgerEntry.order_id), col(LedgerEntry.currency))
    )
    return {order_id: Money(int(minor), currency) for order_id, currency, minor in sums}


def _post(
    session: Session,
    order_id: UUID,
    sides: dict[Account, Money],
    *,
    memo: str,
    host_id: UUID | None = None,
    now: datetime,
) -> None:
    movement = new_id()
    session.add_all(
        LedgerEntry(
            movement_id=movement,
            order_id=order_id,
            account=account,
            owner_id=host_id if account == Account.HOST else None,
            amount_minor=amount.minor,
            currency=amount.currency,
            memo=memo,
            at=now,
        )
        for account, amount in sides.items()
    )
