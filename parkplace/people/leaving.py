"""Deleting an account: refused while anything is open, otherwise all of it in one transaction."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, or_, select

from parkplace.accounts import passwords, second_factor, standing
from parkplace.accounts.audit import Action, note
from parkplace.accounts.models import User
from parkplace.accounts.origin import Origin
from parkplace.accounts.ownership import WrongPassword
from parkplace.accounts.revoking import end_sessions
from parkplace.bookings.models import Booking, BookingStatus, PaymentStatus
from parkplace.core.errors import Conflict
from parkplace.payments.attempts import OPEN
from parkplace.payments.models import Account, Attempt, LedgerEntry
from parkplace.people.belongings import Person
from parkplace.people.forgetting import empty_account, forget
from parkplace.people.models import Departure
from parkplace.spaces import hosts
from parkplace.spaces.models import Space

_STANDING = (BookingStatus.REQUESTED, BookingStatus.CONFIRMED, BookingStatus.ACTIVE)
_OWED = (PaymentStatus.DUE, PaymentStatus.NEEDS_ACTION, PaymentStatus.FAILED)


class PasswordNotSet(Conflict):
    """Raised when somebody has no password to repeat."""

    code = "password_not_set"


class BookingsAhead(Conflict):
    """Raised while somebody has bookings ahead, or stands in a bay."""

    code = "bookings_ahead"


class SpacesInUse(Conflict):
    """Raised while spaces of somebody are booked."""

    code = "spaces_in_use"


class MoneyOpen(Conflict):
    """Raised while somebody owes money, or is owed some."""

    code = "money_open"


def leave(
    session: Session,
    *,
    user: User,
    password: str,
    code: str | None = None,
    origin: Origin,
    now: datetime,
) -> None:
    """Delete one's own account, for good.

    Call `flows.finish` once this is committed: it removes files and cards.

    Args:
        session: The open transaction.
        user: Whose account.
        password: What they typed; count attempts around it.
        code: A code of their app or a recovery code, with two-factor sign-in.
        origin: From where.
        now: The current instant.

    Raises:
        AccountUnknown: It was deleted already.
        WrongPassword, PasswordNotSet: It is not proven that they are the owner.
        SecondFactorNeeded, WrongCode, TooMany: As for `second_factor.prove`.
        LastAdmin: Nobody else is an admin.
        BookingsAhead, SpacesInUse, MoneyOpen: Something is open, and what to do about it.
    """
    row = _alone(session, user.id)
    if not row.password_hash.startswith("$"):
        raise PasswordNotSet(
            "Your account has no password. Choose one with a link to reset it, then delete it."
        )
    if not passwords.verify(password, row.password_hash):
        raise WrongPassword("This is not your password. Type it again.", field="password")
    second_factor.prove(session, user=row, code=code, origin=origin, now=now)
    _leave(session, row, by=row, origin=origin, now=now)


def remove(session: Session, *, admin: User, user_id: UUID, origin: Origin, now: datetime) -> None:
    """Delete somebody's account, as an admin; for one's own there is `leave`.

    Raises:
        AdminsOnly: They are none.
        OwnCase: It is their own.
        As `leave` does.
    """
    standing.in_turn(session)
    by = standing.require_admin(session, actor=admin)
    if by.id == user_id:
        raise standing.OwnCase("Delete your own account on your account page.")
    _leave(session, _alone(session, user_id), by=by, origin=origin, now=now)


def obstacle(session: Session, *, user: User, now: datetime) -> Conflict | None:
    """Return why an account cannot be deleted yet, and what to do about it; None when it can."""
    person = Person.of(user)
    ahead = select(Booking.id).where(_stands(now))
    if session.exec(ahead.where(person.bookings()).limit(1)).first() is not None:
        return BookingsAhead(
            "You have bookings ahead, or one that is running. Cancel or end them first."
        )
    hosted = ahead.join(Space, col(Space.id) == Booking.space_id)
    if session.exec(hosted.where(col(Space.host_id) == user.id).limit(1)).first() is not None:
        return SpacesInUse(
            "Your spaces are booked. Pause them and wait for the last stay, or cancel the bookings."
        )
    if _owes(session, person):
        return MoneyOpen("A payment of yours is open. Pay it, then delete your account.")
    if _is_owed(session, user):
        return MoneyOpen(
            "You have earnings that were not paid out. Have them paid, then delete your account."
        )
    return None


def _alone(session: Session, user_id: UUID) -> User:
    """Return an account that nobody else changes meanwhile, and nobody books with any more."""
    standing.in_turn(session)
    row = standing.person(session, user_id=user_id)
    hosts.hold_still(session, host_id=user_id)
    return row


def _leave(session: Session, row: User, *, by: User, origin: Origin, now: datetime) -> None:
    standing.require_another_admin(session, than=row)
    if (refusal := obstacle(session, user=row, now=now)) is not None:
        raise refusal
    portrait = row.photo_key
    remains = forget(session, person=Person.of(row), now=now)
    empty_account(row, now=now)
    session.flush()
    end_sessions(session, user_id=row.id)
    things = {name: list(names) for name, names in asdict(remains).items()}
    session.add(Departure(user_id=row.id, at=now, portrait=portrait, **things))
    action = Action.ACCOUNT_DELETED
    note(session, action=action, actor=by, subject_id=row.id, origin=origin, now=now)


def _stands(now: datetime) -> ColumnElement[bool]:
    held = (col(Booking.status) == BookingStatus.HELD) & (col(Booking.expires_at) > now)
    return or_(held, col(Booking.status).in_(_STANDING))


def _owes(session: Session, person: Person) -> bool:
    theirs = select(Booking.id).where(person.bookings())
    owed = theirs.where(col(Booking.payment_status).in_(_OWED)).limit(1)
    under_way = (
        select(Attempt.id)
        .where(col(Attempt.order_id).in_(theirs), col(Attempt.status).in_(OPEN))
        .limit(1)
    )
    return any(session.exec(query).first() is not None for query in (owed, under_way))


def _is_owed(session: Session, host: User) -> bool:
    query = (
        select(LedgerEntry.currency)
        .where(col(LedgerEntry.account) == Account.HOST, col(LedgerEntry.owner_id) == host.id)
        .group_by(col(LedgerEntry.currency))
        .having(func.sum(LedgerEntry.amount_minor) != 0)
    )
    return session.exec(query.limit(1)).first() is not None
