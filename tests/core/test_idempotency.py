from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlmodel import Session

from parkplace.core import idempotency
from parkplace.core.db import transaction
from parkplace.core.idempotency import KeyReused, once
from tests.accounts.at_once import at_once
from tests.factories import NOW


def ask(session: Session, numbers: "count[int]", key: str | None, **given: Any) -> int:
    values: dict[str, Any] = {"scope": "bookings:dana", "request": {"space": 1}, "now": NOW}
    answer = once(session, key=key, answer=lambda: {"number": next(numbers)}, **(values | given))
    return answer["number"]


def test_the_same_key_gets_the_same_answer(session: Session) -> None:
    numbers = count(1)
    assert [ask(session, numbers, "k") for _ in range(3)] == [1, 1, 1]


def test_without_a_key_every_call_is_a_new_one(session: Session) -> None:
    numbers = count(1)
    assert [ask(session, numbers, None) for _ in range(3)] == [1, 2, 3]


def test_another_request_under_the_same_key_is_refused(session: Session) -> None:
    numbers = count(1)
    ask(session, numbers, "k")
    with pytest.raises(KeyReused):
        ask(session, numbers, "k", request={"space": 2})


def test_one_callers_key_is_nobody_elses(session: Session) -> None:
    numbers = count(1)
    assert ask(session, numbers, "k") != ask(session, numbers, "k", scope="bookings:sam")


def test_an_answer_that_fails_leaves_no_trace(session: Session) -> None:
    def fails() -> dict[str, Any]:
        raise RuntimeError

    with pytest.raises(RuntimeError), session.begin_nested():
        once(session, scope="s", key="k", request=1, now=NOW, answer=fails)
    assert once(session, scope="s", key="k", request=2, now=NOW, answer=lambda: {"a": 1}) == {
        "a": 1
    }


def test_of_many_at_once_one_acts_and_all_get_its_answer(committed_database: str) -> None:
    assert committed_database
    numbers = count(1)

    def go(_: int) -> int:
        with transaction() as session:
            return ask(session, numbers, "k")

    assert at_once(go, range(8)) == [1] * 8


def test_keys_are_forgotten_after_two_days(session: Session) -> None:
    numbers = count(1)
    ask(session, numbers, "k")
    idempotency.tidy(session, now=NOW + timedelta(days=2))
    assert ask(session, numbers, "k") == 1
    idempotency.tidy(session, now=NOW + timedelta(days=3))
    session.expire_all()
    assert ask(session, numbers, "k") == 2
