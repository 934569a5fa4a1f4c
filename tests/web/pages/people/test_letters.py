"""The pages behind letters' links: looking changes nothing, pressing does it once."""

import asyncio
import re

import pytest
from sqlmodel import Session, col, select

from parkplace.accounts import sessions
from parkplace.accounts.models import AccountLink, User, UserSession
from parkplace.accounts.origin import HERE
from parkplace.accounts.passwords import verify as is_password
from parkplace.core import clock
from parkplace.core.ids import new_id
from parkplace.core.limits import LETTER, LINK
from parkplace.notifications import account_letters
from parkplace.notifications.models import Email
from parkplace.notifications.sign_up import sign_up
from parkplace.web import routes
from parkplace.web.pages.people import letters_page
from parkplace.web.pages.people.forgot_state import ForgotState
from parkplace.web.pages.people.move_state import MoveState
from parkplace.web.pages.people.reset_state import ResetState
from parkplace.web.pages.people.verify_state import VerifyState
from tests.web.pages.visiting import all_of, at

PASSWORD = "four unrelated words grow"
NEW = "cobalt window ladder seven"
Linked = VerifyState | ResetState | MoveState


@pytest.fixture
def dana(session: Session) -> User:
    email = f"dana-{new_id().hex}@example.com"
    now = clock.utc_now()
    user = sign_up(session, email=email, name="Dana", password=PASSWORD, now=now)
    sessions.open_session(session, user=user, origin=HERE, now=now)
    account_letters.ask_reset(session, email=email, quiet=False, origin=HERE, now=now)
    account_letters.change_email(
        session, user=user, email=f"new-{email}", quiet=False, origin=HERE, now=now
    )
    session.commit()
    return user


def link(session: Session, page: str, to: str) -> str:
    """The path of the newest link to a page in a mailbox."""
    session.expire_all()
    mine = select(Email.text).where(col(Email.to_address) == to).order_by(col(Email.id).desc())
    found = re.search(rf"/{page}/[\w-]+", "\n".join(session.exec(mine)))
    assert found is not None
    return found[0]


def opened(state: Linked, address: str) -> str:
    """Open a page, and say what it shows."""
    asyncio.run(at(state, address).load())
    assert not state.pending
    return state.stage


def unused(session: Session) -> int:
    session.expire_all()
    return len(session.exec(select(AccountLink).where(col(AccountLink.used_at).is_(None))).all())


def test_a_scanner_that_opens_every_link_and_runs_its_scripts_changes_nothing(
    session: Session, dana: User
) -> None:
    before, hashed = unused(session), dana.password_hash
    assert before == 4
    after = f"new-{dana.email}"
    links: list[tuple[Linked, str]] = [
        (VerifyState(), link(session, "verify-email", dana.email)),
        (ResetState(), link(session, "reset-password", dana.email)),
        (MoveState(), link(session, "confirm-email", dana.email)),
        (MoveState(), link(session, "confirm-email", after)),
    ]
    for _ in range(2):
        assert [opened(state, address) for state, address in links] == ["asking"] * 4
    assert unused(session) == before
    session.refresh(dana)
    assert (dana.email_verified_at, dana.password_hash) == (None, hashed)
    assert len(session.exec(select(UserSession)).all()) == 1


def test_pressing_the_button_verifies_the_address_once(session: Session, dana: User) -> None:
    state, address = VerifyState(), link(session, "verify-email", dana.email)
    opened(state, address)
    assert state.email == dana.email
    asyncio.run(all_of(state.press()))
    assert (state.stage, state.pending, state.error) == ("done", False, "")
    session.refresh(dana)
    assert dana.email_verified_at is not None
    asyncio.run(all_of(state.press()))  # a second press, when all is done
    assert state.stage == "done"
    assert opened(VerifyState(), address) == "gone"


def test_a_new_password_is_chosen_and_everybody_is_out(session: Session, dana: User) -> None:
    state, address = ResetState(), link(session, "reset-password", dana.email)
    opened(state, address)
    assert state.email == dana.email

    [focus] = asyncio.run(all_of(state.submit({"password": "password12"})))
    assert state.errors["password"].startswith("This password is easy to guess")
    assert "field-password" in focus
    assert (state.stage, state.pending) == ("asking", False)

    asyncio.run(all_of(state.submit({"password": NEW})))
    assert state.stage == "done"
    session.refresh(dana)
    assert is_password(NEW, dana.password_hash)
    assert session.exec(select(UserSession)).all() == []
    assert NEW not in str(state.dict()) + str(vars(state))
    assert opened(ResetState(), address) == "gone"


@pytest.mark.parametrize("first", ["old", "new"])
def test_an_account_moves_when_both_have_pressed(session: Session, dana: User, first: str) -> None:
    before, after = dana.email, f"new-{dana.email}"
    addresses = [link(session, "confirm-email", mailbox) for mailbox in (before, after)]
    if first == "new":
        addresses.reverse()
    stages: list[str] = []
    for address in addresses:
        state = MoveState()
        opened(state, address)
        assert state.email == after
        assert state.leaving is (address == addresses[0 if first == "old" else 1])
        asyncio.run(all_of(state.agree()))
        stages.append(state.stage)
    assert stages == ["moved-waiting", "moved-done"]
    session.refresh(dana)
    assert dana.email == after


