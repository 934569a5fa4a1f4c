"""PaymentIntents go from state to state as Stripe documents, and no other way."""

import httpx
import pytest

from tests.stripe_sandbox import shop
from tests.stripe_sandbox.running import RunningSandbox


@pytest.fixture
def dana(api: httpx.Client) -> str:
    return shop.new_customer(api)


def _refusal(answer: httpx.Response) -> tuple[str | None, str]:
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    return error.get("code"), error["message"]


def test_a_failed_attempt_takes_the_card_off_the_intent(
    sandbox: RunningSandbox, api: httpx.Client, dana: str
) -> None:
    method = shop.saved_card(sandbox, api, dana, "4000002760003184")

    answer = shop.send(api, "payment_intents", **shop.charging(dana, method))

    assert answer.status_code == 402
    error = answer.json()["error"]
    assert (error["type"], error["code"]) == ("card_error", "authentication_required")
    intent = error["payment_intent"]
    assert (intent["status"], intent["payment_method"]) == ("requires_payment_method", None)
    assert intent["last_payment_error"]["payment_method"]["id"] == method
    assert api.get(f"/v1/charges/{intent['latest_charge']}").json()["status"] == "failed"
    code, message = _refusal(
        shop.send(api, f"payment_intents/{intent['id']}/confirm", return_url=shop.BACK)
    )
    assert code == "payment_intent_unexpected_state"
    assert "missing a payment method" in message


def test_what_succeeded_is_neither_confirmed_nor_cancelled(
    sandbox: RunningSandbox, api: httpx.Client, dana: str
) -> None:
    method = shop.saved_card(sandbox, api, dana, "4242424242424242")
    intent = shop.post(api, "payment_intents", **shop.charging(dana, method))

    for step in ("confirm", "cancel"):
        code, _ = _refusal(shop.send(api, f"payment_intents/{intent['id']}/{step}"))
        assert code == "payment_intent_unexpected_state"


def test_a_card_is_charged_for_its_own_customer_only(
    sandbox: RunningSandbox, api: httpx.Client, dana: str
) -> None:
    sam = shop.new_customer(api)
    method = shop.saved_card(sandbox, api, dana, "4242424242424242")
    nobody = shop.charging(dana, method)
    del nobody["customer"]

    code, _ = _refusal(shop.send(api, "payment_intents", **shop.charging(sam, method)))
    assert code == "resource_missing"
    _, message = _refusal(shop.send(api, "payment_intents", **nobody))
    assert "belongs to a Customer" in message
    shop.post(api, f"payment_methods/{method}/detach")
    _, message = _refusal(shop.send(api, "payment_intents", **shop.charging(dana, method)))
    assert "may not be used again" in message


def test_a_charge_that_might_redirect_needs_an_address(
    sandbox: RunningSandbox, api: httpx.Client, dana: str
) -> None:
    method = shop.saved_card(sandbox, api, dana, "4242424242424242")
    asked = shop.charging(dana, method)
    del asked["return_url"]

    _, message = _refusal(shop.send(api, "payment_intents", **asked))

    assert "you must provide a `return_url`" in message
    assert not api.get("/v1/payment_intents", params={"customer": dana}).json()["data"]
    never: shop.Json = {
        "automatic_payment_methods__enabled": True,
        "automatic_payment_methods__allow_redirects": "never",
    }
    assert shop.post(api, "payment_intents", **asked, **never)["status"] == "succeeded"


def test_an_intent_can_be_made_first_and_confirmed_later(
    sandbox: RunningSandbox, api: httpx.Client, dana: str
) -> None:
    method = shop.saved_card(sandbox, api, dana, "4242424242424242")
    intent = shop.post(api, "payment_intents", amount=500, currency="usd", customer=dana)
    assert intent["status"] == "requires_payment_method"

    path = f"payment_intents/{intent['id']}/confirm"
    done = shop.post(api, path, payment_method=method, return_url=shop.BACK)

    assert (done["status"], done["amount_received"]) == ("succeeded", 500)
