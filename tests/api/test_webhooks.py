"""Stripe's messages: signed, unsigned, forged, late, doubled."""

import json
from collections.abc import Generator
from datetime import datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import Session, select

from parkplace.payments.models import StripeEvent
from parkplace.stripe_sandbox.webhooks import signature
from tests import factories as make
from tests.factories import NOW
from tests.stripe import paid_through
from tests.stripe_sandbox.running import Delivery, Receiver, RunningSandbox

PATH = "/api/v1/webhooks/stripe"


@pytest.fixture
def sandbox(stripe_sandbox: RunningSandbox) -> Generator[RunningSandbox]:
    with paid_through(stripe_sandbox):
        yield stripe_sandbox


@pytest.fixture
def held(client: TestClient, session: Session, sandbox: RunningSandbox) -> dict[str, str]:
    assert sandbox
    garage = make.space(session, make.owen(session))
    session.commit()
    asked = {
        "space_id": str(garage.id),
        "starts_at": "2026-11-21T13:00:00-05:00",
        "ends_at": "2026-11-21T16:00:00-05:00",
        "email": "guest@example.com",
    }
    return client.post("/api/v1/bookings", json=asked).raise_for_status().json()


@pytest.fixture
def delivery(sandbox: RunningSandbox, held: dict[str, str]) -> Delivery:
    """What Stripe sends when the card of a hold is saved."""
    with Receiver() as receiver:
        sandbox.send_webhooks_to(receiver.url)
        sandbox.submit_card(held["checkout_url"], "4242424242424242")
        sent = receiver.wait_for(1, about="checkout.session.completed")
    return sent[0]


def send(client: TestClient, body: bytes, sign: str | None) -> Response:
    headers = {b"Content-Type": b"application/json; charset=utf-8"}
    if sign is not None:
        headers[b"Stripe-Signature"] = sign.encode("latin-1")
    return client.post(PATH, content=body, headers=headers)


def status(client: TestClient, held: dict[str, str]) -> str:
    who = {"Authorization": f"Bearer {held['manage_token']}"}
    return client.get(f"/api/v1/bookings/{held['id']}", headers=who).json()["status"]


def signed(body: bytes, *, secret: str, at: datetime = NOW) -> str:
    return signature(body.decode(), secret=secret, at=int(at.timestamp()))


def test_stripes_word_confirms_the_booking_once(
    client: TestClient, session: Session, held: dict[str, str], delivery: Delivery
) -> None:
    for _ in range(3):
        answer = send(client, delivery.body, delivery.signature)
        assert (answer.status_code, answer.json()) == (200, {"received": True})
    assert status(client, held) == "confirmed"
    assert len(session.exec(select(StripeEvent)).all()) == 1


@pytest.mark.parametrize(
    "sign",
    [None, "", "t=1", "t=x,v1=y", "v1=abc", "t=1,v1=abc", "nonsense", "t=,v1=", "=,=", "é"],
)
def test_what_stripe_did_not_sign_does_nothing(
    client: TestClient, held: dict[str, str], delivery: Delivery, sign: str | None
) -> None:
    answer = send(client, delivery.body, sign)
    assert (answer.status_code, answer.json()["code"]) == (400, "webhook_signature")
    assert status(client, held) == "held"


def test_another_bodys_signature_does_nothing(
    client: TestClient, held: dict[str, str], delivery: Delivery
) -> None:
    forged = delivery.body.replace(b"completed", b"expired")
    assert send(client, forged, delivery.signature).status_code == 400
    assert status(client, held) == "held"


def test_another_secrets_signature_does_nothing(
    client: TestClient, held: dict[str, str], delivery: Delivery
) -> None:
    sign = signed(delivery.body, secret="whsec_of_somebody_else")
    assert send(client, delivery.body, sign).status_code == 400
    assert status(client, held) == "held"


def test_a_signature_from_long_ago_does_nothing(
    client: TestClient, sandbox: RunningSandbox, held: dict[str, str], delivery: Delivery
) -> None:
    late = signed(delivery.body, secret=sandbox.webhook_secret, at=NOW - timedelta(minutes=6))
    assert send(client, delivery.body, late).status_code == 400
    assert status(client, held) == "held"


@pytest.mark.parametrize(
    "body",
    [
        {"id": "evt_1", "type": "customer.created", "created": 1, "data": {"object": {"id": "c"}}},
        {"id": "evt_2", "type": "balance.available", "created": 1, "data": {"object": {}}},
    ],
)
def test_what_is_none_of_our_business_is_taken_and_passed_over(
    client: TestClient, sandbox: RunningSandbox, body: dict[str, object]
) -> None:
    text = json.dumps(body).encode()
    answer = send(client, text, signed(text, secret=sandbox.webhook_secret))
    assert answer.status_code == 200


def test_when_stripe_does_not_answer_it_is_to_send_again(
    client: TestClient,
    sandbox: RunningSandbox,
    held: dict[str, str],
    delivery: Delivery,
) -> None:
    unwell = {"kind": "fail", "path": "/v1/checkout/sessions", "method": "GET", "times": 9}
    sandbox.faults(unwell)
    assert send(client, delivery.body, delivery.signature).status_code >= 400
    assert status(client, held) == "held"
    sandbox.faults(clear=True)
    assert send(client, delivery.body, delivery.signature).status_code == 200
    assert status(client, held) == "confirmed"
