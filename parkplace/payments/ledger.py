"""Double entry: every movement of money is two rows that sum to zero.

Debits are positive, credits negative. What drivers owe stands on `driver`, what Stripe holds for
us on `stripe`, what is owed to hosts (negative) on `host`. The database refuses a movement that
does not balance, and any change to what was written.
"""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, func, select

from parkplace.core.ids import new_id
from parkplace.core.money import Money, zero
from parkplace.payments.models import Account, LedgerEntry


def stay_ended(
    session: Session, *, order_id: UUID, host_id: UUID, amount: Money, now: datetime
) -> None:
    """A stay fell due: the driver owes it, and it is owed to the host."""
    sides = {Account.DRIVER: amount, Account.HOST: -amount}
    _post(session, order_id, sides, memo="stay ended", host_id=host_id, now=now)


def charged(session: Session, *, order_id: UUID, amount: Money, now: datetime) -> None:
    """A charge went through: Stripe holds what the driver owed."""
    sides = {Account.STRIPE: amount, Account.DRIVER: -amount}
    _post(session, order_id, sides, memo="charge", now=now)


def refunded(session: Session, *, order_id: UUID, amount: Money, now: datetime) -> None:
    """A refund went through: what Stripe held is the driver's again."""
    sides = {Account.DRIVER: amount, Account.STRIPE: -amount}
    _post(session, order_id, sides, memo="refund", now=now)


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
