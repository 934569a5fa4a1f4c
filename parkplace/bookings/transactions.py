"""What money moved for a person: as a driver, and as a host."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import islice
from operator import attrgetter
from uuid import UUID

from sqlmodel import Session, col, select

from parkplace.accounts.models import User
from parkplace.bookings.models import Booking
from parkplace.bookings.moves import Role
from parkplace.core.money import Money
from parkplace.payments import ledger, payouts
from parkplace.payments.models import (
    Account,
    Attempt,
    AttemptKind,
    AttemptStatus,
    LedgerEntry,
    PayoutStatus,
)
from parkplace.spaces.models import Space

MOST = 100
_EVERYBODY = frozenset({Role.DRIVER, Role.HOST})


class TransactionKind(StrEnum):
    """Which way money went."""

    CHARGE = "charge"  # from the driver
    REFUND = "refund"  # back to the driver
    EARNING = "earning"  # to the host's balance
    PAYOUT = "payout"  # from there to the host's bank


class TransactionStatus(StrEnum):
    """What became of it."""

    UNDER_WAY = "under_way"
    NEEDS_ACTION = "needs_action"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Transaction:
    """One movement of money, or an attempt at one.

    Attributes:
        role: As what the person sees it.
        amount: How much, never negative; `kind` says which way.
        booking_id, reference, space_title: What it was for; None for a payout, which is for many.
    """

    id: UUID
    at: datetime
    kind: TransactionKind
    role: Role
    status: TransactionStatus
    amount: Money
    booking_id: UUID | None = None
    reference: str | None = None
    space_title: str | None = None


_ATTEMPTS = {
    AttemptStatus.NEW: TransactionStatus.UNDER_WAY,
    AttemptStatus.NEEDS_ACTION: TransactionStatus.NEEDS_ACTION,
    AttemptStatus.SUCCEEDED: TransactionStatus.SUCCEEDED,
    AttemptStatus.DECLINED: TransactionStatus.FAILED,
}
_PAYOUTS = {
    PayoutStatus.UNDER_WAY: TransactionStatus.UNDER_WAY,
    PayoutStatus.PAID: TransactionStatus.SUCCEEDED,
    PayoutStatus.PARTLY_PAID: TransactionStatus.SUCCEEDED,
    PayoutStatus.FAILED: TransactionStatus.FAILED,
}


def of(
    session: Session,
    *,
    user: User,
    roles: frozenset[Role] = _EVERYBODY,
    after: UUID | None = None,
    limit: int = 20,
) -> list[Transaction]:
    """Return what money moved for a person, latest first.

    Args:
        session: The open transaction.
        user: The person.
        roles: As what: driver, host, or both.
        after: The last transaction of the page before.
        limit: How many at most, 100 or fewer.
    """
    limit = min(limit, MOST)
    found: list[Transaction] = []
    # Ids are ordered by the moment they were made, so that each part is read from its own index.
    if Role.DRIVER in roles:
        found += _charges(session, user, after, limit)
    if Role.HOST in roles:
        found += _earnings(session, user, after, limit)
        found += _payouts(session, user, after, limit)
    latest = sorted(found, key=attrgetter("id"), reverse=True)
    return list(_named(session, list(islice(latest, limit))))


def _charges(session: Session, user: User, after: UUID | None, limit: int) -> Iterator[Transaction]:
    query = select(Attempt).where(col(Attempt.payer_id) == user.id)
    if after is not None:
        query = query.where(col(Attempt.id) < after)
    for attempt in session.exec(query.order_by(col(Attempt.id).desc()).limit(limit)):
        refund = attempt.kind == AttemptKind.REFUND
        yield Transaction(
            id=attempt.id,
            at=attempt.answered_at or attempt.created_at,
            kind=TransactionKind.REFUND if refund else TransactionKind.CHARGE,
            role=Role.DRIVER,
            status=_ATTEMPTS[AttemptStatus(attempt.status)],
            amount=Money(attempt.amount_minor, attempt.currency),
            booking_id=attempt.order_id,
        )


def _earnings(
    session: Session, user: User, after: UUID | None, limit: int
) -> Iterator[Transaction]:
    query = select(LedgerEntry).where(
        col(LedgerEntry.owner_id) == user.id,
        col(LedgerEntry.account) == Account.HOST,
        col(LedgerEntry.memo) == ledger.STAY_ENDED,
    )
    if after is not None:
        query = query.where(col(LedgerEntry.movement_id) < after)
    for entry in session.exec(query.order_by(col(LedgerEntry.movement_id).desc()).limit(limit)):
        yield Transaction(
            id=entry.movement_id,
            at=entry.at,
            kind=TransactionKind.EARNING,
            role=Role.HOST,
            status=TransactionStatus.SUCCEEDED,
            amount=Money(-entry.amount_minor, entry.currency),
            booking_id=entry.order_id,
        )


def _payouts(session: Session, user: User, after: UUID | None, limit: int) -> Iterator[Transaction]:
    for payout in payouts.of(session, host_id=user.id, after=after, limit=limit):
        over = payout.status in {PayoutStatus.PAID, PayoutStatus.PARTLY_PAID}
        yield Transaction(
            id=payout.id,
            at=payout.ended_at or payout.created_at,
            kind=TransactionKind.PAYOUT,
            role=Role.HOST,
            status=_PAYOUTS[payout.status],
            amount=payout.sent if over else payout.amount,
        )


def _named(session: Session, found: list[Transaction]) -> Iterator[Transaction]:
    ids = {transaction.booking_id for transaction in found} - {None}
    query = select(Booking.id, Booking.reference, Space.title).join(
        Space, col(Space.id) == Booking.space_id
    )
    rows = session.exec(query.where(col(Booking.id).in_(ids)))
    names: dict[UUID | None, tuple[str, str]] = {
        booking_id: (reference, title) for booking_id, reference, title in rows
    }
    for transaction in found:
        if transaction.booking_id in names:
            reference, title = names[transaction.booking_id]
            yield replace(transaction, reference=reference, space_title=title)
        else:
            yield transaction