def test_whoever_comes_second_reads_that_the_address_is_taken(session: Session, dana: User) -> None:
    before, after = dana.email, f"new-{dana.email}"
    old, new = (link(session, "confirm-email", mailbox) for mailbox in (before, after))
    first, second = MoveState(), MoveState()
    opened(first, old)
    asyncio.run(all_of(first.agree()))
    opened(second, new)
    sign_up(session, email=after, name="Sam", password=PASSWORD, now=clock.utc_now())
    session.commit()
    asyncio.run(all_of(second.agree()))
    assert second.stage == "moved-taken"
    session.refresh(dana)
    assert dana.email == before


def test_its_owner_stops_a_move_and_everybody_is_out(session: Session, dana: User) -> None:
    address = link(session, "confirm-email", dana.email)
    other = link(session, "confirm-email", f"new-{dana.email}")
    state = MoveState()
    opened(state, address)
    asyncio.run(all_of(state.stop()))
    assert (state.stage, state.pending) == ("stopped", False)
    assert session.exec(select(UserSession)).all() == []
    assert [opened(MoveState(), one) for one in (address, other)] == ["gone", "gone"]


def test_the_new_address_stops_nothing_even_with_an_event_made_by_hand(
    session: Session, dana: User
) -> None:
    state = MoveState()
    opened(state, link(session, "confirm-email", f"new-{dana.email}"))
    asyncio.run(all_of(state.stop()))
    assert state.stage == "gone"
    assert len(session.exec(select(UserSession)).all()) == 1


@pytest.mark.parametrize("page", ["verify-email", "reset-password", "confirm-email"])
def test_a_link_that_is_spent_while_its_page_is_open(
    session: Session, dana: User, page: str
) -> None:
    state: Linked = {
        "verify-email": VerifyState(),
        "reset-password": ResetState(),
        "confirm-email": MoveState(),
    }[page]
    opened(state, link(session, page, dana.email))
    for row in session.exec(select(AccountLink)).all():
        session.delete(row)
    session.commit()
    if isinstance(state, VerifyState):
        asyncio.run(all_of(state.press()))
    elif isinstance(state, ResetState):
        asyncio.run(all_of(state.submit({"password": NEW})))
    else:
        asyncio.run(all_of(state.agree()))
    assert (state.stage, state.pending) == ("gone", False)


@pytest.mark.parametrize("token", ["guess", "", "%00", "a" * 3000])
def test_a_guessed_link_says_that_it_does_nothing(session: Session, token: str) -> None:
    assert session
    for state, page in (
        (VerifyState(), "verify-email"),
        (ResetState(), "reset-password"),
        (MoveState(), "confirm-email"),
    ):
        assert opened(state, f"/{page}/{token}") == "gone"


def test_one_kind_of_link_does_nothing_on_the_page_of_another(session: Session, dana: User) -> None:
    verify = link(session, "verify-email", dana.email).rpartition("/")[2]
    assert opened(ResetState(), f"/reset-password/{verify}") == "gone"
    assert opened(MoveState(), f"/confirm-email/{verify}") == "gone"
    assert opened(VerifyState(), f"/verify-email/{verify}") == "asking"


def test_who_forgot_their_password_reads_the_same_whoever_they_are(
    session: Session, dana: User
) -> None:
    nobody = f"{new_id().hex}@example.com"
    seen: list[object] = []
    for email in (dana.email, nobody):
        for _ in range(5):
            state = at(ForgotState(), "/forgot-password")
            asyncio.run(state.load())
            assert asyncio.run(all_of(state.submit({"email": f" {email} "}))) == []
            assert state.email == email
            seen.append((state.stage, dict(state.errors), state.pending))
    assert seen == [("sent", {}, False)] * 10
    sent = [mail.to_address for mail in session.exec(select(Email)) if "Choose" in mail.subject]
    # The first of them was asked for before any of these.
    assert sent == [dana.email] * (LETTER.amount + 1)


def test_what_is_no_address_is_said_at_its_field(session: Session) -> None:
    assert session
    state = at(ForgotState(), "/forgot-password")
    asyncio.run(state.load())
    [focus] = asyncio.run(all_of(state.submit({"email": "dana"})))
    assert "field-email" in focus
    assert state.errors["email"].startswith("This is not an e-mail address")
    assert (state.stage, state.pending) == ("asking", False)


def test_one_network_that_tries_too_often_is_told_to_wait(session: Session, dana: User) -> None:
    state = VerifyState()
    opened(state, link(session, "verify-email", dana.email))
    guess = at(VerifyState(), "/verify-email/guess")
    guess.router = state.router
    for _ in range(LINK.amount):
        state.stage = "asking"
        at_guess(state)
        asyncio.run(all_of(state.press()))
    state.stage = "asking"
    asyncio.run(all_of(state.press()))
    assert state.error.startswith("Too many attempts")


def at_guess(state: VerifyState) -> None:
    """Show another link on the same network."""
    state.router = state.router.__class__.from_router_data(
        {
            "asPath": "/verify-email/guess",
            "pathname": "/verify-email/guess",
            "ip": state.router.session.client_ip,
            "headers": {"origin": "http://localhost:8000"},
        }
    )


def test_the_pages_have_one_button_each_and_password_managers_know_theirs() -> None:
    pages = {
        "Send the link": letters_page.forgot_password,
        "Change the password": letters_page.reset_password,
        "Yes, verify it": letters_page.verify_email,
        "Yes, it is mine": letters_page.confirm_email,
    }
    for words, page in pages.items():
        assert words in str(page().render())
    reset = str(letters_page.reset_password().render())
    assert 'autoComplete:"new-password"' in reset
    assert 'autoComplete:"username"' in reset
    assert routes.FORGOT_PASSWORD in str(letters_page.reset_password().render())
