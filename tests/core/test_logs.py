"""What a line of the log says, and what it leaves out."""

import io
import logging
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import copy_context

import pytest

from parkplace.core import ids, logs
from parkplace.core.logs import discreet


@contextmanager
def written(otherwise: Callable[[], str | None] = lambda: None) -> Generator[io.StringIO]:
    """What a configured process writes, while the test's own handlers are put aside."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    root.handlers.clear()
    logs.configure(level="DEBUG", otherwise=otherwise)
    handler = root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    said = io.StringIO()
    handler.setStream(said)
    try:
        yield said
    finally:
        root.handlers[:] = before
        root.setLevel(level)


def test_each_line_names_the_request_it_belongs_to() -> None:
    log = logging.getLogger("parkplace.test")
    with written() as said:
        log.info("before")
        with logs.during("abc"):
            log.info("in it")
            context = copy_context()
            thread = threading.Thread(target=context.run, args=(log.info, "on its thread"))
            thread.start()
            thread.join()
            with logs.during("def"):
                log.info("further in")
        log.info("after")
    lines = [line.partition("parkplace.test ")[2] for line in said.getvalue().splitlines()]
    assert lines == [
        "[-] before",
        "[abc] in it",
        "[abc] on its thread",
        "[def] further in",
        "[-] after",
    ]


def test_what_is_no_request_may_be_named_otherwise() -> None:
    log = logging.getLogger("parkplace.test")
    with written(otherwise=lambda: "event-1") as said:
        log.info("an event")
        with logs.during("abc"):
            log.info("a request")
    assert "[event-1] an event" in said.getvalue()
    assert "[abc] a request" in said.getvalue()


def test_an_exception_is_told_without_what_it_quotes() -> None:
    with written() as said:
        error = ValueError("Key (email)=(dana@example.com) already exists")
        number = logs.incident(logging.getLogger("parkplace.test"), error)
    assert number in said.getvalue()
    assert "Key (email)=([e-mail]) already exists" in said.getvalue()


@pytest.mark.parametrize(
    "secret",
    [
        "dana@example.com",
        "dana.kim+park@mail.example.co.uk",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl-_",
        "sk_test_4242abcdefgh",
        "whsec_abcdefghijkl",
        "seti_1abc_secret_defghijk",
        "4242424242424242",
        "4242 4242 4242 4242",
        "378282246310005",
    ],
)
def test_secrets_are_left_out(secret: str) -> None:
    for said in (secret, f"a {secret} b", f"key='{secret}'", f"/g/{secret}?x=1", f"({secret})"):
        assert secret not in discreet(said)


def test_our_own_tokens_are_left_out() -> None:
    for _ in range(20):
        token = ids.new_token()
        if any(sign.isdigit() for sign in token):
            assert token not in discreet(f"GET /report/status/{token} 200")


def test_a_server_s_address_is_told_without_its_password() -> None:
    said = discreet("cannot reach postgresql://park:s3cret@db.example:5432/park")
    assert "s3cret" not in said
    assert "db.example:5432/park" in said


def test_what_a_page_sent_is_left_out() -> None:
    said = discreet("Received event from session x. Event data: {'password': 'plum'}\nnext")
    assert "plum" not in said
    assert said.endswith("\nnext")


@pytest.mark.parametrize(
    "plain",
    [
        "incident 1a2b3c4d",
        "charging 01a1ffbc-e39c-7589-8dee-3fb7a9ce9ae0: payment_refused",
        "2026-11-21 17:00:00,123 INFO parkplace.jobs",
        'File "/srv/parkplace/bookings/holding.py", line 120, in hold_the_next_free_bay_of_a_space',
        "pi_3MtwBwLkdIwHu7ix28a3tqPa is canceled",
        "409 space_taken in 12.5 ms",
    ],
)
def test_what_helps_to_find_a_mistake_is_kept(plain: str) -> None:
    assert discreet(plain) == plain
