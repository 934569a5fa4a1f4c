"""What people are told about their accounts, and what nobody else can find out."""

import re
import statistics
import time
from collections.abc import Callable, Generator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, func, select

from parkplace.accounts.account_links import LinkSpent
from parkplace.accounts.addresses import Step, stop_change
from parkplace.accounts.emails import BadEmail
from parkplace.accounts.models import AccountLink, AuditEntry, LinkPurpose, User
from parkplace.accounts.origin import HERE, Origin
from parkplace.accounts.service import BadName, sign_in
from parkplace.accounts.verification import EmailVerified, verify_email
from parkplace.core.db import transaction
from parkplace.core.errors import DomainError
from parkplace.core.ids import new_id
from parkplace.core.settings import get_settings
from parkplace.core.texts import has_control_signs
from parkplace.notifications.account_letters import (
    ask_reset,
    change_email,
    confirm_email_change,
    reset_password,
    send_verification,
    signed_in,
)
from parkplace.notifications.models import Email
from parkplace.notifications.send import send_due
from parkplace.notifications.sign_up import sign_up
from tests.accounts.at_once import at_once
from tests.accounts.people import PASSWORD, person
from tests.notifications.letters import HOUR, NOW
from tests.notifications.post_office import PostOffice, post_office

NEW = "cobalt window ladder seven"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


def letters(session: Session, to: str = "dana@example.com") -> list[Email]:
    """What lies in a mailbox, the oldest first."""
    found = select(Email).where(col(Email.to_address) == to).order_by(col(Email.id))
    return list(session.exec(found))


def kinds(session: Session, to: str = "dana@example.com") -> list[str]:
    return [email.kind for email in letters(session, to)]


def token(email: Email) -> str:
    """What the letter's link carries; it is in the HTML as well."""
    found = re.search(r"/(?:verify-email|reset-password|confirm-email)/([\w-]{43})\s", email.text)
    assert found is not None, email.text
    assert found[1] in email.html
    return found[1]


def dana(session: Session) -> User:
    return sign_up(session, email="dana@example.com", name="Dana", password=PASSWORD, now=NOW)


def ask(session: Session, email: str = "dana@example.com", *, quiet: bool = False) -> None:
    ask_reset(session, email=email, quiet=quiet, origin=HERE, now=NOW)


def move(session: Session, user: User, email: str, *, quiet: bool = False) -> None:
    change_email(session, user=user, email=email, quiet=quiet, origin=HERE, now=NOW)


def confirm(session: Session, letter: Email) -> Step:
    return confirm_email_change(session, token=token(letter), origin=HERE, now=NOW).step


def test_the_welcome_carries_the_link_that_verifies(session: Session) -> None:
    user = dana(session)
    [welcome] = letters(session)
    verify_email(session, token=token(welcome), origin=HERE, now=NOW)
    assert user.email_verified_at == NOW


def test_the_link_comes_again_and_ends_the_one_before(session: Session) -> None:
    user = dana(session)
    for _ in range(2):
        send_verification(session, user=user, quiet=False, now=NOW)
    *older, newest = letters(session)
    for letter in older:
        with pytest.raises(LinkSpent), session.begin_nested():
            verify_email(session, token=token(letter), origin=HERE, now=NOW)
    verify_email(session, token=token(newest), origin=HERE, now=NOW)
    with pytest.raises(EmailVerified) as refused:
        send_verification(session, user=user, quiet=False, now=NOW)
    assert refused.value.code == "email_verified"


def test_a_full_mailbox_keeps_the_link_it_has(session: Session) -> None:
    user = dana(session)
    send_verification(session, user=user, quiet=True, now=NOW)
    ask(session)
    ask(session, quiet=True)
    assert kinds(session) == ["welcome", "reset_password"]
    welcome, reset = letters(session)
    verify_email(session, token=token(welcome), origin=HERE, now=NOW)
    reset_password(session, token=token(reset), password=NEW, origin=HERE, now=NOW)


