from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from parkplace.accounts.emails import BadEmail
from parkplace.accounts.manage_links import manage_token
from parkplace.bookings import fresh_links
from parkplace.bookings.models import Booking
from parkplace.core.ids import new_reference, read_reference
from parkplace.notifications.models import Email
from tests import factories as make
from tests.factories import NOW, period
from tests.statements import statements

GUEST = "guest@example.com"


@pytest.fixture
def booking(session: Session) -> Booking:
    made = make.confirmed(session, make.space(session, make.owen(session)), None, period(1, 1))
    session.commit()
    return made


def letters(session: Session) -> list[Email]:
    return list(session.exec(select(Email).where(col(Email.kind) == "fresh_link")))


@pytest.mark.parametrize("spelled", ["{}", " {} ", "lower", "blank", "none"])
def test_the_link_comes_however_the_reference_is_typed(
    session: Session, booking: Booking, spelled: str
) -> None:
    typed = {
        "lower": booking.reference.lower(),
        "blank": booking.reference.replace("-", " "),
        "none": booking.reference.replace("-", ""),
    }.get(spelled, spelled.format(booking.reference))
    fresh_links.send(session, email="Guest@Example.com", reference=typed, now=NOW)
    (letter,) = letters(session)
    assert letter.to_address == GUEST
    assert f"/g/{manage_token(booking.id)}" in letter.text


def test_who_does_not_know_both_gets_nothing(session: Session, booking: Booking) -> None:
    other = make.held(
        session, make.space(session, make.sam(session)), make.dana(session), period(1, 1)
    )
    for email, reference in (
        ("sam@example.com", booking.reference),
        (GUEST, new_reference()),
        (GUEST, ""),
        (GUEST, "%"),
        (GUEST, other.reference),
        # Who has an account signs in: a letter alone does not open what is theirs.
        ("dana@example.com", other.reference),
    ):
        fresh_links.send(session, email=email, reference=reference, now=NOW)
    assert not letters(session)


def test_the_same_work_is_done_for_a_booking_that_is_not_there(
    session: Session, booking: Booking
) -> None:
    said: list[list[str]] = []
    for reference in (booking.reference, new_reference()):
        with statements() as these:
            fresh_links.send(session, email=GUEST, reference=reference, now=NOW)
        said.append([statement.split()[0] for statement in these])
    assert said[0] == said[1]


def test_impatience_sends_one_letter_a_minute(session: Session, booking: Booking) -> None:
    for seconds in (0, 1, 30, 61):
        now = NOW + timedelta(seconds=seconds)
        fresh_links.send(session, email=GUEST, reference=booking.reference, now=now)
    assert len(letters(session)) == 2


def test_what_is_no_address_is_said_so(session: Session) -> None:
    with pytest.raises(BadEmail):
        fresh_links.send(session, email="guest", reference="8Q4-KX2H", now=NOW)


def test_a_reference_is_read_as_it_is_written() -> None:
    for _ in range(50):
        reference = new_reference()
        assert read_reference(reference) == read_reference(reference.lower()) == reference
