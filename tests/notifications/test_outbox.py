from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from parkplace.accounts.emails import BadEmail, no_address
from parkplace.accounts.models import OptionalLetter, User
from parkplace.accounts.service import EmailTaken
from parkplace.core.db import transaction
from parkplace.core.ids import new_id
from parkplace.core.links import link
from parkplace.notifications.messages import Confirmed, Ended, Message, Welcome
from parkplace.notifications.models import Email, EmailStatus
from parkplace.notifications.outbox import queue, tidy
from parkplace.notifications.queries import letter, mailbox
from parkplace.notifications.sign_up import sign_up
from tests.accounts.at_once import at_once
from tests.accounts.people import PASSWORD, person
from tests.notifications.letters import COST, EVERY_KIND, HOUR, NOW, STAY, URL

WELCOME = Welcome(url=URL)


def tell_dana(session: Session, *, key: str, message: Message = WELCOME) -> None:
    queue(session, message=message, to="dana@example.com", now=NOW, dedupe_key=key)


@pytest.mark.parametrize("message", EVERY_KIND, ids=lambda message: message.kind)
def test_every_kind_waits_to_be_sent(session: Session, message: Message) -> None:
    queue(session, message=message, to=" Dana@Example.com", now=NOW, dedupe_key="one")
    email = session.exec(select(Email)).one()
    assert (email.kind, email.to_address) == (message.kind, "dana@example.com")
    assert (email.status, email.attempts, email.due_at) == (EmailStatus.QUEUED, 0, NOW)
    assert email.subject
    assert email.text
    assert email.html.startswith("<!doctype html>")
    assert email.created_at == NOW


def test_one_occasion_is_written_once(session: Session) -> None:
    tell_dana(session, key="welcome:1")
    tell_dana(session, key="welcome:1", message=replace(WELCOME, url="https://other.example"))
    tell_dana(session, key="welcome:2")
    texts = [email.text for email in session.exec(select(Email))]
    assert len(texts) == 2
    assert not [text for text in texts if "other.example" in text]


@pytest.mark.usefixtures("committed_database")
def test_one_occasion_seen_by_many_at_once_is_written_once() -> None:
    def tell(_worker: int) -> None:
        with transaction() as session:
            tell_dana(session, key="ended:1")

    at_once(tell, range(6))
    with transaction() as session:
        assert len(session.exec(select(Email)).all()) == 1


@pytest.mark.usefixtures("committed_database")
def test_a_letter_stands_or_falls_with_its_cause() -> None:
    def tell_in_vain() -> None:
        with transaction() as session:
            tell_dana(session, key="welcome:1")
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        tell_in_vain()
    with transaction() as session:
        assert session.exec(select(Email)).all() == []


@pytest.mark.parametrize(
    "to",
    [
        "dana@example.com\r\nBcc: all@example.com",
        "dana@example.com, sam@example.com",
        "dana",
        "Dana <dana@example.com>\n",
    ],
)
def test_a_letter_goes_to_one_address(session: Session, to: str) -> None:
    with pytest.raises(BadEmail):
        queue(session, message=WELCOME, to=to, now=NOW, dedupe_key="one")
    assert session.exec(select(Email)).all() == []


def test_the_mailbox_shows_the_newest_first(session: Session) -> None:
    for number in range(4):
        queue(
            session,
            message=WELCOME,
            to=f"dana{number}@example.com",
            now=NOW + number * HOUR,
            dedupe_key=str(number),
        )
    shown = mailbox(session, limit=3)
    addresses = [email.to_address for email in shown]
    assert addresses == ["dana3@example.com", "dana2@example.com", "dana1@example.com"]
    assert letter(session, letter_id=shown[0].id) == shown[0]
    assert letter(session, letter_id=new_id()) is None


def test_who_signs_up_is_welcomed(session: Session) -> None:
    typed = "Dana, see http://evil.example"
    user = sign_up(session, email="Dana@example.com", name=typed, password=PASSWORD, now=NOW)
    (email,) = mailbox(session)
    assert (email.kind, email.to_address) == ("welcome", user.email)
    assert link("/") in email.text
    # Anyone can type anyone's address: what else they typed must not reach it.
    assert "evil" not in email.text + email.html + email.subject


