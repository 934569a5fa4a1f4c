"""Payers and the saving of their cards: rows around what is typed at Stripe."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select, update

from parkplace.core.ids import new_id
from parkplace.payments.models import CardSetup, Customer, SetupKind, SetupStatus

# Stripe wants a card page to stay open half an hour at least; ours is asked to close an hour after
# its row was written, so asking again later than this would be refused.
ASK_AGAIN_FOR = timedelta(minutes=20)


def customer_for(session: Session, *, email: str, now: datetime) -> Customer:
    """Return the payer with this address, written down on first sight."""
    fresh = insert(Customer).values(id=new_id(), email=email, created_at=now)
    # Changes nothing, but gives back the row that is there already.
    known = fresh.on_conflict_do_update(index_elements=["email"], set_={"email": email})
    return session.scalars(known.returning(Customer)).one()


def known_to_stripe(session: Session, *, customer_id: UUID, stripe_id: str) -> None:
    """Keep Stripe's name of a payer; the first one kept stays."""
    session.exec(
        update(Customer)
        .where(col(Customer.id) == customer_id, col(Customer.stripe_id).is_(None))
        .values(stripe_id=stripe_id)
    )


def payer_of(session: Session, *, payment_method: str) -> Customer | None:
    """Return who saved a card; None when it was not saved through us."""
    saved = select(Customer).join(CardSetup, col(CardSetup.customer_id) == Customer.id)
    return session.exec(saved.where(col(CardSetup.payment_method) == payment_method)).first()


def setup_for(
    session: Session,
    *,
    order_id: UUID | None,
    customer: Customer,
    user_id: UUID | None,
    now: datetime,
) -> CardSetup:
    """Return the visit to the card page that is under way, or begin one.

    Args:
        session: The open transaction.
        order_id: What the card is to pay; None when an account only keeps it.
        customer: Who will pay.
        user_id: Whose card it will be; None for a guest's.
        now: The current instant.
    """
    asked = and_(
        col(CardSetup.status) == SetupStatus.NEW, col(CardSetup.created_at) > now - ASK_AGAIN_FOR
    )
    open_ = and_(col(CardSetup.status) == SetupStatus.OPEN, col(CardSetup.expires_at) > now)
    under_way = session.exec(
        select(CardSetup)
        .where(*_visits(order_id, user_id), or_(asked, open_))
        .order_by(col(CardSetup.created_at).desc())
    ).first()
    if under_way is not None:
        return under_way
    begun = CardSetup(order_id=order_id, user_id=user_id, customer_id=customer.id, created_at=now)
    session.add(begun)
    return begun


def begin_intent(
    session: Session,
    *,
    customer: Customer,
    user_id: UUID | None,
    order_id: UUID | None,
    now: datetime,
) -> CardSetup:
    """Begin the saving of a card outside Stripe's page, for an account, an order, or both."""
    begun = CardSetup(
        kind=SetupKind.INTENT,
        order_id=order_id,
        user_id=user_id,
        customer_id=customer.id,
        created_at=now,
    )
    session.add(begun)
    session.flush()
    return begun


def setup(session: Session, *, setup_id: UUID) -> tuple[CardSetup, Customer]:
    """Return a saving of a card and who will pay with it."""
    begun = session.get_one(CardSetup, setup_id)
    return begun, session.get_one(Customer, begun.customer_id)


def opened(
    session: Session,
    *,
    setup_id: UUID,
    stripe_id: str,
    url: str | None = None,
    expires_at: datetime | None = None,
) -> None:
    """Keep what Stripe calls the saving of a card, and where its page is when it has one."""
    session.exec(
        update(CardSetup)
        .where(col(CardSetup.id) == setup_id, col(CardSetup.status) == SetupStatus.NEW)
        .values(status=SetupStatus.OPEN, stripe_id=stripe_id, url=url, expires_at=expires_at)
    )


def completed(session: Session, *, setup_id: UUID, payment_method: str, card: str) -> bool:
    """Keep the card that was saved; False if this was known before."""
    changed = session.exec(
        update(CardSetup)
        .where(col(CardSetup.id) == setup_id, col(CardSetup.status) == SetupStatus.OPEN)
        .values(status=SetupStatus.COMPLETE, payment_method=payment_method, card=card)
    )
    return changed.rowcount == 1


def expired(session: Session, *, setup_id: UUID) -> None:
    """Take note that Stripe ended it without a card."""
    session.exec(
        update(CardSetup)
        .where(col(CardSetup.id) == setup_id, col(CardSetup.status) == SetupStatus.OPEN)
        .values(status=SetupStatus.EXPIRED)
    )


def open_setup(session: Session, *, order_id: UUID) -> CardSetup | None:
    """Return the visit to Stripe's page that has not come to an end, newest first."""
    return session.exec(
        select(CardSetup)
        .where(*_visits(order_id), col(CardSetup.status) == SetupStatus.OPEN)
        .order_by(col(CardSetup.created_at).desc())
    ).first()


def open_setup_of(session: Session, *, user_id: UUID) -> CardSetup | None:
    """Return the visit of an account that only saves a card, if one has not come to an end."""
    return session.exec(
        select(CardSetup)
        .where(*_visits(None, user_id), col(CardSetup.status) == SetupStatus.OPEN)
        .order_by(col(CardSetup.created_at).desc())
    ).first()


def setup_by_stripe_id(session: Session, *, stripe_id: str) -> CardSetup | None:
    """Return the saving of a card that Stripe calls by this name."""
    return session.exec(select(CardSetup).where(col(CardSetup.stripe_id) == stripe_id)).first()


def open_setups(session: Session, *, since: datetime, limit: int) -> list[CardSetup]:
    """Return savings of cards under way that began after `since`.

    Of more than `limit` they are any: asked again, others come, and none waits behind the rest.
    """
    found = session.exec(
        select(CardSetup)
        .where(col(CardSetup.status) == SetupStatus.OPEN, col(CardSetup.created_at) > since)
        .order_by(func.random())
        .limit(limit)
    )
    return list(found)


def _visits(order_id: UUID | None, user_id: UUID | None = None) -> list[ColumnElement[bool]]:
    """Return what tells visits to Stripe's page for an order, or for no order of an account."""
    page = col(CardSetup.kind) == SetupKind.PAGE
    if order_id is not None:
        return [page, col(CardSetup.order_id) == order_id]
    return [page, col(CardSetup.order_id).is_(None), col(CardSetup.user_id) == user_id]
