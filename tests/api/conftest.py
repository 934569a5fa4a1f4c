"""The API in front of one database, at noon in New York."""

from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session

from parkplace.accounts import tokens
from parkplace.accounts.models import User
from parkplace.accounts.origin import Origin
from parkplace.api.app import make_api, templates
from parkplace.core import clock, limits
from parkplace.core.settings import get_settings
from parkplace.front.front import Front
from parkplace.payments.gateway import gateway
from tests.api.contract import Program
from tests.factories import NOW

As = Callable[[User], dict[str, str]]


def forget_settings() -> None:
    """Let this process read its environment anew."""
    get_settings.cache_clear()
    gateway.cache_clear()


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """It is `NOW`, Stripe does not answer, and there is no geocoder."""
    monkeypatch.setenv("STRIPE_API_KEY", "sk_test_nobody")
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", "whsec_of_the_tests")
    monkeypatch.setenv("STRIPE_BASE_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("GEOCODER_URL", "")
    forget_settings()
    limits.forget_all()
    at(NOW)
    the_api()
    yield
    monkeypatch.undo()
    forget_settings()
    clock.travel(timedelta())


def at(moment: datetime) -> None:
    """Let it be a moment, from which the clock runs on."""
    clock.travel(moment - datetime.now(UTC))


@cache
def the_api() -> FastAPI:
    """The API of the tests; made once, before a test can ask from many threads."""
    return make_api()


def program() -> TestClient:
    """A program on a network that nothing was tried from before."""
    network = f"2001:db8:{uuid4().hex[:4]}:{uuid4().hex[:4]}::1"
    front = Front(the_api(), routes=templates(the_api()))
    made = Program(front, base_url="http://localhost:8000", client=(network, 50000))
    made.described = the_api()
    return made


@pytest.fixture
def client(session: Session) -> Generator[TestClient]:
    """A program that talks to the API; what it does is rolled back with the session."""
    assert session
    with program() as talking:
        yield talking


@pytest.fixture
def as_(session: Session) -> As:
    """The headers that make a program somebody."""

    def headers(user: User) -> dict[str, str]:
        pair = tokens.issue(session, user=user, origin=Origin(device="test"), now=clock.utc_now())
        session.commit()
        return {"Authorization": f"Bearer {pair.access_token}"}

    return headers
