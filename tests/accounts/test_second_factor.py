from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from parkplace.accounts import guard, recovery_codes
from parkplace.accounts.models import RecoveryCode, SecondFactor, User
from parkplace.accounts.one_time_codes import SECONDS, code_at, step_at
from parkplace.accounts.origin import Origin
from parkplace.accounts.ownership import FRESH, SignInAgain, WrongPassword
from parkplace.accounts.second_factor import (
    Proof,
    SecondFactorNeeded,
    TwoFactorOff,
    TwoFactorOn,
    WrongCode,
    prove,
    remove,
    renew_recovery_codes,
    set_up,
    switch_off,
    switch_on,
)
from parkplace.accounts.verification import EmailUnverified
from parkplace.core.db import transaction
from parkplace.core.limits import SECOND_STEP, TooMany
from parkplace.core.settings import get_settings
from tests.accounts.at_once import at_once
from tests.accounts.people import NOW, PASSWORD, person, signed_up

MINUTE = timedelta(minutes=1)


@pytest.fixture
def somewhere() -> Origin:
    """A network from which nothing was tried before."""
    return Origin(address=f"2001:db8:{uuid4().hex[:4]}:{uuid4().hex[:4]}::1")


def verified(session: Session, name: str) -> User:
    """Someone with a password whose address is theirs."""
    user = signed_up(session, name)
    user.email_verified_at = NOW
    session.flush()
    return user


def code(secret: str, now: datetime = NOW) -> str:
    return code_at(secret, step_at(now))


def protected(session: Session, where: Origin, name: str = "Dana") -> tuple[User, str, list[str]]:
    """Someone whose second factor is on since an hour ago, its secret, their recovery codes."""
    before = NOW - 60 * MINUTE
    user = verified(session, name)
    secret = set_up(session, user=user, password=PASSWORD, signed_in_at=None, now=before).secret
    codes = switch_on(session, user=user, code=code(secret, before), origin=where, now=before)
    return user, secret, codes


def test_setting_up_changes_nothing_until_a_code_proves_the_app(
    session: Session, somewhere: Origin
) -> None:
    dana = verified(session, "Dana")
    setup = set_up(session, user=dana, password=PASSWORD, signed_in_at=None, now=NOW)
    assert setup.secret in setup.otpauth_uri
    assert setup.qr_svg.startswith("<svg")
    assert not dana.two_factor
    assert prove(session, user=dana, code=None, origin=somewhere, now=NOW) is Proof.NOTHING
    with pytest.raises(WrongCode):
        switch_on(session, user=dana, code="000000", origin=somewhere, now=NOW)
    assert not dana.two_factor
    codes = switch_on(session, user=dana, code=code(setup.secret), origin=somewhere, now=NOW)
    assert dana.two_factor_at == NOW
    assert len(set(codes)) == recovery_codes.COUNT
    with pytest.raises(TwoFactorOn):
        switch_on(session, user=dana, code=code(setup.secret), origin=somewhere, now=NOW)
    with pytest.raises(TwoFactorOn):
        set_up(session, user=dana, password=PASSWORD, signed_in_at=None, now=NOW)


def test_a_secret_that_was_made_again_replaces_the_one_before(
    session: Session, somewhere: Origin
) -> None:
    dana = verified(session, "Dana")
    first = set_up(session, user=dana, password=PASSWORD, signed_in_at=None, now=NOW)
    second = set_up(session, user=dana, password=PASSWORD, signed_in_at=None, now=NOW)
    with pytest.raises(WrongCode):
        switch_on(session, user=dana, code=code(first.secret), origin=somewhere, now=NOW)
    assert switch_on(session, user=dana, code=code(second.secret), origin=somewhere, now=NOW)


