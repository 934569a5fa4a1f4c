"""SetupIntents go from state to state as Stripe documents, and no other way."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.stripe_sandbox import shop
from tests.stripe_sandbox.running import RunningSandbox


@pytest.fixture
def dana(api: httpx.Client) -> str:
    return shop.new_customer(api)


def begun(api: httpx.Client, customer: str | None) -> str:
    given = {} if customer is None else {"customer": customer}
    intent = shop.post(api, "setup_intents", metadata__setup_id="1", **given)
    assert (intent["status"], intent["usage"]) == ("requires_payment_method", "off_session")
    assert intent["client_secret"].startswith(f"{intent['id']}_secret_")
    return intent["id"]


def confirm(api: httpx.Client, intent: str, method: str, **more: str) -> httpx.Response:
    asked = {"payment_method": method, "return_url": shop.BACK} | more
    return shop.send(api, f"setup_intents/{intent}/confirm", **asked)


def test_a_card_is_saved_for_its_customer(api: httpx.Client, dana: str) -> None:
    intent = begun(api, dana)
    done = confirm(api, intent, "pm_card_visa").json()
    assert done["status"] == "succeeded"
    method = api.get(f"/v1/payment_methods/{done['payment_method']}").json()
    assert (method["customer"], method["card"]["last4"]) == (dana, "4242")
    charged = shop.post(api, "payment_intents", **shop.charging(dana, method["id"]))
    assert charged["status"] == "succeeded"


def test_a_declined_card_leaves_the_intent_open_for_another(api: httpx.Client, dana: str) -> None:
    intent = begun(api, dana)
    answer = confirm(api, intent, "pm_card_visa_chargeDeclined")
    assert answer.status_code == 402
    error = answer.json()["error"]
    assert (error["code"], error["setup_intent"]["status"]) == (
        "card_declined",
        "requires_payment_method",
    )
    assert confirm(api, intent, "pm_card_visa").json()["status"] == "succeeded"


@pytest.mark.parametrize(
    ("yes", "status"), [(True, "succeeded"), (False, "requires_payment_method")]
)
def test_the_bank_is_asked_and_the_person_sent_back(
    sandbox: RunningSandbox, api: httpx.Client, dana: str, *, yes: bool, status: str
) -> None:
    intent = begun(api, dana)
    asked = confirm(api, intent, "pm_card_authenticationRequiredOnSetup").json()
    assert asked["status"] == "requires_action"
    back = sandbox.answer_bank(asked["next_action"]["redirect_to_url"]["url"], authorise=yes)
    told = parse_qs(urlsplit(back).query)
    assert told["setup_intent"] == [intent]
    assert told["redirect_status"] == ["succeeded" if yes else "failed"]
    assert api.get(f"/v1/setup_intents/{intent}").json()["status"] == status


def test_what_is_over_is_neither_confirmed_nor_cancelled(api: httpx.Client, dana: str) -> None:
    saved, cancelled = begun(api, dana), begun(api, dana)
    confirm(api, saved, "pm_card_visa")
    shop.post(api, f"setup_intents/{cancelled}/cancel", cancellation_reason="abandoned")
    for intent in (saved, cancelled):
        for answer in (
            confirm(api, intent, "pm_card_visa"),
            shop.send(api, f"setup_intents/{intent}/cancel"),
        ):
            assert answer.status_code == 400
            assert answer.json()["error"]["code"] == "setup_intent_unexpected_state"


def test_the_intent_behind_a_card_page_is_the_pages_own(api: httpx.Client, dana: str) -> None:
    session = shop.new_session(api, dana)
    answer = confirm(api, session["setup_intent"], "pm_card_visa")
    assert answer.json()["error"]["code"] == "setup_intent_unexpected_state"


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"payment_method": "pm_none"}, "payment_method"),
        ({"return_url": "javascript:alert(1)"}, "return_url"),
    ],
)
def test_what_cannot_be_confirmed_is_refused(
    api: httpx.Client, dana: str, change: dict[str, str], param: str
) -> None:
    answer = confirm(api, begun(api, dana), "pm_card_visa", **change)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


def test_a_confirmation_needs_a_card_and_a_way_back(api: httpx.Client, dana: str) -> None:
    intent = begun(api, dana)
    without_card = shop.send(api, f"setup_intents/{intent}/confirm", return_url=shop.BACK)
    assert "missing a payment method" in without_card.json()["error"]["message"]
    path = f"setup_intents/{intent}/confirm"
    without_way = shop.send(api, path, payment_method="pm_card_visa")
    assert without_way.json()["error"]["param"] == "return_url"


def test_another_customers_card_is_not_saved_again(api: httpx.Client, dana: str) -> None:
    hers = confirm(api, begun(api, dana), "pm_card_visa").json()["payment_method"]
    sam = shop.new_customer(api)
    answer = confirm(api, begun(api, sam), hers)
    assert answer.json()["error"]["code"] == "resource_missing"


def test_a_card_typed_for_one_payment_is_used_up_by_it(api: httpx.Client, dana: str) -> None:
    intent = shop.post(api, "payment_intents", amount=500, currency="usd", customer=dana)
    path = f"payment_intents/{intent['id']}/confirm"
    asked = {"payment_method": "pm_card_visa", "return_url": shop.BACK}
    paid = shop.post(api, path, **asked)
    assert paid["status"] == "succeeded"
    charge = api.get(f"/v1/charges/{paid['latest_charge']}").json()
    answer = shop.send(api, "payment_intents", **shop.charging(dana, charge["payment_method"]))
    assert "may not be used again" in answer.json()["error"]["message"]


def test_while_its_holder_is_away_only_a_saved_card_is_charged(
    api: httpx.Client, dana: str
) -> None:
    answer = shop.send(api, "payment_intents", **shop.charging(dana, "pm_card_visa"))
    assert answer.json()["error"]["code"] == "resource_missing"