def test_who_cannot_sign_up_is_not_welcomed(session: Session) -> None:
    sign_up(session, email="dana@example.com", name="Dana", password=PASSWORD, now=NOW)
    with pytest.raises(EmailTaken):
        sign_up(session, email="dana@example.com", name="Sam", password=PASSWORD, now=NOW)
    assert len(mailbox(session)) == 1
    assert len(session.exec(select(User)).all()) == 1


def test_a_title_with_a_line_break_makes_one_subject(session: Session) -> None:
    confirmed = replace(EVERY_KIND[1], stay=replace(STAY, space="Garage\r\nBcc: all@example.com"))
    tell_dana(session, key="one", message=confirmed)
    email = session.exec(select(Email)).one()
    assert email.subject.startswith("Confirmed: Garage Bcc: all@example.com, ")
    assert "\n" not in email.subject


def test_letters_that_left_are_forgotten_after_a_month(session: Session) -> None:
    tell_dana(session, key="welcome:1")
    tell_dana(session, key="welcome:2")
    sent = session.exec(select(Email)).first()
    assert sent is not None
    sent.status = EmailStatus.SENT
    session.flush()
    tidy(session, now=NOW + timedelta(days=29))
    assert len(session.exec(select(Email)).all()) == 2
    tidy(session, now=NOW + timedelta(days=31))
    assert [email.status for email in session.exec(select(Email))] == [EmailStatus.QUEUED]


def dana_without(session: Session, *muted: str) -> User:
    user = person(session, "Dana")
    user.muted_letters = list(muted)
    session.flush()
    return user


def kinds(session: Session) -> list[str]:
    return sorted(session.exec(select(Email.kind)))


def test_a_letter_that_somebody_does_without_is_not_written(session: Session) -> None:
    dana_without(session, *OptionalLetter)
    for number, message in enumerate(EVERY_KIND):
        tell_dana(session, key=str(number), message=message)
        queue(session, message=message, to="sam@example.com", now=NOW, dedupe_key=f"sam:{number}")
    to_dana = select(Email.kind).where(Email.to_address == "dana@example.com")
    every = {message.kind for message in EVERY_KIND}
    assert set(session.exec(to_dana)) == every - set(OptionalLetter)
    assert len(session.exec(select(Email)).all()) == 2 * len(every) - len(OptionalLetter)


def test_what_can_be_done_without_is_a_kind_of_letter_and_never_about_money_or_safety() -> None:
    every = {message.kind: message for message in EVERY_KIND}
    assert set(OptionalLetter) <= set(every)
    always = {"ended", "payment_failed", "payment_action", "cancelled", "declined", "suspended"}
    assert always <= set(every)
    assert not always & set(OptionalLetter)


def test_nobody_does_without_what_is_not_optional_whatever_the_row_says(session: Session) -> None:
    dana_without(session, "welcome", "confirmed")
    tell_dana(session, key="welcome:1")
    assert kinds(session) == ["welcome"]


def test_what_cannot_be_had_elsewhere_is_written_all_the_same(session: Session) -> None:
    dana_without(session, "confirmed")
    message = Confirmed(stay=STAY, cost=COST, url=URL)
    tell_dana(session, key="confirmed:1:1", message=message)
    assert kinds(session) == []
    queue(
        session,
        message=message,
        to="dana@example.com",
        now=NOW,
        dedupe_key="confirmed:2:1",
        essential=True,
    )
    assert kinds(session) == ["confirmed"]


def test_a_letter_is_written_as_its_reader_reads(session: Session) -> None:
    user = dana_without(session)
    message = Ended(stay=STAY, cost=COST, url=URL)
    tell_dana(session, key="ended:1", message=message)
    user.locale, user.hour_cycle = "en_GB", "12"
    session.flush()
    tell_dana(session, key="ended:2", message=message)
    user.locale, user.hour_cycle = "", "24"
    session.flush()
    tell_dana(session, key="ended:3", message=message)
    texts = [mail.text for mail in session.exec(select(Email).order_by(Email.dedupe_key))]
    plain = [text.replace("\N{NARROW NO-BREAK SPACE}", " ") for text in texts]
    assert "Sat, Nov 21, 2026, 6:00 PM" in plain[0]
    assert "Sat, 21 Nov 2026, 6:00 pm" in plain[1]
    assert "Sat, Nov 21, 2026, 18:00" in plain[2]
    assert "US$14.00" in plain[1]


def test_to_who_was_forgotten_nothing_is_written(session: Session) -> None:
    queue(session, message=WELCOME, to=no_address(new_id()), now=NOW, dedupe_key="welcome:1")
    assert kinds(session) == []
