"""A person with something in every table, under a name that stands nowhere else."""

import io
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from PIL import Image
from sqlmodel import Session, select

from parkplace.accounts import identity, papers, profiles, sessions, tokens, vehicles
from parkplace.accounts.models import PaperKind, User
from parkplace.accounts.origin import Origin
from parkplace.accounts.passwords import hash_password
from parkplace.accounts.profiles import ProfileChanges
from parkplace.accounts.vehicles import Draft
from parkplace.bookings import clockwork, holding, service
from parkplace.bookings.access import Caller
from parkplace.bookings.models import Booking, PaymentStatus
from parkplace.core.idempotency import once
from parkplace.core.money import Money
from parkplace.notifications.account_letters import welcome
from parkplace.notifications.models import Email, EmailStatus
from parkplace.payments import attempts, cards, ledger
from parkplace.payments.models import AttemptKind, AttemptStatus
from parkplace.reports import service as reports
from parkplace.reports.models import ReportKind
from parkplace.spaces import photos
from parkplace.spaces.models import Space
from tests import factories as make
from tests.factories import HOUR, NOW, period

MARK = "quill"  # in every name, address and plate of the person, and nowhere else
PASSWORD = "plum harbour trellis nine"
NAME, EMAIL, PLATE = "Quilla Quillfeather", "quilla@quill.example.com", "QUILL77"
HERE = Origin.of(address="203.0.113.7", device="Firefox")
OVER = NOW + 6 * HOUR


@dataclass
class Life:
    """Who it is, and what of theirs others share in."""

    user: User
    booked: Booking
    as_guest: Booking
    garage: Space
    hosted: Booking
    guest: User


def picture(colour: str = "red") -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (400, 300), colour).save(made, "JPEG")
    return made.getvalue()


def lived(session: Session, *, verified: bool = True) -> Life:
    """Everything that a person does here, none of it open any more."""
    user = User(email=EMAIL, name=NAME, password_hash=hash_password(PASSWORD), created_at=NOW)
    user.email_verified_at = NOW if verified else None
    session.add(user)
    session.flush()
    _account(session, user)
    owen, sam = make.owen(session), make.sam(session)
    lot = make.space(session, owen, title="Lot", capacity=9)
    booked = stayed(session, user, lot)
    as_guest = stayed(session, None, lot)
    _cancelled(session, user, lot)
    garage = make.space(
        session, user, title="Quillfeather garage", description="Ask for Quilla.",
        instructions="Ring at Quillfeather.", capacity=2,
    )  # fmt: skip
    user.is_host = True
    photo = photos.keep(picture("blue"))
    photos.add(session, actor=user, space_id=garage.id, picture=photo, caption=NAME, now=NOW)
    hosted = stayed(session, sam, garage)
    _declined(session, user, sam)
    for reporter in (user, None):
        reports.file(
            session, reporter=reporter, plate="KLM 4821", kind=ReportKind.BLOCKING,
            description="It stands across two bays.", email=EMAIL, now=NOW,
        )  # fmt: skip
    once(session, scope=f"POST bookings guest {EMAIL.title()}", key="k", request={}, now=NOW,
         answer=dict)  # fmt: skip
    clockwork_ends(session)
    return Life(user, booked, as_guest, garage, hosted, sam)


def stayed(session: Session, driver: User | None, where: Space) -> Booking:
    """A stay from one to three hours from now that was paid for, and is over."""
    booking = holding.hold(
        session,
        caller=Caller(user=driver),
        space_id=where.id,
        period=period(1, 2),
        email=None if driver else EMAIL,
        plate=PLATE if driver is None or driver.email == EMAIL else "SAM 1",
        now=NOW,
    )
    customer = cards.customer_for(session, email=booking.email, now=NOW)
    customer.stripe_id = f"cus_{customer.id.hex}"
    setup = cards.setup_for(
        session, order_id=booking.id, user_id=booking.driver_id, customer=customer, now=NOW
    )
    setup.card, setup.payment_method = "Visa ···· 4242", f"pm_{setup.id.hex}"
    make.saved(session, booking.id)
    booking.payment_method = setup.payment_method
    session.flush()
    return booking


def clockwork_ends(session: Session) -> None:
    """Let every stay end and its letters leave, with the money moved."""
    session.commit()
    clockwork.end_stays(now=OVER)
    session.expire_all()
    for booking in session.exec(select(Booking)).all():
        if booking.payment_status == PaymentStatus.DUE:
            paid(session, booking)
    for letter in session.exec(select(Email)).all():
        letter.status = EmailStatus.SENT
    session.commit()


def paid(session: Session, booking: Booking) -> None:
    """Let a stay be charged, and the host have been paid."""
    amount = Money(800, "USD")
    attempt = attempts.begin(
        session, order_id=booking.id, kind=AttemptKind.CHARGE, amount=amount,
        params={"customer": "cus_1"}, now=OVER,
    )  # fmt: skip
    session.flush()
    attempts.settle(
        session, attempt_id=attempt.id, status=AttemptStatus.SUCCEEDED, stripe_id="pi_1",
        decline_code=None, now=OVER,
    )  # fmt: skip
    ledger.charged(session, order_id=booking.id, amount=amount, now=OVER)
    booking.payment_status, booking.next_charge_at = PaymentStatus.PAID, None
    host = session.get_one(Space, booking.space_id).host_id
    # What pays a host out is the opposite of what was owed to them.
    ledger.stay_ended(session, order_id=booking.id, host_id=host, amount=-amount, now=OVER)
    session.flush()


def _account(session: Session, user: User) -> None:
    profiles.change(
        session,
        user=user,
        changes=ProfileChanges(public_name="Quilla", about="Quill drives.", locale="en_GB"),
        now=NOW,
    )
    profiles.set_photo(session, user=user, key=profiles.keep_photo(picture()))
    vehicles.add(session, user=user, draft=Draft(plate=PLATE, nickname="Quillmobile"), now=NOW)
    sessions.open_session(session, user=user, origin=HERE, now=NOW)
    sessions.issue_code(session, user_id=user.id, now=NOW)
    tokens.issue(session, user=user, origin=HERE, now=NOW)
    welcome(session, user=user, now=NOW)
    sent = papers.keep([picture("white"), b"%PDF-1.7 passport of Quilla"])
    identity.submit(
        session, user=user, kind=PaperKind.PASSPORT, documents=sent, origin=HERE, now=NOW
    )
    answer: dict[str, Any] = {"plate": PLATE}
    once(session, scope=f"POST vehicles {user.id}", key="k", request={}, now=NOW,
         answer=lambda: answer)  # fmt: skip


def _cancelled(session: Session, user: User, lot: Space) -> UUID:
    booking = make.confirmed(session, lot, user, period(4, 1))
    booking.plate = PLATE
    session.flush()
    why = "Quilla is ill."
    service.cancel(session, booking_id=booking.id, caller=Caller(user=user), why=why, now=NOW)
    return booking.id


def _declined(session: Session, host: User, sam: User) -> None:
    yard = make.space(session, host, title="Quill yard", instant=False)
    asked = make.confirmed(session, yard, sam, period(4, 1))
    service.decline(
        session, booking_id=asked.id, caller=Caller(user=host), why="Quilla says no.", now=NOW
    )
