import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Generator
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from sqlmodel import Session, col, select, update

from parkplace.core.db import transaction
from parkplace.core.settings import get_settings
from parkplace.notifications.messages import Confirmed, Welcome
from parkplace.notifications.models import Email, EmailStatus
from parkplace.notifications.outbox import queue
from parkplace.notifications.send import CLAIM, MOST_ATTEMPTS, PAUSES, send_due
from tests.accounts.at_once import at_once
from tests.notifications.letters import COST, NOW, STAY, URL
from tests.notifications.post_office import TAKEN, PostOffice, post_office

SECOND = timedelta(seconds=1)
SENDER = """
from datetime import datetime
from parkplace.notifications.send import send_due
send_due(now=datetime.fromisoformat("{now}"))
"""


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Generator[PostOffice]:
    """A mail server that Park Place is told to use."""
    with post_office() as opened:
        monkeypatch.setenv("SMTP_URL", opened.url)
        get_settings.cache_clear()
        yield opened
        monkeypatch.undo()
    get_settings.cache_clear()


def tell(session: Session, *names: str, now: datetime = NOW) -> None:
    for name in names:
        queue(
            session,
            message=Welcome(url=URL),
            to=f"{name}@example.com",
            now=now,
            dedupe_key=f"welcome:{name}",
        )


def state(session: Session, name: str = "dana") -> Email:
    session.expire_all()
    found = select(Email).where(col(Email.dedupe_key) == f"welcome:{name}")
    return session.exec(found).one()


def recipients(office: PostOffice) -> list[str]:
    return [str(letter["To"]).partition("@")[0] for letter in office.letters]


def test_a_letter_arrives_as_it_was_written(session: Session, office: PostOffice) -> None:
    message = Confirmed(stay=STAY, cost=COST, url=URL, instructions="Ring bell 3 – then wait.")
    queue(session, message=message, to="dana@example.com", now=NOW, dedupe_key="one")
    assert send_due(now=NOW + SECOND) == 1
    session.expire_all()
    email = session.exec(select(Email)).one()
    assert email.status == EmailStatus.SENT
    assert email.sent_at is not None
    assert timedelta(0) <= email.sent_at - (NOW + SECOND) < timedelta(seconds=30)

    (letter,) = office.letters
    assert letter["To"] == "dana@example.com"
    assert letter["From"] == "Park Place <noreply@localhost>"
    assert letter["Subject"] == email.subject
    assert letter["Message-ID"] == f"<{email.id}@localhost>"
    assert letter["Date"].datetime == NOW
    assert letter["Auto-Submitted"] == "auto-generated"
    plain, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().replace("\r\n", "\n") == email.text
    assert html.get_content().replace("\r\n", "\n").strip() == email.html.strip()
    (ics,) = letter.iter_attachments()
    assert ics.get_content_type() == "text/calendar"
    assert ics.get_filename() == "parking.ics"
    assert ics["Content-Type"].params["method"] == "PUBLISH"
    assert "BEGIN:VEVENT" in ics.get_content()


@pytest.mark.parametrize(
    "subject",
    [
        "Confirmed: Größe – Straße 12, Sat, Nov 21, 2026, 6:00 PM – Sun, Nov 22, 2026, 8:00 AM",
        "Confirmed: Parking near the old harbour, by the river, 2026, 6:00 PM – 9:00 PM, bay 2",
        "確認: " + "駐車場" * 40 + " – 12",
        "Plain " * 30 + "words",
        "P 🅿️ " * 30,
    ],
)
def test_a_subject_arrives_sign_for_sign(
    session: Session, office: PostOffice, subject: str
) -> None:
    tell(session, "dana")
    session.exec(update(Email).values(subject=subject.strip()))
    assert send_due(now=NOW) == 1
    (letter,) = office.letters
    assert letter["Subject"] == subject.strip()
    assert all(len(line) < 80 for line in letter.as_bytes().partition(b"\n\n")[0].split(b"\n"))


def test_a_sent_letter_is_not_sent_again(session: Session, office: PostOffice) -> None:
    tell(session, "dana")
    assert [send_due(now=NOW), send_due(now=NOW + timedelta(days=30))] == [1, 0]
    assert recipients(office) == ["dana"]


def test_letters_leave_when_they_are_due_and_oldest_first(
    session: Session, office: PostOffice
) -> None:
    tell(session, "later", now=NOW + 2 * SECOND)
    tell(session, "second", now=NOW + SECOND)
    tell(session, "first")
    assert send_due(now=NOW + SECOND) == 2
    assert recipients(office) == ["first", "second"]


