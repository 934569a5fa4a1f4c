"""Payouts: written before Stripe is asked, settled once when it has answered.

What is on its way is not available a second time: whoever asks for a payout, or notes what came of
one, first queues up for its host.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, func, select, update
from sqlmodel.sql.expression import SelectOfScalar

from parkplace.core import db
from parkplace.core.db import sql
from parkplace.core.errors import Conflict
from parkplace.core.money import Money, total, zero
from parkplace.payments import attempts, ledger
from parkplace.payments.amounts import to_stripe
from parkplace.payments.models import PartStatus, Payout, PayoutPart, PayoutStatus

# So long after a stay what it earned stays here: time to say that something was wrong.
HELD_FOR = timedelta(days=2)
MOST_PARTS = 1000
# So many are sent while the host waits, the others by the job that comes next.
SENT_AT_ONCE = 10
# A sender that dies leaves a part to others after this long.
CLAIM = timedelta(minutes=2)

_LEFT = f"""
    {ledger.EARNED}, spoken_for AS (
        SELECT order_id, currency, sum(amount_minor) AS minor FROM payout_parts
        WHERE order_id IN (SELECT order_id FROM free) AND status <> '{PartStatus.REFUSED}'
        GROUP BY order_id, currency
    )
    SELECT order_id, free - coalesce(minor, 0) AS minor
    FROM free LEFT JOIN spoken_for USING (order_id, currency)
    WHERE currency = :currency AND free > coalesce(minor, 0)
    ORDER BY at, order_id LIMIT {MOST_PARTS}
