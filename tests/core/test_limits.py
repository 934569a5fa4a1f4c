import socket
import time
from uuid import uuid4

import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st

from parkplace.core import limits
from parkplace.core.errors import Forbidden
from parkplace.core.limits import (
    Policy,
    TooMany,
    flood,
    forget,
    hit,
    network,
    noting,
    remember,
    remembered,
)
from tests.redis_server import Choose

THREE_A_MINUTE = Policy("test-minute", 3, 60)
ONE_A_SECOND = Policy("test-second", 1, 1)


def someone() -> str:
    return uuid4().hex


@pytest.mark.usefixtures("counted")
def test_attempts_are_counted_and_then_refused() -> None:
    sam = someone()
    for _ in range(3):
        hit(THREE_A_MINUTE, sam)
    with pytest.raises(TooMany) as refused:
        hit(THREE_A_MINUTE, sam)
    assert refused.value.code == "too_many_attempts"
    assert 1 <= refused.value.retry_after <= 60
    assert refused.value.details == {"retry_after": str(refused.value.retry_after)}
    assert isinstance(refused.value, Forbidden)


@pytest.mark.usefixtures("counted")
def test_one_persons_attempts_are_not_anothers() -> None:
    sam, dana = someone(), someone()
    for _ in range(3):
        hit(THREE_A_MINUTE, sam)
    hit(THREE_A_MINUTE, dana)
    hit(THREE_A_MINUTE, sam, dana)
    hit(Policy("test-other", 3, 60), sam)


@pytest.mark.usefixtures("counted")
def test_after_the_wait_it_may_be_tried_again() -> None:
    sam = someone()
    deadline = time.monotonic() + 10
    tried = 0
    for _ in range(2):
        while True:
            tried += 1
            try:
                hit(ONE_A_SECOND, sam)
                break
            except TooMany as refused:
                assert time.monotonic() < deadline
                time.sleep(refused.retry_after / 10)
    assert tried > 2


@pytest.mark.usefixtures("counted")
def test_what_is_forgotten_counts_anew() -> None:
    dana = someone()
    for _ in range(3):
        hit(THREE_A_MINUTE, dana)
    forget(THREE_A_MINUTE, dana)
    for _ in range(3):
        hit(THREE_A_MINUTE, dana)
    with pytest.raises(TooMany):
        hit(THREE_A_MINUTE, dana)


@pytest.mark.usefixtures("counted")
def test_what_is_remembered_is_remembered_for_a_time() -> None:
    dana, home = someone(), someone()
    assert not remembered("signed-in", dana, home)
    remember("signed-in", dana, home, seconds=60)
    assert remembered("signed-in", dana, home)
    assert not remembered("signed-in", home, dana)
    remember("signed-in", dana, home, seconds=1)
    deadline = time.monotonic() + 10
    while remembered("signed-in", dana, home):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_processes_that_share_a_redis_share_the_count(choose: Choose, redis_url: str) -> None:
    choose(REDIS_URL=redis_url)
    sam = someone()
    for _ in range(3):
        hit(THREE_A_MINUTE, sam)
    choose(REDIS_URL=f"{redis_url}?db=0&client_name=another")
    with pytest.raises(TooMany):
        hit(THREE_A_MINUTE, sam)


def test_no_address_stands_readable_in_redis(choose: Choose, redis_url: str) -> None:
    choose(REDIS_URL=redis_url)
    hit(THREE_A_MINUTE, "dana@example.com")
    remember("signed-in", "dana@example.com", seconds=60)
    client = redis.Redis.from_url(redis_url.removeprefix("redis+"))
    keys = client.keys("*")
    client.close()
    assert keys
    assert not [key for key in keys if b"dana" in key]  # pyright: ignore[reportGeneralTypeIssues]


def test_without_its_redis_a_process_counts_alone(
    choose: Choose, caplog: pytest.LogCaptureFixture
) -> None:
    choose(REDIS_URL=f"redis://127.0.0.1:{_closed_port()}")
    sam = someone()
    for _ in range(3):
        hit(THREE_A_MINUTE, sam)
    with pytest.raises(TooMany):
        hit(THREE_A_MINUTE, sam)
    assert "Redis does not answer" in caplog.text
    forget(THREE_A_MINUTE, sam)
    hit(THREE_A_MINUTE, sam)
    remember("signed-in", sam, seconds=60)
    assert not remembered("signed-in", sam)


@pytest.mark.usefixtures("counted")
def test_how_one_stands_is_noted() -> None:
    sam = someone()
    with noting() as noted:
        hit(THREE_A_MINUTE, sam)
        hit(ONE_A_SECOND, sam)
    hit(THREE_A_MINUTE, sam)
    assert [(one.policy, one.remaining) for one in noted] == [
        (THREE_A_MINUTE, 2),
        (ONE_A_SECOND, 0),
    ]
    assert 1 <= noted[0].reset <= 60
    with noting() as noted:
        hit(THREE_A_MINUTE, sam)
        with pytest.raises(TooMany) as refused:
            hit(THREE_A_MINUTE, sam)
    assert [one.remaining for one in noted] == [0, 0]
    assert noted[1].reset == refused.value.retry_after


def test_who_floods_is_refused_until_the_window_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = 1_800_000_010.0
    monkeypatch.setattr(time, "time", lambda: moment)
    sam, dana = someone(), someone()
    with noting() as noted:
        for _ in range(3):
            flood(THREE_A_MINUTE, sam)
        flood(THREE_A_MINUTE, dana)
        with pytest.raises(TooMany) as refused:
            flood(THREE_A_MINUTE, sam)
    assert refused.value.retry_after == 50
    assert [(one.remaining, one.reset) for one in noted] == [
        (2, 50),
        (1, 50),
        (0, 50),
        (2, 50),
        (0, 50),
    ]
    moment += 50
    flood(THREE_A_MINUTE, sam)


def test_limits_can_be_switched_off_for_load_tests(choose: Choose) -> None:
    choose(PARKPLACE_RATE_LIMITS="off")
    sam = someone()
    for _ in range(50):
        hit(THREE_A_MINUTE, sam)
        flood(THREE_A_MINUTE, sam)


@given(st.lists(st.text(st.characters()), max_size=4))
def test_any_text_can_be_counted(key: list[str]) -> None:
    hit(Policy("test-any", 1_000_000, 60), *key)


def test_half_a_surrogate_pair_can_be_counted() -> None:
    hit(Policy("test-any", 1_000_000, 60), "\ud800")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 second "), (59, "59 seconds "), (60, "1 minute "), (61, "2 minutes ")],
)
def test_the_wait_is_told_in_words(seconds: int, words: str) -> None:
    assert f"Wait {words}and try again" in str(TooMany(retry_after=seconds))


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:0DB8:0001:0002::ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_a_household_counts_as_one(address: str, counted_as: str) -> None:
    assert network(address) == counted_as


def test_the_policies_stop_programs_and_not_people() -> None:
    policies = [value for value in vars(limits).values() if isinstance(value, Policy)]
    assert len({policy.name for policy in policies}) == len(policies) >= 7
    # Three letters an hour are many, for a person who waits for one.
    assert all(policy.amount >= 10 for policy in policies if policy is not limits.LETTER)
    # What strangers can fill for somebody else is empty again soon.
    assert limits.SIGN_IN_EMAIL.seconds <= 5 * 60
    assert limits.SIGN_IN_EMAIL.amount >= 10 * limits.SIGN_IN_PAIR.amount


def _closed_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return unused.getsockname()[1]