def test_nothing_is_switched_on_that_was_not_set_up(session: Session, somewhere: Origin) -> None:
    dana = verified(session, "Dana")
    with pytest.raises(TwoFactorOff):
        switch_on(session, user=dana, code="123456", origin=somewhere, now=NOW)
    with pytest.raises(TwoFactorOff):
        renew_recovery_codes(session, user=dana, code="123456", origin=somewhere, now=NOW)
    with pytest.raises(TwoFactorOff):
        switch_off(
            session,
            user=dana,
            password=PASSWORD,
            signed_in_at=None,
            code="123456",
            origin=somewhere,
            now=NOW,
        )


def test_only_the_owner_of_account_and_address_sets_it_up(session: Session) -> None:
    dana = verified(session, "Dana")
    for password in (None, "", "wrong", PASSWORD.upper()):
        with pytest.raises(WrongPassword):
            set_up(session, user=dana, password=password, signed_in_at=NOW, now=NOW)
    sam = signed_up(session, "Sam")
    with pytest.raises(EmailUnverified):
        set_up(session, user=sam, password=PASSWORD, signed_in_at=NOW, now=NOW)


def test_without_a_password_it_takes_a_sign_in_of_the_last_five_minutes(session: Session) -> None:
    dana = person(session, "Dana")
    dana.email_verified_at = NOW
    for signed_in_at in (None, NOW - FRESH, NOW - timedelta(days=1)):
        with pytest.raises(SignInAgain):
            set_up(session, user=dana, password=PASSWORD, signed_in_at=signed_in_at, now=NOW)
    assert set_up(session, user=dana, password=None, signed_in_at=NOW - 4 * MINUTE, now=NOW)


def test_what_is_stored_makes_no_codes(session: Session, somewhere: Origin) -> None:
    _, secret, codes = protected(session, somewhere)
    factor = session.exec(select(SecondFactor)).one()
    assert secret not in factor.secret
    kept = session.exec(select(RecoveryCode.code_hash)).all()
    assert len(kept) == len(codes) == 10
    for plain in codes:
        assert not any(plain.replace("-", "") in stored for stored in kept)


def test_no_code_is_asked_back_and_a_wrong_one_refused(session: Session, somewhere: Origin) -> None:
    dana, secret, _ = protected(session, somewhere)
    for nothing in (None, "", "  "):
        with pytest.raises(SecondFactorNeeded):
            prove(session, user=dana, code=nothing, origin=somewhere, now=NOW)
    for wrong in ("000000", "x", "\ud800", code(secret)[:5], code(secret) + "0"):
        with pytest.raises(WrongCode):
            prove(session, user=dana, code=wrong, origin=somewhere, now=NOW)


@pytest.mark.parametrize("spelled", ["{}", " {} ", "{0:.3} {0:.3}"])
def test_a_code_is_accepted_once(session: Session, somewhere: Origin, spelled: str) -> None:
    dana, secret, _ = protected(session, somewhere)
    typed = code(secret)
    typed = f"{typed[:3]} {typed[3:]}" if "." in spelled else spelled.format(typed)
    assert prove(session, user=dana, code=typed, origin=somewhere, now=NOW) is Proof.APP
    with pytest.raises(WrongCode):
        prove(session, user=dana, code=typed, origin=somewhere, now=NOW)
    with pytest.raises(WrongCode):
        prove(session, user=dana, code=typed, origin=somewhere, now=NOW + MINUTE / 2)


def test_the_code_that_switched_it_on_is_spent(session: Session, somewhere: Origin) -> None:
    dana = verified(session, "Dana")
    secret = set_up(session, user=dana, password=PASSWORD, signed_in_at=None, now=NOW).secret
    switch_on(session, user=dana, code=code(secret), origin=somewhere, now=NOW)
    with pytest.raises(WrongCode):
        prove(session, user=dana, code=code(secret), origin=somewhere, now=NOW)


def test_danas_code_is_not_sams(session: Session, somewhere: Origin) -> None:
    _, danas, codes = protected(session, somewhere)
    sam, _, _ = protected(session, somewhere, "Sam")
    for typed in (code(danas), codes[0]):
        with pytest.raises(WrongCode):
            prove(session, user=sam, code=typed, origin=somewhere, now=NOW)