"""  # noqa: S608 - constants


class NothingToPayOut(Conflict):
    """Raised when a host has nothing that could be sent now."""

    code = "nothing_to_pay_out"


class MoreThanAvailable(Conflict):
    """Raised when a host asks for more than can be sent; `details` says how much can be."""

    code = "more_than_available"


@dataclass(frozen=True, slots=True)
class PayoutView:
    """A payout as its host sees it.

    Attributes:
        amount: What was meant to be sent.
        sent: What of it has been.
    """

    id: UUID
    amount: Money
    sent: Money
    status: PayoutStatus
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Share:
    """Some of what an order earned, and the charge it came from."""

    order_id: UUID
    charge: str
    amount: Money


def balances(session: Session, *, host_id: UUID, now: datetime) -> list[ledger.Balance]:
    """Return what a host has in each currency: pending, available, and paid out before."""
    return ledger.balances(session, host_id=host_id, ripe=now - HELD_FOR)


def begin(
    session: Session,
    *,
    host_id: UUID,
    account: str,
    currency: str,
    amount_minor: int | None,
    now: datetime,
) -> Payout:
    """Write down a payout and its parts, the oldest stays first.

    Args:
        session: The open transaction.
        host_id: Who is paid.
        account: Their account at Stripe.
        currency: ISO 4217 code.
        amount_minor: How much, in minor units; None for all there is, up to a thousand stays.
        now: The current instant.

    Raises:
        NothingToPayOut: Nothing is available.
        MoreThanAvailable: Less is.
        NotChargeable: Stripe cannot move such an amount.
    """
    _queue_up(session, host_id)
    available = _available(session, host_id, currency, now=now)
    shares = _shares(session, host_id, currency, now=now)
    most = min(available, total((share.amount for share in shares), currency=currency))
    if most.minor <= 0:
        raise NothingToPayOut(
            "There is nothing to pay out yet. What a stay earned can be paid out two days after it."
        )
    wanted = most if amount_minor is None else Money(amount_minor, currency)
    if most < wanted:
        raise MoreThanAvailable(
            f"Only {most.text()} can be paid out now. Ask for that, or less.",
            field="amount_minor",
            details={"available_minor": str(most.minor), "currency": currency},
        )
    to_stripe(wanted)
    payout = Payout(
        host_id=host_id,
        account=account,
        amount_minor=wanted.minor,
        currency=currency,
        created_at=now,
    )
    session.add(payout)
    session.flush()
    session.add_all(_parts(payout, shares, now=now))
    session.flush()
    return payout


def of(
    session: Session, *, host_id: UUID, after: UUID | None = None, limit: int
) -> list[PayoutView]:
    """Return a host's payouts, latest first; `after` is the last of the page before, or its place.

    Ids are ordered by the moment they were made, so any id is a place among them.
    """
    query = select(Payout).where(col(Payout.host_id) == host_id)
    if after is not None:
        query = query.where(col(Payout.id) < after)
    return _views(session, session.exec(query.order_by(col(Payout.id).desc()).limit(limit)).all())


def view(session: Session, *, payout_id: UUID) -> PayoutView:
    """Return a payout with what of it was sent so far."""
    payout = session.get_one(Payout, payout_id, populate_existing=True)
    return _views(session, [payout])[0]


def open_parts(session: Session, *, payout_id: UUID) -> list[PayoutPart]:
    """Return the parts of a payout that its host waits for, to be sent by nobody else meanwhile."""
    waiting = _open().where(col(PayoutPart.payout_id) == payout_id)
    claimed = waiting.order_by(col(PayoutPart.id)).limit(SENT_AT_ONCE)
    return list(session.exec(claimed))


def claim_due(session: Session, *, now: datetime, limit: int) -> list[PayoutPart]:
    """Return parts that nobody is sending, and let nobody else send them for two minutes."""
    due = _open().where(col(PayoutPart.try_at) <= now).order_by(col(PayoutPart.try_at))
    parts = session.exec(due.limit(limit).with_for_update(skip_locked=True)).all()
    for part in parts:
        part.try_at = now + CLAIM
    return list(parts)


def account_of(session: Session, *, part: PayoutPart) -> str:
    """Return the account that a part is sent to."""
    return session.exec(select(Payout.account).where(col(Payout.id) == part.payout_id)).one()


def settle(
    session: Session,
    *,
    part: PayoutPart,
    transfer: str | None,
    reason: str | None = None,
    now: datetime,
) -> None:
    """Write down what became of a part: sent by a transfer, or refused for a reason; once."""
    payout = session.get_one(Payout, part.payout_id)
    _queue_up(session, payout.host_id)
    sent = transfer is not None
    status = PartStatus.SENT if sent else PartStatus.REFUSED
    changed = session.exec(
        update(PayoutPart)
        .where(col(PayoutPart.id) == part.id, col(PayoutPart.status) == PartStatus.NEW)
        .values(status=status, transfer=transfer, reason=reason, answered_at=now)
    )
    if changed.rowcount != 1:
        return
    if sent:
        amount = Money(part.amount_minor, part.currency)
        ledger.paid_out(
            session, payout_id=payout.id, host_id=payout.host_id, amount=amount, now=now
        )
    _close(session, payout, now=now)


def _close(session: Session, payout: Payout, *, now: datetime) -> None:
    """End a payout whose every part has an answer."""
    counted = session.exec(
        select(PayoutPart.status, func.count())
        .where(col(PayoutPart.payout_id) == payout.id)
        .group_by(col(PayoutPart.status))
    )
    count = dict(counted.all())
    if PartStatus.NEW in count:
        return
    if PartStatus.REFUSED not in count:
        status = PayoutStatus.PAID
    else:
        status = PayoutStatus.PARTLY_PAID if PartStatus.SENT in count else PayoutStatus.FAILED
    payout.status, payout.ended_at = status, now


def _available(session: Session, host_id: UUID, currency: str, *, now: datetime) -> Money:
    found = [
        balance.available
        for balance in balances(session, host_id=host_id, now=now)
        if balance.available.currency == currency
    ]
    on_its_way = session.exec(
        select(func.coalesce(func.sum(PayoutPart.amount_minor), 0))
        .join(Payout, col(Payout.id) == PayoutPart.payout_id)
        .where(
            col(Payout.host_id) == host_id,
            col(PayoutPart.currency) == currency,
            col(PayoutPart.status) == PartStatus.NEW,
        )
    ).one()
    return total(found, currency=currency) - Money(int(on_its_way), currency)


def _shares(session: Session, host_id: UUID, currency: str, *, now: datetime) -> list[_Share]:
    """Return what each order can still pay, split over its charges, the oldest first."""
    ripe = now - HELD_FOR
    found = sql(session, _LEFT, host=host_id, ripe=ripe, currency=currency)
    left = {row.order_id: int(row.minor) for row in found}
    shares: list[_Share] = []
    for charge in attempts.charges(session, order_ids=list(left)):
        minor = min(left[charge.order_id], charge.amount_minor)
        if minor > 0 and charge.stripe_id is not None:
            left[charge.order_id] -= minor
            shares.append(_Share(charge.order_id, charge.stripe_id, Money(minor, currency)))
    return shares


def _parts(payout: Payout, shares: Sequence[_Share], *, now: datetime) -> list[PayoutPart]:
    left = Money(payout.amount_minor, payout.currency)
    parts: list[PayoutPart] = []
    for share in shares:
        amount = min(left, share.amount)
        if not amount:
            break
        left -= amount
        at_once = len(parts) < SENT_AT_ONCE
        parts.append(
            PayoutPart(
                payout_id=payout.id,
                order_id=share.order_id,
                charge=share.charge,
                amount_minor=amount.minor,
                currency=amount.currency,
                created_at=now,
                try_at=now + CLAIM if at_once else now,
            )
        )
    assert left == zero(payout.currency), "a payout is no more than its parts"
    return parts


def _views(session: Session, payouts: Sequence[Payout]) -> list[PayoutView]:
    sums = session.exec(
        select(PayoutPart.payout_id, func.sum(PayoutPart.amount_minor))
        .where(
            col(PayoutPart.payout_id).in_([payout.id for payout in payouts]),
            col(PayoutPart.status) == PartStatus.SENT,
        )
        .group_by(col(PayoutPart.payout_id))
    )
    sent = {payout_id: int(minor) for payout_id, minor in sums}
    return [
        PayoutView(
            id=payout.id,
            amount=Money(payout.amount_minor, payout.currency),
            sent=Money(sent.get(payout.id, 0), payout.currency),
            status=PayoutStatus(payout.status),
            created_at=payout.created_at,
            ended_at=payout.ended_at,
        )
        for payout in payouts
    ]


def _open() -> SelectOfScalar[PayoutPart]:
    return select(PayoutPart).where(col(PayoutPart.status) == PartStatus.NEW)


def _queue_up(session: Session, host_id: UUID) -> None:
    db.lock(session, name="payout", key=str(host_id))