def test_dana_forgets_her_password_and_is_told_of_the_new_one(session: Session) -> None:
    user = dana(session)
    ask(session, " DANA@example.com")
    link = token(letters(session)[-1])
    reset_password(session, token=link, password=NEW, origin=HERE, now=NOW)
    assert sign_in(session, email=user.email, password=NEW) == user
    assert kinds(session) == ["welcome", "reset_password", "password_changed"]
    assert "/forgot-password" in letters(session)[-1].text


def nothing_is_written(session: Session) -> bool:
    tables = (Email, AccountLink)
    return not any(session.exec(select(func.count()).select_from(table)).one() for table in tables)


@pytest.mark.parametrize("quiet", [True, False])
def test_an_address_without_an_account_gets_nothing_and_is_not_kept(
    session: Session, *, quiet: bool
) -> None:
    ask(session, "stranger@example.com", quiet=quiet)
    assert nothing_is_written(session)
    session.commit()
    [entry] = session.exec(select(AuditEntry))
    assert (entry.action, entry.subject_id) == ("password_reset_asked", None)
    assert "stranger" not in str(entry.model_dump())


def test_neither_does_somebody_who_is_kept_out(session: Session) -> None:
    person(session, "Dana").suspended_at = NOW
    session.flush()
    ask(session)
    assert nothing_is_written(session)


def test_what_is_no_address_is_refused_whoever_has_an_account(session: Session) -> None:
    for typed in ("dana", "", "dana@example.com\r\nBcc: x@example.com"):
        with pytest.raises(BadEmail):
            ask(session, typed)
    assert nothing_is_written(session)


@pytest.mark.usefixtures("committed_database")
def test_asking_takes_as_long_whether_or_not_the_address_is_known() -> None:
    with transaction() as session:
        person(session, "Dana")
        person(session, "Sam").suspended_at = NOW
    causes: dict[str, tuple[str, bool]] = {
        "known": ("dana@example.com", False),
        "unknown": ("nobody@example.com", False),
        "kept out": ("sam@example.com", False),
        "known, but enough": ("dana@example.com", True),
        "unknown, and enough": ("nobody@example.com", True),
    }
    took: dict[str, list[float]] = {cause: [] for cause in causes}
    for _ in range(41):
        for cause, (email, quiet) in causes.items():
            began = time.perf_counter()
            with transaction() as session:
                ask(session, email, quiet=quiet)
            took[cause].append(time.perf_counter() - began)
    medians = {cause: statistics.median(times) for cause, times in took.items()}
    for cause, median in medians.items():
        # With nothing written for an unknown address it would be an eighth.
        assert 0.6 < median / medians["known"] < 1.6, (cause, medians)


def test_an_account_moves_when_both_letters_are_answered(session: Session) -> None:
    user = dana(session)
    move(session, user, "Dana@New.example")
    [old], [new] = letters(session)[1:], letters(session, "dana@new.example")
    assert (old.kind, new.kind) == ("email_change_old", "email_change_new")
    # The owner reads where the account would go; the new address reads nothing of the old one.
    assert "dana@new.example" in old.text
    assert "dana@example.com" not in new.text + new.html
    assert "Dana" not in new.text + new.html
    assert confirm(session, new) == Step.WAITING
    assert confirm(session, old) == Step.DONE
    assert user.email == "dana@new.example"
    for mailbox in ("dana@example.com", "dana@new.example"):
        assert kinds(session, mailbox)[-1] == "email_changed"


def test_an_address_with_an_account_gets_a_letter_without_a_link_to_agree(
    session: Session,
) -> None:
    user = dana(session)
    sam = person(session, "Sam")
    move(session, user, sam.email)
    [told] = letters(session, sam.email)
    assert told.kind == "email_change_taken"
    assert "/confirm-email/" not in told.text + told.html
    assert "dana" not in (told.text + told.html).lower()
    assert confirm(session, letters(session)[-1]) == Step.WAITING
    assert (user.email, sam.email) == ("dana@example.com", "sam@example.com")


