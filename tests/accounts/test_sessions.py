from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from parkplace.accounts import sessions
from parkplace.accounts.models import SessionKind, SignInCode, User, UserSession
from parkplace.accounts.origin import HERE, Origin
from parkplace.accounts.sessions import (
    CodeSpent,
    SignedIn,
    close_session,
    issue_code,
    note_use,
    open_session,
    redeem_code,
    who,
)
from parkplace.accounts.tokens import issue
from parkplace.core.db import transaction
from parkplace.core.ids import new_token, token_hash
from tests.accounts.at_once import at_once
from tests.accounts.people import NOW, person

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def known(session: Session, *, token: str, now: datetime) -> User | None:
    """Who a browser is that comes back, which is noted."""
    found = who(session, token=token, now=now)
    if found is not None:
        note_use(session, own=found, now=now)
    session.expire_all()
    return found and found.user


def test_dana_is_known_by_her_token(session: Session) -> None:
    dana = person(session, "Dana")
    opened, token = open_session(
        session, user=dana, origin=Origin(device="Firefox on Linux"), now=NOW
    )
    assert who(session, token=token, now=NOW) == SignedIn(dana, opened.id, NOW)
    assert (opened.kind, opened.device) == (SessionKind.BROWSER, "Firefox on Linux")


def test_the_database_does_not_hold_the_token(session: Session) -> None:
    opened, token = open_session(session, user=person(session, "Dana"), origin=HERE, now=NOW)
    assert opened.token_hash == token_hash(token)
    assert token not in str(opened.model_dump())


def test_sam_with_a_guess_is_nobody(session: Session) -> None:
    opened, token = open_session(session, user=person(session, "Dana"), origin=HERE, now=NOW)
    for guess in ("", new_token(), token[:-1], token.lower(), opened.token_hash, "\ud800", "\0"):
        assert who(session, token=guess, now=NOW) is None


def test_a_planted_token_never_becomes_a_session(session: Session) -> None:
    dana, planted = person(session, "Dana"), new_token()
    assert who(session, token=planted, now=NOW) is None
    tokens = {open_session(session, user=dana, origin=HERE, now=NOW)[1] for _ in range(3)}
    assert len(tokens) == 3
    assert planted not in tokens
    assert who(session, token=planted, now=NOW) is None


def test_a_session_slides_while_it_is_used_and_ends_when_it_is_not(session: Session) -> None:
    dana = person(session, "Dana")
    _, token = open_session(session, user=dana, origin=HERE, now=NOW)
    assert known(session, token=token, now=NOW + 29 * DAY) == dana
    assert known(session, token=token, now=NOW + 58 * DAY) == dana
    assert who(session, token=token, now=NOW + 88 * DAY) is None


def test_use_is_written_at_most_once_a_minute(session: Session) -> None:
    opened, token = open_session(session, user=person(session, "Dana"), origin=HERE, now=NOW)

    def last_use() -> object:
        session.expire_all()
        return session.get_one(UserSession, opened.id).last_used_at

    for after, noted in ((0.9, 0), (1, 1), (1.5, 1)):
        known(session, token=token, now=NOW + after * MINUTE)
        assert last_use() == NOW + noted * MINUTE


def test_signing_out_ends_this_session_and_no_other(session: Session) -> None:
    dana = person(session, "Dana")
    _, phone = open_session(session, user=dana, origin=Origin(device="phone"), now=NOW)
    _, laptop = open_session(session, user=dana, origin=Origin(device="laptop"), now=NOW)
    close_session(session, token=phone)
    assert who(session, token=phone, now=NOW) is None
    assert known(session, token=laptop, now=NOW) == dana
    close_session(session, token=phone)
    close_session(session, token="never was one")


def test_a_programs_refresh_token_is_no_cookie(session: Session) -> None:
    pair = issue(session, user=person(session, "Dana"), origin=Origin(device="script"), now=NOW)
    assert who(session, token=pair.refresh_token, now=NOW) is None


def test_a_code_signs_in_once(session: Session) -> None:
    dana = person(session, "Dana")
    code = issue_code(session, user_id=dana.id, now=NOW)
    assert redeem_code(session, code=code, now=NOW + 0.9 * MINUTE) == dana
    with pytest.raises(CodeSpent, match="Sign in again") as refused:
        redeem_code(session, code=code, now=NOW + 0.9 * MINUTE)
    assert refused.value.code == "code_spent"


def test_a_code_is_good_for_a_minute(session: Session) -> None:
    code = issue_code(session, user_id=person(session, "Dana").id, now=NOW)
    with pytest.raises(CodeSpent):
        redeem_code(session, code=code, now=NOW + MINUTE)


@pytest.mark.parametrize("guess", ["", "guess", "\ud800", "\0"])
def test_a_guessed_code_signs_nobody_in(session: Session, guess: str) -> None:
    issue_code(session, user_id=person(session, "Dana").id, now=NOW)
    with pytest.raises(CodeSpent):
        redeem_code(session, code=guess, now=NOW)


def test_a_code_of_somebody_who_is_kept_out_since_signs_nobody_in(session: Session) -> None:
    dana = person(session, "Dana")
    code = issue_code(session, user_id=dana.id, now=NOW)
    dana.suspended_at = NOW
    session.flush()
    with pytest.raises(CodeSpent):
        redeem_code(session, code=code, now=NOW)


@pytest.mark.usefixtures("committed_database")
@pytest.mark.parametrize("_round", range(5))
def test_of_eight_who_bring_one_code_at_once_one_gets_in(_round: int) -> None:
    with transaction() as session:
        code = issue_code(session, user_id=person(session, "Dana").id, now=NOW)

    def redeem(_browser: int) -> str:
        try:
            with transaction() as session:
                return redeem_code(session, code=code, now=NOW).name
        except CodeSpent as spent:
            return spent.code

    outcomes = at_once(redeem, range(8))
    assert sorted(outcomes) == ["Dana"] + ["code_spent"] * 7


@pytest.mark.usefixtures("committed_database")
def test_a_code_is_not_spent_when_opening_the_session_fails() -> None:
    with transaction() as session:
        code = issue_code(session, user_id=person(session, "Dana").id, now=NOW)

    def redeem_in_vain() -> None:
        with transaction() as session:
            redeem_code(session, code=code, now=NOW)
            raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        redeem_in_vain()
    with transaction() as session:
        assert redeem_code(session, code=code, now=NOW).name == "Dana"


def test_tidying_forgets_what_has_run_out_and_nothing_else(session: Session) -> None:
    dana = person(session, "Dana")
    open_session(session, user=dana, origin=Origin(device="old"), now=NOW - 31 * DAY)
    open_session(session, user=dana, origin=Origin(device="new"), now=NOW)
    issue_code(session, user_id=dana.id, now=NOW - 2 * MINUTE)
    fresh = issue_code(session, user_id=dana.id, now=NOW)
    sessions.tidy(session, now=NOW)
    assert session.exec(select(UserSession.device)).all() == ["new"]
    assert session.exec(select(SignInCode.code_hash)).all() == [token_hash(fresh)]


def test_who_leaves_takes_their_sessions_along(session: Session) -> None:
    dana, sam = person(session, "Dana"), person(session, "Sam")
    open_session(session, user=dana, origin=HERE, now=NOW)
    open_session(session, user=sam, origin=HERE, now=NOW)
    issue_code(session, user_id=dana.id, now=NOW)
    session.delete(dana)
    session.flush()
    assert session.exec(select(UserSession.user_id)).all() == [sam.id]
    left = select(SignInCode).where(col(SignInCode.user_id) == dana.id)
    assert session.exec(left).all() == []
