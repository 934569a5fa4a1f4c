"""Attempts to move money: written before Stripe is asked, settled once when it has answered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select, update

from parkplace.core.ids import new_id
from parkplace.core.money import Money
from parkplace.payments.answers import Event
from parkplace.payments.models import Attempt, AttemptKind, AttemptStatus, StripeEvent

OPEN = (AttemptStatus.NEW, AttemptStatus.NEEDS_ACTION)


def begin(
    session: Session,
    *,
    order_id: UUID,
    kind: AttemptKind,
    amount: Money,
    params: dict[str, Any],
    payer_id: UUID | None = None,
    now: datetime,
) -> Attempt:
    """Write down an attempt; its id is the idempotency key and `params` never change."""
    attempt = Attempt(
        id=new_id(),
        order_id=order_id,
        payer_id=payer_id,
        kind=kind,
        amount_minor=amount.minor,
        currency=amount.currency,
        params=params,
        created_at=now,
    )
    session.add(attempt)
    return attempt


def settle(
    session: Session,
    *,
    attempt_id: UUID,
    status: AttemptStatus,
    stripe_id: str | None,
    decline_code: str | None,
    now: datetime,
) -> bool:
    """Write down Stripe's answer; False if it says nothing new.

    An answer only moves an attempt forwards (new, needs action, then one of the ends), so late
    and repeated ones do no harm. That money moved is true whatever was thought before: a driver
    may confirm in their browser what was declined there a minute ago.
    """
    before: tuple[AttemptStatus, ...] = OPEN
    if status == AttemptStatus.NEEDS_ACTION:
        before = (AttemptStatus.NEW,)
    elif status == AttemptStatus.SUCCEEDED:
        before = (*OPEN, AttemptStatus.DECLINED)
    changed = session.exec(
        update(Attempt)
        .where(col(Attempt.id) == attempt_id, col(Attempt.status).in_(before))
        .values(status=status, stripe_id=stripe_id, decline_code=decline_code, answered_at=now)
    )
    return changed.rowcount == 1


def under_way(session: Session, *, order_id: UUID) -> Attempt | None:
    """Return the attempt for an order that has no final answer; there is at most one."""
    return session.exec(
        select(Attempt).where(col(Attempt.order_id) == order_id, col(Attempt.status).in_(OPEN))
    ).first()


def last_charge(session: Session, *, order_id: UUID) -> Attempt | None:
    """Return the latest charge for an order that went through."""
    return session.exec(
        select(Attempt)
        .where(
            col(Attempt.order_id) == order_id,
            col(Attempt.kind) == AttemptKind.CHARGE,
            col(Attempt.status) == AttemptStatus.SUCCEEDED,
        )
        .order_by(col(Attempt.created_at).desc())
    ).first()


def charges(session: Session, *, order_ids: Sequence[UUID]) -> list[Attempt]:
    """Return every charge for these orders that went through, oldest first."""
    found = select(Attempt).where(
        col(Attempt.order_id).in_(order_ids),
        col(Attempt.kind) == AttemptKind.CHARGE,
        col(Attempt.status) == AttemptStatus.SUCCEEDED,
    )
    return list(session.exec(found.order_by(col(Attempt.created_at), col(Attempt.id))))


def by_stripe_id(session: Session, *, stripe_id: str) -> Attempt | None:
    """Return the attempt whose charge or refund Stripe calls by this name."""
    return session.exec(select(Attempt).where(col(Attempt.stripe_id) == stripe_id)).first()


def adopt(session: Session, *, order_ids: Sequence[UUID], payer_id: UUID) -> None:
    """Let an account be the payer of what a guest was charged."""
    session.exec(
        update(Attempt)
        .where(col(Attempt.order_id).in_(order_ids), col(Attempt.payer_id).is_(None))
        .values(payer_id=payer_id)
    )


def by_id(session: Session, *, attempt_id: UUID) -> Attempt | None:
    """Return one attempt."""
    return session.get(Attempt, attempt_id)


def first_time(session: Session, *, event: Event, now: datetime) -> bool:
    """Write down a webhook; False if it was acted on before. Its effect shares the transaction."""
    fresh = insert(StripeEvent).values(
        id=event.id,
        type=event.type,
        object_id=event.object_id,
        created_at=event.created_at,
        received_at=now,
    )
    return session.exec(fresh.on_conflict_do_nothing()).rowcount == 1
