"""Webhooks: signed, repeated, doubled, held, reversed, and never lost."""

import hashlib
import hmac
import json
from pathlib import Path

import httpx
import stripe

from tests.stripe_sandbox import shop
from tests.stripe_sandbox.running import WEBHOOK_SECRET, Receiver, RunningSandbox, running


def _undelivered(api: httpx.Client) -> list[str]:
    found = api.get("/v1/events", params={"delivery_success": "false", "limit": 100}).json()
    return [event["id"] for event in found["data"]]


def _until_delivered(api: httpx.Client, event: str) -> None:
    # The receiver has answered; the sandbox writes that down right after.
    for _ in range(200):
        if event not in _undelivered(api):
            return
    raise AssertionError(f"{event} still counts as undelivered")


def test_an_event_is_signed_as_stripe_signs(sandbox: RunningSandbox, api: httpx.Client) -> None:
    with Receiver() as receiver:
        sandbox.send_webhooks_to(receiver.url)
        customer = shop.new_customer(api)
        (delivery,) = receiver.wait_for(1, about=customer)

        parts = dict(part.split("=", 1) for part in delivery.signature.split(","))
        signed = f"{parts['t']}.".encode() + delivery.body
        expected = hmac.new(WEBHOOK_SECRET.encode(), signed, hashlib.sha256).hexdigest()
        assert parts["v1"] == expected
        event = stripe.Webhook.construct_event(delivery.body, delivery.signature, WEBHOOK_SECRET)
        assert event.type == "customer.created"
        assert json.loads(delivery.body)["data"]["object"]["id"] == customer
        _until_delivered(api, event.id)
        assert api.get(f"/v1/events/{event.id}").json()["pending_webhooks"] == 0


def test_a_refused_event_comes_again(sandbox: RunningSandbox, api: httpx.Client) -> None:
    with Receiver(500, 404) as receiver:
        sandbox.send_webhooks_to(receiver.url)
        customer = shop.new_customer(api)
        first, second, third = receiver.wait_for(3, about=customer)

    assert first.body == second.body == third.body


def test_what_nobody_took_is_listed(sandbox: RunningSandbox, api: httpx.Client) -> None:
    sandbox.faults(hold=True)
    with Receiver() as receiver:
        sandbox.send_webhooks_to(receiver.url)
        before = _undelivered(api)
        customer = shop.new_customer(api)

        (event,) = set(_undelivered(api)) - set(before)

        sandbox.faults(hold=False)
        receiver.wait_for(1, about=customer)
        _until_delivered(api, event)


def test_events_can_come_twice(sandbox: RunningSandbox, api: httpx.Client) -> None:
    sandbox.faults(copies=2)
    with Receiver() as receiver:
        sandbox.send_webhooks_to(receiver.url)
        customer = shop.new_customer(api)

        first, second = receiver.wait_for(2, about=customer)

    assert first.body == second.body


def test_events_can_come_in_reverse(sandbox: RunningSandbox, api: httpx.Client) -> None:
    customer = shop.new_customer(api)
    method = shop.saved_card(sandbox, api, customer, "4242424242424242")
    sandbox.faults(hold=True, backwards=True)
    with Receiver() as receiver:
        sandbox.send_webhooks_to(receiver.url)
        intent = shop.post(api, "payment_intents", **shop.charging(customer, method))
        sandbox.faults(hold=False)

        kinds = [delivery.type for delivery in receiver.wait_for(3, about=intent["id"])]

    assert kinds == ["payment_intent.succeeded", "charge.succeeded", "payment_intent.created"]


def test_an_undelivered_event_survives_a_killed_process(tmp_path: Path) -> None:
    with Receiver(503) as receiver, running(tmp_path, "--webhook-url", receiver.url) as sandbox:
        with sandbox.client() as api:
            customer = shop.new_customer(api)
        receiver.wait_for(1, about=customer)
        sandbox.kill()

        sandbox.start()

        first, second = receiver.wait_for(2, about=customer)
        assert first.body == second.body


def test_only_events_that_were_asked_for_are_sent(tmp_path: Path) -> None:
    with (
        Receiver() as receiver,
        running(
            tmp_path, "--webhook-url", receiver.url, "--webhook-event", "checkout.session.expired"
        ) as sandbox,
        sandbox.client() as api,
    ):
        customer = shop.new_customer(api)
        session = shop.new_session(api, customer)
        shop.post(api, f"checkout/sessions/{session['id']}/expire")

        (first,) = receiver.wait_for(1, about="evt_")

        assert first.type == "checkout.session.expired"
        events = api.get("/v1/events", params={"type": "customer.created"}).json()["data"]
        assert [event["pending_webhooks"] for event in events] == [0]


def test_a_card_page_that_runs_out_tells_by_itself(
    sandbox: RunningSandbox, api: httpx.Client
) -> None:
    session = shop.new_session(api, shop.new_customer(api))
    with Receiver() as receiver:
        sandbox.send_webhooks_to(receiver.url)
        sandbox.clock(25 * 60 * 60)

        (delivery,) = receiver.wait_for(1, about=session["id"])

    assert delivery.type == "checkout.session.expired"