def test_a_recovery_code_stands_in_for_the_app_once(session: Session, somewhere: Origin) -> None:
    dana, _, codes = protected(session, somewhere)
    spellings = [codes[0], codes[1].replace("-", ""), f" {codes[2].replace('-', ' ')} "]
    for used, typed in enumerate(spellings, start=1):
        proof = prove(session, user=dana, code=typed, origin=somewhere, now=NOW)
        assert proof is Proof.RECOVERY_CODE
        assert recovery_codes.left(session, user_id=dana.id) == 10 - used
        with pytest.raises(WrongCode):
            prove(session, user=dana, code=typed, origin=somewhere, now=NOW)


def test_new_recovery_codes_void_the_old_and_take_the_app(
    session: Session, somewhere: Origin
) -> None:
    dana, secret, old = protected(session, somewhere)
    with pytest.raises(WrongCode):
        renew_recovery_codes(session, user=dana, code=old[0], origin=somewhere, now=NOW)
    new = renew_recovery_codes(session, user=dana, code=code(secret), origin=somewhere, now=NOW)
    assert not set(new) & set(old)
    with pytest.raises(WrongCode):
        prove(session, user=dana, code=old[0], origin=somewhere, now=NOW)
    assert prove(session, user=dana, code=new[0], origin=somewhere, now=NOW)


@pytest.mark.parametrize("with_app", [True, False])
def test_switching_off_takes_the_password_and_a_code_and_forgets_everything(
    session: Session, somewhere: Origin, *, with_app: bool
) -> None:
    dana, secret, codes = protected(session, somewhere)

    def off(password: str | None, typed: str) -> None:
        switch_off(
            session,
            user=dana,
            password=password,
            signed_in_at=NOW,
            code=typed,
            origin=somewhere,
            now=NOW,
        )

    with pytest.raises(WrongPassword):
        off("wrong", code(secret))
    with pytest.raises(WrongCode):
        off(PASSWORD, "000000")
    assert dana.two_factor
    off(PASSWORD, code(secret) if with_app else codes[0])
    assert not dana.two_factor
    assert session.exec(select(SecondFactor)).all() == []
    assert session.exec(select(RecoveryCode)).all() == []
    assert prove(session, user=dana, code=None, origin=somewhere, now=NOW) is Proof.NOTHING


def test_who_leaves_leaves_nothing_of_it_behind(session: Session, somewhere: Origin) -> None:
    dana, _, _ = protected(session, somewhere)
    remove(session, user=dana)
    assert not dana.two_factor
    assert session.exec(select(SecondFactor)).all() == []
    assert session.exec(select(RecoveryCode)).all() == []


