"""The cards that accounts keep, as their owners recognise them, with Stripe's names of them."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select, update
from sqlmodel.sql.expression import SelectOfScalar

from parkplace.accounts.models import User
from parkplace.core import db
from parkplace.core.errors import Conflict, NotFound
from parkplace.payments.answers import SavedCard, card_label
from parkplace.payments.models import PaymentMethod

MOST = 100


class MethodNotFound(NotFound):
    """Raised for a card that is not among the account's own."""

    code = "payment_method_not_found"


class CardExpired(Conflict):
    """Raised when a card is to pay that banks take no more."""

    code = "card_expired"


def label(method: PaymentMethod) -> str:
    """Return what a person recognises a card by: `Visa ···· 4242`."""
    return card_label(method.brand, method.last4)


def keep(
    session: Session, *, user_id: UUID, customer_id: UUID, card: SavedCard, now: datetime
) -> PaymentMethod:
    """Keep a card for an account; the first one is its default, a known one is brought up to date.

    The same number saved again is the same card: its latest saving is what is charged from then on.
    """
    _queue_up(session, user_id)
    kept = session.exec(
        _own(user_id).where(col(PaymentMethod.fingerprint) == card.fingerprint)
    ).first()
    if kept is None:
        first = _default(session, user_id) is None
        kept = PaymentMethod(
            user_id=user_id,
            customer_id=customer_id,
            stripe_id=card.id,
            fingerprint=card.fingerprint,
            brand=card.brand,
            last4=card.last4,
            exp_month=card.exp_month,
            exp_year=card.exp_year,
            is_default=first,
            created_at=now,
        )
    else:
        kept.customer_id, kept.stripe_id = customer_id, card.id
        kept.exp_month, kept.exp_year = card.exp_month, card.exp_year
    session.add(kept)
    session.flush()
    return kept


def of(session: Session, *, user: User) -> list[PaymentMethod]:
    """Return an account's cards: the default first, then the latest."""
    order = (col(PaymentMethod.is_default).desc(), col(PaymentMethod.id).desc())
    return list(session.exec(_own(user.id).order_by(*order).limit(MOST)))


def one(session: Session, *, user: User, method_id: UUID) -> PaymentMethod:
    """Return one of an account's cards.

    Raises:
        MethodNotFound: It has no such card.
    """
    found = session.exec(_own(user.id).where(col(PaymentMethod.id) == method_id)).first()
    if found is None:
        raise _unknown()
    return found


def saved_as(session: Session, *, user: User, stripe_id: str) -> PaymentMethod:
    """Return the card of an account that Stripe calls by this name.

    Raises:
        MethodNotFound: It has no such card, any more.
    """
    found = session.exec(_own(user.id).where(col(PaymentMethod.stripe_id) == stripe_id)).first()
    if found is None:
        raise _unknown()
    return found


def usable(session: Session, *, user: User, method_id: UUID, now: datetime) -> PaymentMethod:
    """Return a card that is to pay for something, and keep it from being forgotten meanwhile.

    Raises:
        MethodNotFound: The account has no such card.
        CardExpired: It is good no more.
    """
    wanted = _own(user.id).where(col(PaymentMethod.id) == method_id)
    method = session.exec(wanted.with_for_update(read=True)).first()
    if method is None:
        raise _unknown()
    if (method.exp_year, method.exp_month) < (now.year, now.month):
        raise CardExpired(f"{label(method)} has expired. Choose another card.")
    return method


def make_default(session: Session, *, user: User, method_id: UUID) -> PaymentMethod:
    """Make a card the one that is offered first.

    Raises:
        MethodNotFound: The account has no such card.
    """
    _queue_up(session, user.id)
    method = one(session, user=user, method_id=method_id)
    _no_default(session, user.id)
    method.is_default = True
    session.flush()
    return method


def mark_forgotten(session: Session, *, method: PaymentMethod, now: datetime) -> None:
    """Show and use a locked card no more; was it the default, the latest of the others is now."""
    was_default = method.is_default
    method.forgotten_at, method.is_default = now, False
    session.flush()
    if was_default:
        latest = _own(method.user_id).order_by(col(PaymentMethod.id).desc())
        next_ = session.exec(latest.limit(1)).first()
        if next_ is not None:
            next_.is_default = True


def lock(session: Session, *, user: User, method_id: UUID) -> PaymentMethod:
    """Return a card that is to be forgotten, once nobody is about to use it.

    Raises:
        MethodNotFound: The account has no such card.
    """
    _queue_up(session, user.id)
    wanted = _own(user.id).where(col(PaymentMethod.id) == method_id).with_for_update()
    method = session.exec(wanted.execution_options(populate_existing=True)).first()
    if method is None:
        raise _unknown()
    return method


def forgotten(session: Session, *, limit: int) -> list[PaymentMethod]:
    """Return cards of which Stripe is still to be told that they are forgotten."""
    marked = select(PaymentMethod).where(col(PaymentMethod.forgotten_at).is_not(None))
    return list(session.exec(marked.order_by(col(PaymentMethod.forgotten_at)).limit(limit)))


def erase(session: Session, *, method_id: UUID) -> None:
    """Forget the last of a card, once Stripe has been told."""
    method = session.get(PaymentMethod, method_id)
    if method is not None:
        session.delete(method)


def _own(user_id: UUID) -> SelectOfScalar[PaymentMethod]:
    return select(PaymentMethod).where(
        col(PaymentMethod.user_id) == user_id, col(PaymentMethod.forgotten_at).is_(None)
    )


def _default(session: Session, user_id: UUID) -> PaymentMethod | None:
    return session.exec(_own(user_id).where(col(PaymentMethod.is_default))).first()


def _no_default(session: Session, user_id: UUID) -> None:
    mine = col(PaymentMethod.user_id) == user_id
    session.exec(
        update(PaymentMethod).where(mine, col(PaymentMethod.is_default)).values(is_default=False)
    )


def _queue_up(session: Session, user_id: UUID) -> None:
    # Two at once would both find no default, and each make one.
    db.lock(session, name="cards", key=str(user_id))


def _unknown() -> MethodNotFound:
    return MethodNotFound("You have no such card. Look at your cards again.")