def test_a_batch_is_as_long_as_it_is_told(session: Session, office: PostOffice) -> None:
    tell(session, "a", "b", "c")
    assert send_due(now=NOW, limit=2) == 2
    assert send_due(now=NOW, limit=2) == 1
    assert sorted(recipients(office)) == ["a", "b", "c"]


def test_without_a_mail_server_letters_are_kept(session: Session) -> None:
    assert get_settings().smtp_url is None
    tell(session, "dana")
    tell(session, "later", now=NOW + SECOND)
    assert send_due(now=NOW) == 1
    kept, later = state(session), state(session, "later")
    assert (kept.status, kept.sent_at, kept.attempts) == (EmailStatus.KEPT, None, 0)
    assert later.status == EmailStatus.QUEUED


def test_an_address_that_is_refused_fails_at_once_and_the_others_leave(
    session: Session, office: PostOffice
) -> None:
    tell(session, "dana", "gone", "owen")
    office.at_recipient = lambda to: "550 No such mailbox" if to.startswith("gone") else TAKEN
    assert send_due(now=NOW) == 2
    refused = state(session, "gone")
    assert (refused.status, refused.attempts) == (EmailStatus.FAILED, 1)
    assert refused.last_error == "550 No such mailbox"
    assert sorted(recipients(office)) == ["dana", "owen"]
    assert send_due(now=NOW + timedelta(days=1)) == 0


def test_a_server_that_asks_for_patience_gets_it(session: Session, office: PostOffice) -> None:
    tell(session, "dana", "owen")
    office.at_letter = lambda letter: "451 Later" if "dana" in letter["To"] else TAKEN
    assert send_due(now=NOW) == 1
    waiting = state(session)
    assert (waiting.status, waiting.attempts) == (EmailStatus.QUEUED, 1)
    assert waiting.last_error == "451 Later"
    assert timedelta(0) <= waiting.due_at - (NOW + PAUSES[0]) < timedelta(seconds=30)
    office.at_letter = lambda _: TAKEN
    assert send_due(now=NOW + 30 * SECOND) == 0
    assert send_due(now=NOW + 2 * PAUSES[0]) == 1
    sent = state(session)
    assert (sent.status, sent.last_error) == (EmailStatus.SENT, None)


def test_pauses_grow_until_it_is_given_up(session: Session, office: PostOffice) -> None:
    tell(session, "dana")
    office.at_letter = lambda _: "451 Later"
    now, pauses = NOW, list[timedelta]()
    while (waiting := state(session)).status == EmailStatus.QUEUED:
        now = waiting.due_at
        send_due(now=now)
        pauses.append(state(session).due_at - now)
    *between, _ = (round(pause / timedelta(minutes=1)) for pause in pauses)
    assert between == [1, 5, 30, 2 * 60, 12 * 60]
    given_up = state(session)
    assert (given_up.status, given_up.attempts) == (EmailStatus.FAILED, MOST_ATTEMPTS)
    assert given_up.last_error == "451 Later"