def test_the_owner_is_asked_alike_whether_or_not_the_new_address_is_taken(
    session: Session,
) -> None:
    user = dana(session)
    person(session, "Free")

    def asked(email: str) -> str:
        move(session, user, email)
        last = letters(session)[-1]
        return (last.subject + last.text).replace(token(last), "").replace(email, "")

    assert asked("free@example.com") == asked("none@example.com")


def test_a_mailbox_that_has_had_enough_gets_no_more_and_the_owner_still_hears(
    session: Session,
) -> None:
    user = dana(session)
    move(session, user, "dana@new.example", quiet=True)
    assert letters(session, "dana@new.example") == []
    assert kinds(session)[-1] == "email_change_old"


def test_the_address_one_has_is_asked_nothing(session: Session) -> None:
    move(session, dana(session), "dana@example.com")
    assert kinds(session) == ["welcome"]


def at(address: str, device: str = FIREFOX) -> Origin:
    return Origin.of(address=address, device=device)


def test_a_sign_in_from_elsewhere_is_told_once(session: Session) -> None:
    user = dana(session)
    home, elsewhere = at("203.0.113.7"), at("198.51.100.7")
    signed_in(session, user=user, origin=home, now=NOW)
    for hours in (24, 48):
        signed_in(session, user=user, origin=elsewhere, now=NOW + hours * HOUR)
        signed_in(session, user=user, origin=home, now=NOW + hours * HOUR)
    _, letter = letters(session)
    assert letter.kind == "new_device"
    assert letter.subject == "New sign-in: Firefox on Linux"
    said = " ".join(letter.text.split()).replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert "Firefox on Linux, network 198.51.100.0/24" in said
    assert "Sun, Nov 22, 2026, 5:00 PM UTC" in said
    assert "198.51.100.7" not in letter.text + letter.html
    log = session.exec(select(AuditEntry.action).where(col(AuditEntry.actor_id) == user.id))
    assert list(log).count("signed_in") == 5


@pytest.mark.usefixtures("committed_database")
def test_one_device_seen_several_times_at_once_is_told_once() -> None:
    with transaction() as session:
        user = dana(session)

    def enter(_browser: int) -> None:
        with transaction() as session:
            later = NOW + timedelta(days=2)
            signed_in(session, user=user, origin=at("198.51.100.7"), now=later)

    at_once(enter, range(4))
    with transaction() as session:
        assert kinds(session) == ["welcome", "new_device"]


def test_links_are_gone_from_the_outbox_once_they_have_left(
    session: Session, office: PostOffice
) -> None:
    user = dana(session)
    ask(session)
    move(session, user, "dana@new.example")
    signed_in(session, user=user, origin=at("198.51.100.7"), now=NOW + timedelta(days=2))
    secrets = [token(email) for email in session.exec(select(Email)) if email.kind != "new_device"]
    assert len(secrets) == 4

    assert send_due(now=NOW + timedelta(days=2)) == 5

    session.expire_all()
    kept = str([email.model_dump() for email in session.exec(select(Email))])
    assert not [secret for secret in secrets if secret in kept]
    assert "Firefox on Linux" in kept
    sent = "".join(str(letter) for letter in office.letters).replace("=\n", "")
    assert all(secret in sent for secret in secrets)


def test_links_are_gone_when_a_letter_never_leaves(session: Session, office: PostOffice) -> None:
    office.at_recipient = lambda _: "550 No such mailbox"
    dana(session)
    secret = token(letters(session)[0])
    assert send_due(now=NOW) == 0
    session.expire_all()
    [failed] = letters(session)
    assert (failed.status, failed.text, failed.html) == ("failed", "", "")
    assert secret not in str(failed.model_dump())


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Generator[PostOffice]:
    """A mail server that Park Place is told to use."""
    with post_office() as opened:
        monkeypatch.setenv("SMTP_URL", opened.url)
        get_settings.cache_clear()
        yield opened
        monkeypatch.undo()
    get_settings.cache_clear()


