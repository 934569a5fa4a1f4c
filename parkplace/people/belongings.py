"""What belongs to whom, where a row does not say so by itself.

A guest is known by an e-mail address alone. What a guest of an address did belongs to the account
with that address only once the account has proved that the address is theirs: anybody can sign up
with anybody's.
"""

from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    cast,
    false,
    func,
    literal,
    or_,
    true,
    union_all,
)
from sqlmodel import col, select

from parkplace.accounts.models import User
from parkplace.bookings.models import Booking
from parkplace.notifications.models import Email, EmailStatus
from parkplace.payments.models import Customer
from parkplace.reports.models import Report
from parkplace.spaces.models import Space

# Behind the first colon of a letter's key stands what it is about.
_about = func.split_part(col(Email.dedupe_key), ":", 2)


@dataclass(frozen=True, slots=True)
class Person:
    """By what somebody is found: their account, and the address that it has.

    Attributes:
        email: Empty when it is forgotten already.
        proven: Whether the address is theirs for certain.
    """

    id: UUID
    email: str = ""
    proven: bool = False

    @classmethod
    def of(cls, user: User) -> Self:
        """Return by what an account's things are found."""
        return cls(user.id, user.email, user.email_verified_at is not None)

    def bookings(self) -> ColumnElement[bool]:
        """The bookings of a driver, and those made as a guest with their proven address."""
        return or_(col(Booking.driver_id) == self.id, and_(self._proven, self._as_guest()))

    def reports(self) -> ColumnElement[bool]:
        """The reports that somebody filed, with their account or by their proven address."""
        return or_(col(Report.reporter_id) == self.id, and_(self._proven, self._filed_as_guest()))

    def letters(self) -> ColumnElement[bool]:
        """The letters that somebody got; with an address not proven, those about their own."""
        to_them = col(Email.to_address) == self.email
        return to_them if self.proven else and_(to_them, _about.in_(union_all(*self._own())))

    def letters_to_them(self) -> ColumnElement[bool]:
        """The same, and all else that went to their address but what a guest of it is told."""
        to_them = and_(col(Email.to_address) == self.email, literal(self.email) != "")
        if self.proven:
            return to_them
        stays = select(_text(Booking.id)).where(self._as_guest())
        reports = select(_text(Report.id)).where(self._filed_as_guest())
        return and_(to_them, _about.not_in(stays), _about.not_in(reports))

    def letters_about_them(self) -> ColumnElement[bool]:
        """The letters, to whomever, that name their things and have left."""
        hosted = select(_text(Booking.id)).join(Space, col(Space.id) == Booking.space_id)
        named = (*self._own(), hosted.where(col(Space.host_id) == self.id))
        return and_(_about.in_(union_all(*named)), col(Email.status) != EmailStatus.QUEUED)

    def customers(self) -> ColumnElement[bool]:
        """The payer with their address, unless somebody else pays with that address too."""
        others = select(Booking.id).where(
            col(Booking.email) == self.email, self.bookings().is_not(true())
        )
        return and_(col(Customer.email) == self.email, ~others.exists())

    @property
    def _proven(self) -> ColumnElement[bool]:
        return true() if self.proven and self.email else false()

    def _as_guest(self) -> ColumnElement[bool]:
        return and_(col(Booking.driver_id).is_(None), col(Booking.email) == self.email)

    def _filed_as_guest(self) -> ColumnElement[bool]:
        return and_(col(Report.reporter_id).is_(None), col(Report.email) == self.email)

    def _own(self) -> tuple[Select[str], ...]:
        return (
            select(_text(Booking.id)).where(self.bookings()),
            select(_text(Report.id)).where(self.reports()),
            select(literal(str(self.id))),
        )


def _text(column: Any) -> ColumnElement[str]:  # noqa: ANN401 - SQLModel types columns as values
    return cast(column, String)