def test_when_there_is_no_server_one_letter_finds_out_for_all(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    with post_office() as gone:
        url = gone.url
    monkeypatch.setenv("SMTP_URL", url)
    get_settings.cache_clear()
    try:
        tell(session, "dana", "owen", "sam")
        assert send_due(now=NOW) == 0
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()
    emails = session.exec(select(Email)).all()
    assert {email.status for email in emails} == {EmailStatus.QUEUED}
    assert sorted(email.attempts for email in emails) == [0, 0, 1]


def test_a_letter_that_cannot_be_written_does_not_hold_up_the_rest(
    session: Session, office: PostOffice
) -> None:
    tell(session, "dana", "owen", "sam")
    spoiled: dict[str, dict[str, str]] = {
        "dana": {"to_address": "dana@example.com\r\nBcc: all@example.com"},
        "owen": {"subject": "Hello\r\nBcc: all@example.com"},
    }
    for name, values in spoiled.items():
        row = update(Email).where(col(Email.dedupe_key) == f"welcome:{name}")
        session.exec(row.values(**values))
    assert send_due(now=NOW) == 1
    assert office.asked == ["sam@example.com"]
    assert state(session, "dana").status == EmailStatus.FAILED
    assert state(session, "owen").status == EmailStatus.FAILED


@pytest.mark.usefixtures("committed_database")
def test_several_senders_at_once_send_every_letter_once(office: PostOffice) -> None:
    names = [f"person{number}" for number in range(30)]
    with transaction() as session:
        tell(session, *names)
    sent = at_once(lambda _: send_due(now=NOW), range(4))
    assert sum(sent) == len(names)
    assert Counter(recipients(office)) == Counter(names)


@pytest.mark.usefixtures("committed_database")
def test_a_letter_on_its_way_is_nobody_elses(office: PostOffice) -> None:
    with transaction() as session:
        tell(session, "dana")
    meanwhile: list[int] = []

    def look(_: EmailMessage) -> str:
        office.at_letter = lambda _: TAKEN
        meanwhile.append(send_due(now=NOW + CLAIM - SECOND))
        return TAKEN

    office.at_letter = look
    assert send_due(now=NOW) == 1
    assert meanwhile == [0]
    assert recipients(office) == ["dana"]


@pytest.mark.usefixtures("committed_database")
def test_killed_after_the_server_took_it_the_same_letter_comes_again(office: PostOffice) -> None:
    with transaction() as session:
        tell(session, "dana")
    killed = _killed_while_sending(office, lambda kill: _at_letter(office, kill))
    assert killed == -signal.SIGKILL
    assert recipients(office) == ["dana"]
    with transaction() as session:
        claimed = state(session)
        assert (claimed.status, claimed.attempts) == (EmailStatus.QUEUED, 1)
    assert send_due(now=NOW + CLAIM - SECOND) == 0
    assert send_due(now=NOW + CLAIM + timedelta(minutes=1)) == 1
    first, second = office.letters
    for header in ("Message-ID", "Date", "Subject", "To", "From"):
        assert first[header] == second[header]
    assert first.get_body().as_bytes() == second.get_body().as_bytes()  # pyright: ignore[reportOptionalMemberAccess]
    with transaction() as session:
        assert state(session).status == EmailStatus.SENT


@pytest.mark.usefixtures("committed_database")
def test_killed_before_the_server_took_it_the_letter_is_not_lost(office: PostOffice) -> None:
    with transaction() as session:
        tell(session, "dana")
    killed = _killed_while_sending(office, lambda kill: _at_recipient(office, kill))
    assert killed == -signal.SIGKILL
    assert office.letters == []
    assert send_due(now=NOW + CLAIM + timedelta(minutes=1)) == 1
    assert recipients(office) == ["dana"]


def test_a_letter_that_kills_every_sender_is_given_up(session: Session, office: PostOffice) -> None:
    tell(session, "dana", "owen")
    row = update(Email).where(col(Email.dedupe_key) == "welcome:dana")
    session.exec(row.values(attempts=MOST_ATTEMPTS))
    assert send_due(now=NOW) == 1
    lost = state(session)
    assert (lost.status, lost.last_error) == (EmailStatus.FAILED, "the sender was lost each time")
    assert recipients(office) == ["owen"]


@pytest.mark.usefixtures("committed_database")
@pytest.mark.parametrize(
    ("answer", "status", "attempts"),
    [(TAKEN, EmailStatus.SENT, 2), ("550 No", EmailStatus.QUEUED, 2)],
)
def test_a_sender_too_slow_for_its_claim_may_only_tell_of_success(
    office: PostOffice, answer: str, status: str, attempts: int
) -> None:
    with transaction() as session:
        tell(session, "dana")

    def claimed_by_another(_: EmailMessage) -> str:
        with transaction() as session:
            session.exec(update(Email).values(attempts=2))
        return answer

    office.at_letter = claimed_by_another
    send_due(now=NOW)
    with transaction() as session:
        email = state(session)
    assert (email.status, email.attempts) == (status, attempts)


def _at_letter(office: PostOffice, kill: Callable[[], None]) -> None:
    def take_and_kill(letter: EmailMessage) -> str:
        office.letters.append(letter)
        kill()
        return "250 said to nobody"

    office.at_letter = take_and_kill


def _at_recipient(office: PostOffice, kill: Callable[[], None]) -> None:
    def kill_first(_: str) -> str:
        kill()
        return TAKEN

    office.at_recipient = kill_first


def _killed_while_sending(office: PostOffice, arrange: Callable[[Callable[[], None]], None]) -> int:
    """Send from a process of its own, kill it when the server says so; return how it ended."""
    program = [sys.executable, "-c", SENDER.format(now=NOW.isoformat())]
    sender: list[subprocess.Popen[bytes]] = []
    arrange(lambda: os.kill(sender[0].pid, signal.SIGKILL))
    sender.append(subprocess.Popen(program))
    ended = sender[0].wait(timeout=60)
    office.at_letter, office.at_recipient = (lambda _: TAKEN), (lambda _: TAKEN)
    return ended