INJECTED = ["\r\nBcc: all@evil.example", "\nSubject: Buy this", "\r\n\r\nBuy this", "\rX-Evil: 1"]
HEADERS = {
    *("from", "to", "subject", "date", "message-id", "auto-submitted"),
    *("mime-version", "content-type", "x-peer", "x-mailfrom", "x-rcptto"),
}


def test_nothing_that_is_typed_reaches_a_header_over_a_real_wire(
    session: Session, office: PostOffice
) -> None:
    people: list[str] = []
    for number, evil in enumerate(INJECTED):
        address = f"dana{number}@example.com"
        user = sign_up(session, email=address, name=f"Dana{evil}", password=PASSWORD, now=NOW)
        people.append(address)
        assert len(user.name.splitlines()) == 1
        origin = Origin(address="203.0.113.7", network=f"203{evil}", device=f"curl{evil}")
        signed_in(session, user=user, origin=origin, now=NOW + timedelta(days=2))
        ask(session, address)
        move(session, user, f"new{number}@example.com")
        for typed in (f"x{evil}@example.com", f"x@example.com{evil}", f'"x{evil}"@example.com'):
            for attempt in attempts(session, user, typed):
                with pytest.raises((BadEmail, BadName)), session.begin_nested():
                    attempt()

    assert send_due(now=NOW + timedelta(days=2)) == 5 * len(INJECTED)

    expected = people * 4 + [f"new{number}@example.com" for number in range(len(INJECTED))]
    assert sorted(office.asked) == sorted(expected)
    for letter in office.letters:
        assert {name.lower() for name in letter} <= HEADERS
        assert len(letter.get_all("To", [])) == len(letter.get_all("Subject", [])) == 1
        assert "evil" not in "".join(letter.values())


def attempts(session: Session, user: User, typed: str) -> list[Callable[[], object]]:
    """Everything that takes an address."""
    return [
        lambda: sign_up(session, email=typed, name="Dana", password=PASSWORD, now=NOW),
        lambda: ask(session, typed),
        lambda: move(session, user, typed),
    ]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(name=st.text(max_size=90), email=st.emails() | st.text(max_size=60))
def test_whatever_is_typed_a_letter_has_one_line_of_subject_and_one_recipient(
    session: Session, name: str, email: str
) -> None:
    with session.begin_nested() as attempt:
        try:
            user = sign_up(session, email=email, name=name, password=PASSWORD, now=NOW)
        except DomainError:
            attempt.rollback()
            return
        move(session, user, f"x{new_id().hex}@example.com")
        for letter in session.exec(select(Email)):
            for line in (letter.subject, letter.to_address, user.name):
                assert len(line.splitlines()) == 1
                assert not has_control_signs(line)
            assert letter.to_address.count("@") == 1
        attempt.rollback()


@pytest.mark.parametrize("purpose", LinkPurpose)
def test_a_link_of_somebody_who_is_kept_out_does_nothing(
    session: Session, purpose: LinkPurpose
) -> None:
    user = dana(session)
    ask(session)
    move(session, user, "dana@new.example")
    welcome, reset, old = letters(session)
    [new] = letters(session, "dana@new.example")
    letter = {
        LinkPurpose.VERIFY: welcome,
        LinkPurpose.RESET: reset,
        LinkPurpose.CHANGE_OLD: old,
        LinkPurpose.CHANGE_NEW: new,
    }[purpose]
    user.suspended_at = NOW
    session.flush()
    link = token(letter)
    verbs: list[Callable[[], object]] = [
        lambda: verify_email(session, token=link, origin=HERE, now=NOW),
        lambda: reset_password(session, token=link, password=NEW, origin=HERE, now=NOW),
        lambda: confirm_email_change(session, token=link, origin=HERE, now=NOW),
        lambda: stop_change(session, token=link, origin=HERE, now=NOW),
    ]
    for verb in verbs:
        with pytest.raises(LinkSpent), session.begin_nested():
            verb()
    assert (user.email, user.email_verified_at) == ("dana@example.com", None)