def test_with_another_secret_key_no_code_is_right(
    session: Session, somewhere: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    dana, secret, codes = protected(session, somewhere)
    monkeypatch.setenv("PARKPLACE_SECRET_KEY", "another operator's")
    get_settings.cache_clear()
    for typed in (code(secret), codes[0]):
        with pytest.raises(WrongCode):
            prove(session, user=dana, code=typed, origin=somewhere, now=NOW)


def test_guessing_codes_is_stopped_and_a_right_one_begins_anew(
    session: Session, somewhere: Origin
) -> None:
    dana, secret, _ = protected(session, somewhere)

    def guesses() -> int:
        tried = 0
        while True:
            try:
                prove(session, user=dana, code="000000", origin=somewhere, now=NOW)
            except WrongCode:
                tried += 1
            except TooMany:
                return tried

    for _ in range(SECOND_STEP.amount - 1):
        with pytest.raises(WrongCode):
            prove(session, user=dana, code="000000", origin=somewhere, now=NOW)
    prove(session, user=dana, code=code(secret), origin=somewhere, now=NOW)
    assert guesses() == SECOND_STEP.amount
    with pytest.raises(TooMany):
        prove(session, user=dana, code=code(secret), origin=somewhere, now=NOW)


def test_who_guesses_elsewhere_does_not_use_up_what_the_owner_has_at_home(
    session: Session, somewhere: Origin
) -> None:
    dana, secret, _ = protected(session, somewhere)
    home = Origin(address=f"2001:db8:{uuid4().hex[:4]}:{uuid4().hex[:4]}::1")
    with guard.sign_in(email=dana.email, address=home.address):
        pass  # the owner signed in here lately
    for _ in range(SECOND_STEP.amount):
        with pytest.raises(WrongCode):
            prove(session, user=dana, code="000000", origin=somewhere, now=NOW)
    with pytest.raises(TooMany):
        prove(session, user=dana, code=code(secret), origin=somewhere, now=NOW)
    assert prove(session, user=dana, code=code(secret), origin=home, now=NOW) is Proof.APP


@pytest.mark.usefixtures("committed_database")
@pytest.mark.parametrize("kind", [Proof.APP, Proof.RECOVERY_CODE])
def test_of_those_who_send_one_code_at_once_one_gets_in(kind: Proof) -> None:
    where = Origin(address=f"2001:db8:{uuid4().hex[:4]}:{uuid4().hex[:4]}::1")
    with transaction() as session:
        dana, secret, codes = protected(session, where)
    typed = code(secret) if kind is Proof.APP else codes[0]

    def try_it(_somebody: int) -> bool:
        try:
            with transaction() as session:
                user = session.get_one(User, dana.id)
                return prove(session, user=user, code=typed, origin=where, now=NOW) is kind
        except WrongCode:
            return False

    assert at_once(try_it, range(8)).count(True) == 1


@pytest.mark.usefixtures("committed_database")
def test_of_those_who_switch_it_on_at_once_one_gets_recovery_codes() -> None:
    where = Origin(address=f"2001:db8:{uuid4().hex[:4]}:{uuid4().hex[:4]}::1")
    with transaction() as session:
        dana = verified(session, "Dana")
        secret = set_up(session, user=dana, password=PASSWORD, signed_in_at=None, now=NOW).secret

    def try_it(ahead: int) -> list[str]:
        typed = code_at(secret, step_at(NOW) + ahead)
        try:
            with transaction() as session:
                return switch_on(session, user=dana, code=typed, origin=where, now=NOW)
        except (TwoFactorOn, WrongCode):
            return []

    [codes] = [codes for codes in at_once(try_it, [-1, 0, 1, -1, 0, 1]) if codes]
    with transaction() as session:
        user = session.get_one(User, dana.id)
        assert prove(session, user=user, code=codes[0], origin=where, now=NOW)
        assert recovery_codes.left(session, user_id=dana.id) == 9


Attempt = tuple[int, int]  # half minutes since the last attempt, and the code's own distance


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # a person of their own for each
)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-3, 3)), max_size=8))
@example([(0, 1), (0, 0), (0, -1), (1, 0), (1, -1), (0, 1)])
@example([(0, 0), (1, -1), (1, -1), (0, 0)])
def test_a_code_is_accepted_exactly_once_whatever_the_order(
    session: Session, attempts: list[Attempt]
) -> None:
    where = Origin(address=f"2001:db8:{uuid4().hex[:4]}:{uuid4().hex[:4]}::1")
    with session.begin_nested() as example_alone:
        dana = person(session, f"Dana{uuid4().hex}")
        dana.email_verified_at = NOW
        setup = set_up(session, user=dana, password=None, signed_in_at=NOW, now=NOW)
        switch_on(session, user=dana, code=code(setup.secret), origin=where, now=NOW)
        now, last, accepted = NOW + 5 * MINUTE, step_at(NOW), list[int]()
        for passed, distance in attempts:
            now += timedelta(seconds=SECONDS * passed)
            step = step_at(now) + distance
            typed = code_at(setup.secret, step)
            expected = abs(distance) <= 1 and step > last
            try:
                prove(session, user=dana, code=typed, origin=where, now=now)
            except WrongCode:
                assert not expected
            else:
                assert expected
                accepted.append(step)
                last = step
        assert len(accepted) == len(set(accepted))
        example_alone.rollback()
