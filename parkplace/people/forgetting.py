"""Taking a person out of every table, and leaving what accounts must keep.

What is kept is who owes what to whom and why: bookings with their times, amounts and references,
the ledger, attempts to charge. It no longer says who that was. Doing it again changes nothing, so
what slipped in while the first time was under way is caught by a second.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, func, or_
from sqlmodel import Session, col, delete, select, update

from parkplace.accounts import identity
from parkplace.accounts.emails import is_no_address, no_address
from parkplace.accounts.models import User
from parkplace.bookings.models import Booking, BookingEvent, BookingStatus
from parkplace.core.columns import metadata
from parkplace.core.models import IdempotencyKey
from parkplace.notifications.models import Email
from parkplace.payments.models import CardSetup, Customer, Payee, PaymentMethod
from parkplace.people.belongings import Person
from parkplace.reports.models import Report
from parkplace.spaces import hosts
from parkplace.spaces.models import Space

NAME = "Deleted person"
# What stands in the place of a card that was saved: that there was one matters to hosts' lists.
NO_CARD = "forgotten"
_WORDS_OF_PEOPLE = (BookingStatus.CANCELLED, BookingStatus.DECLINED)


@dataclass(frozen=True, slots=True)
class Remains:
    """What is left to do outside the database; see `models.Departure`."""

    customers: tuple[str, ...]
    cards: tuple[str, ...]
    pictures: tuple[str, ...]
    papers: tuple[str, ...]


def forget(session: Session, *, person: Person, now: datetime) -> Remains:
    """Take somebody out of every table but their account's own row.

    Args:
        session: The open transaction.
        person: Whom; with an address not proven, what a guest of it did stays the guest's.
        now: The current instant.
    """
    papers = identity.file_names(session, user_id=person.id)
    for letters in (person.letters_about_them(), person.letters_to_them()):
        session.exec(delete(Email).where(letters).execution_options(synchronize_session=False))
    customers, cards = _payments(session, person, now=now)
    _events(session, person)
    _bookings(session, person)
    reports = update(Report).where(person.reports()).values(email=None)
    session.exec(reports.execution_options(synchronize_session=False))
    booked = select(Booking.space_id).join(Space, col(Space.id) == Booking.space_id)
    kept = session.exec(booked.where(col(Space.host_id) == person.id).distinct()).all()
    pictures = hosts.forget(session, host_id=person.id, kept=kept, now=now)
    _whose_rows_go(session, person.id)
    _answers(session, person)
    return Remains(customers, cards, tuple(pictures), tuple(sorted(papers)))


def empty_account(user: User, *, now: datetime) -> None:
    """Leave of an account that there was one, and since when there is not.

    Every column has its first value again, those too that come to be later.
    """
    kept = {"id", "created_at", "email", "name", "password_hash", "suspended_at", "deleted_at"}
    for name, field in User.model_fields.items():
        if name not in kept:
            setattr(user, name, field.get_default(call_default_factory=True))
    user.email, user.name, user.password_hash = no_address(user.id), NAME, "!"
    user.suspended_at = user.deleted_at = now


def _payments(
    session: Session, person: Person, *, now: datetime
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Forget payers and the cards they saved; return Stripe's names of both."""
    payers = _payers(session, person)
    known = select(Booking.payment_method).where(
        person.bookings(),
        col(Booking.payment_method).is_not(None),
        col(Booking.payment_method) != NO_CARD,
        col(Booking.email).not_in([payer.email for payer in payers]),
    )
    cards = {card for card in session.exec(known) if card is not None}
    own = col(CardSetup.order_id).in_(select(Booking.id).where(person.bookings()))
    theirs = col(CardSetup.customer_id).in_([payer.id for payer in payers])
    session.exec(
        update(CardSetup)
        .where(or_(own, theirs))
        .values(payment_method=None, card="", url=None)
        .execution_options(synchronize_session=False)
    )
    cards |= _kept_cards(session, person.id, now=now)
    for payer in payers:
        payer.email = no_address(payer.id)
    payee = session.get(Payee, person.id)
    if payee is not None:
        payee.email = no_address(person.id)
    session.flush()
    names = {payer.stripe_id for payer in payers if payer.stripe_id is not None}
    return tuple(sorted(names)), tuple(sorted(cards))


def _kept_cards(session: Session, user_id: UUID, *, now: datetime) -> set[str]:
    """Forget what cards somebody kept; return Stripe's names of those not detached yet."""
    kept = session.exec(
        select(PaymentMethod).where(
            col(PaymentMethod.user_id) == user_id, col(PaymentMethod.fingerprint) != NO_CARD
        )
    ).all()
    for card in kept:
        card.forgotten_at, card.is_default = card.forgotten_at or now, False
        card.fingerprint, card.brand, card.last4 = NO_CARD, "", ""
    session.flush()
    return {card.stripe_id for card in kept}


def _payers(session: Session, person: Person) -> list[Customer]:
    """Return who they are as payers, by every address that they ever booked with."""
    used = select(Booking.email).where(person.bookings()).distinct()
    found: list[Customer] = []
    for address in {person.email, *session.exec(used)}:
        if address and not is_no_address(address):
            as_then = Person(person.id, address, person.proven and address == person.email)
            found += session.exec(select(Customer).where(as_then.customers()))
    return found


def _events(session: Session, person: Person) -> None:
    """Forget what they wrote to the other side; what we wrote says nothing of them."""
    own = select(Booking.id).where(person.bookings())
    as_driver = col(BookingEvent.actor).in_(["driver", "guest"])
    by_them = or_(
        col(BookingEvent.actor_id) == person.id,
        col(BookingEvent.booking_id).in_(own) & as_driver,
    )
    session.exec(
        update(BookingEvent)
        .where(by_them, col(BookingEvent.to_status).in_(_WORDS_OF_PEOPLE))
        .values(why="")
        .execution_options(synchronize_session=False)
    )


def _bookings(session: Session, person: Person) -> None:
    saved = col(Booking.payment_method).is_not(None)
    session.exec(
        update(Booking)
        .where(person.bookings())
        .values(
            email=no_address(person.id),
            plate="",
            plate_region="",
            card="",
            payment_method=case((saved, NO_CARD), else_=None),
        )
        .execution_options(synchronize_session=False)
    )


def _whose_rows_go(session: Session, user_id: UUID) -> None:
    """Delete the rows of every table that says of itself that its rows go with their person."""
    session.flush()
    for table in metadata().sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name == User.__tablename__ and key.ondelete == "CASCADE":
                session.connection().execute(table.delete().where(key.parent == user_id))


def _answers(session: Session, person: Person) -> None:
    """Forget the answers that programs of theirs may ask for again."""
    scope = func.lower(col(IdempotencyKey.scope))
    theirs = func.strpos(scope, str(person.id)) > 0
    if person.proven:
        # A guest's scope ends with the address as they typed it.
        theirs |= func.right(scope, len(person.email) + 1) == f" {person.email}"
    gone = delete(IdempotencyKey).where(theirs)
    session.exec(gone.execution_options(synchronize_session=False))
