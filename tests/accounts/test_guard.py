from collections.abc import Callable, Iterator
from uuid import UUID, uuid4

import pytest

from parkplace.accounts import guard
from parkplace.accounts.service import WrongCredentials
from parkplace.core.limits import (
    ASK_RESET,
    CHANGE_EMAIL,
    LETTER,
    PASSWORD_ACCOUNT,
    SIGN_IN_ADDRESS,
    SIGN_IN_EMAIL,
    SIGN_IN_PAIR,
    TooMany,
)

HOME = "203.0.113.9"


@pytest.fixture
def dana() -> str:
    return f"dana-{uuid4().hex}@example.com"


@pytest.fixture
def networks() -> Iterator[str]:
    """Addresses of networks that no test has used before."""
    part = uuid4().hex
    prefix = f"2001:db8:{part[:4]}"
    return (f"{prefix}:{number:x}::1" for number in range(1, 0x1000))


def fails(email: str, address: str) -> None:
    with pytest.raises(WrongCredentials), guard.sign_in(email=email, address=address):
        raise WrongCredentials("E-mail or password is wrong.")


def is_let_try(email: str, address: str) -> bool:
    try:
        fails(email, address)
    except TooMany:
        return False
    return True


def test_somebody_who_guesses_from_one_place_is_stopped(dana: str, networks: Iterator[str]) -> None:
    sams = next(networks)
    for _ in range(SIGN_IN_PAIR.amount):
        fails(dana, sams)
    with pytest.raises(TooMany), guard.sign_in(email=dana, address=sams):
        pytest.fail("an attempt too many was let through")


def test_the_guesser_does_not_lock_the_owner_out(dana: str, networks: Iterator[str]) -> None:
    sams, home = next(networks), next(networks)
    while is_let_try(dana, sams):
        pass
    assert is_let_try(dana, home)


def test_another_spelling_or_another_host_of_the_same_network_is_no_way_round(
    dana: str, networks: Iterator[str]
) -> None:
    sams = next(networks)
    for number in range(SIGN_IN_PAIR.amount):
        fails(f" {dana.upper()} ", sams.replace("::1", f"::{number + 2:x}"))
    assert not is_let_try(dana, sams)


def test_a_sign_in_that_goes_well_begins_the_count_anew(dana: str, networks: Iterator[str]) -> None:
    home = next(networks)
    for _ in range(3):
        for _ in range(SIGN_IN_PAIR.amount - 1):
            fails(dana, home)
        with guard.sign_in(email=dana, address=home):
            pass


def test_trying_many_accounts_from_one_place_is_stopped(networks: Iterator[str]) -> None:
    sams = next(networks)
    tried = 0
    while is_let_try(f"{uuid4().hex}@example.com", sams):
        tried += 1
    assert tried == SIGN_IN_ADDRESS.amount


def test_an_account_guessed_at_from_everywhere_is_closed_to_strangers_only(
    dana: str, networks: Iterator[str]
) -> None:
    home = next(networks)
    with guard.sign_in(email=dana, address=home):
        pass
    tried = 0
    while is_let_try(dana, next(networks)):
        tried += 1
    assert tried == SIGN_IN_EMAIL.amount - 1  # the owner's own first time counted too
    assert not is_let_try(dana, next(networks))
    with guard.sign_in(email=dana, address=home):
        pass


@pytest.mark.parametrize("email", ["", "not an address", "\ud800", "d" * 100_000, "a\0@b.c"])
def test_whatever_is_typed_is_counted(email: str, networks: Iterator[str]) -> None:
    sams = next(networks)
    tried = 0
    while is_let_try(email, sams):
        tried += 1
    assert tried == SIGN_IN_PAIR.amount


def letters(email: str) -> int:
    """How many letters of one kind leave when ten are asked for."""
    return sum(guard.letter("reset", email=email) for _ in range(10))


def test_a_mailbox_gets_three_letters_an_hour_whoever_asks(
    dana: str, networks: Iterator[str]
) -> None:
    left = [guard.ask_reset(email=dana, address=next(networks)) for _ in range(10)]
    assert left == [True] * 3 + [False] * 7
    assert not guard.ask_reset(email=f" {dana.upper()}", address=next(networks))
    # Each kind is counted by itself, and each mailbox.
    assert guard.letter("verify", email=dana)
    assert letters(f"other-{dana}") == LETTER.amount == 3


def test_asking_for_many_mailboxes_from_one_place_is_stopped(networks: Iterator[str]) -> None:
    sams = next(networks)
    for _ in range(ASK_RESET.amount):
        assert guard.ask_reset(email=f"{uuid4().hex}@example.com", address=sams)
    with pytest.raises(TooMany):
        guard.ask_reset(email=f"{uuid4().hex}@example.com", address=sams)


def test_a_stranger_who_asks_for_everything_locks_nobody_out(
    dana: str, networks: Iterator[str]
) -> None:
    sams, home = next(networks), next(networks)
    dana_id, sam_id = uuid4(), uuid4()
    attempts: list[Callable[[UUID, str], object]] = [
        lambda _, address: guard.ask_reset(email=dana, address=address),
        lambda _, address: guard.link(address=address),
        lambda who, address: guard.password(user_id=who, address=address),
        lambda who, address: guard.account(user_id=who, address=address),
        lambda who, address: guard.change_email(user_id=who, email=dana, address=address),
    ]
    for attempt in attempts:
        assert until_stopped(lambda attempt=attempt: attempt(sam_id, sams)) >= 10
        attempt(dana_id, home)
    with guard.sign_in(email=dana, address=home):
        pass


def test_who_borrows_a_session_cannot_guess_its_password(networks: Iterator[str]) -> None:
    dana = uuid4()
    tried = until_stopped(lambda: guard.password(user_id=dana, address=next(networks)))
    assert tried == PASSWORD_ACCOUNT.amount


def test_nobody_begins_to_move_all_day(networks: Iterator[str]) -> None:
    dana = uuid4()

    def begin() -> None:
        email = f"{uuid4().hex}@example.com"
        assert guard.change_email(user_id=dana, email=email, address=next(networks))

    assert until_stopped(begin) == CHANGE_EMAIL.amount


def until_stopped(attempt: Callable[[], object]) -> int:
    """How often something may be done before it is refused."""
    for done in range(1000):
        try:
            attempt()
        except TooMany:
            return done
    raise AssertionError("nobody stopped it")
