"""The sandbox refuses what the installed `stripe` library does not name."""

from typing import Any

import httpx
import pytest

from parkplace.stripe_sandbox.app import OPERATIONS
from parkplace.stripe_sandbox.errors import ApiError
from parkplace.stripe_sandbox.params import check, decode
from tests.stripe_sandbox import shop
from tests.stripe_sandbox.running import RunningSandbox


def _error(answer: httpx.Response, status: int = 400) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["Request-Id"].startswith("req_")
    return answer.json()["error"]


def test_a_parameter_that_stripe_dropped_is_unknown(api: httpx.Client) -> None:
    answer = shop.send(
        api, "payment_intents", amount=500, currency="usd", payment_method_types__0="card"
    )

    error = _error(answer)
    assert error["code"] == "parameter_unknown"
    assert error["message"] == "Received unknown parameter: payment_method_types"


@pytest.mark.parametrize(
    ("form", "code", "param"),
    [
        ({"currency": "usd"}, "parameter_missing", "amount"),
        ({"amount": 500}, "parameter_missing", "currency"),
        ({"amount": "5.00", "currency": "usd"}, "parameter_invalid_integer", "amount"),
        ({"amount": 0, "currency": "usd"}, "parameter_invalid_integer", "amount"),
        ({"amount": 49, "currency": "usd"}, "amount_too_small", "amount"),
        ({"amount": 100_000_000, "currency": "usd"}, "amount_too_large", "amount"),
        ({"amount": 500, "currency": ""}, "parameter_invalid_empty", "currency"),
        ({"amount": 500, "currency": "xxx"}, None, "currency"),
        ({"amount": 500, "currency": "USD"}, None, "currency"),
        ({"amount": 1005, "currency": "kwd"}, None, "amount"),
        ({"amount": 550, "currency": "isk"}, None, "amount"),
        ({"amount": 500, "currency": "usd", "confirm": "yes"}, None, "confirm"),
        ({"amount": 500, "currency": "usd", "off_session": True}, None, "off_session"),
        (
            {"amount": 500, "currency": "usd", "automatic_payment_methods__on": True},
            "parameter_unknown",
            "automatic_payment_methods[on]",
        ),
        (
            {
                "amount": 500,
                "currency": "usd",
                "automatic_payment_methods__allow_redirects": "never",
            },
            "parameter_missing",
            "automatic_payment_methods[enabled]",
        ),
        (
            {"amount": 500, "currency": "usd", "metadata__note": "x" * 501},
            None,
            "metadata[note]",
        ),
        (
            {"amount": 500, "currency": "usd", "capture_method": "manual"},
            "sandbox_not_implemented",
            "capture_method",
        ),
        (
            {"amount": 500, "currency": "usd", "customer": "cus_none"},
            "resource_missing",
            "customer",
        ),
    ],
)
def test_a_payment_with_a_bad_parameter_is_refused(
    api: httpx.Client, form: dict[str, Any], code: str | None, param: str
) -> None:
    error = _error(shop.send(api, "payment_intents", **form))

    assert (error.get("code"), error["param"]) == (code, param)


@pytest.mark.parametrize(
    ("left_out", "param"),
    [("currency", "currency"), ("success_url", "success_url"), ("mode", "mode")],
)
def test_the_card_page_needs_what_stripe_needs(
    api: httpx.Client, left_out: str, param: str
) -> None:
    form: dict[str, Any] = {"mode": "setup", "currency": "usd", "success_url": shop.BACK}
    del form[left_out]

    assert _error(shop.send(api, "checkout/sessions", **form))["param"] == param


@pytest.mark.parametrize("minutes", [29, 24 * 60 + 2])
def test_a_card_page_lasts_30_minutes_to_24_hours(
    sandbox: RunningSandbox, api: httpx.Client, minutes: int
) -> None:
    at = sandbox.clock(0) + minutes * 60
    form: dict[str, Any] = {"mode": "setup", "currency": "usd", "success_url": shop.BACK}

    assert (
        _error(shop.send(api, "checkout/sessions", expires_at=at, **form))["param"] == "expires_at"
    )


def test_an_unknown_route_is_404_in_stripes_shape(api: httpx.Client) -> None:
    error = _error(api.get("/v1/subscriptions"), 404)

    assert error["message"].startswith("Unrecognized request URL (GET: /v1/subscriptions)")


def test_an_unknown_object_is_404(api: httpx.Client) -> None:
    error = _error(api.get("/v1/payment_intents/pi_none"), 404)

    assert error["code"] == "resource_missing"
    assert error["message"] == "No such payment_intent: 'pi_none'"


@pytest.mark.parametrize(
    ("headers", "status", "words"),
    [
        ({"Authorization": ""}, 401, "did not provide an API key"),
        ({"Authorization": "Bearer sk_live_1234567890"}, 401, "Invalid API Key"),
        ({"Stripe-Version": "2020-08-27"}, 400, "speaks 2026-10-28"),
    ],
)
def test_only_sandbox_keys_and_one_version_are_let_in(
    api: httpx.Client, headers: dict[str, str], status: int, words: str
) -> None:
    answer = api.get("/v1/balance", headers=headers)

    assert words in _error(answer, status)["message"]
    assert "sk_live_1234567890" not in answer.text


def test_every_operation_acts_only_on_parameters_that_the_library_names() -> None:
    for operation in OPERATIONS:
        for name in operation.uses:
            assert name in operation.shape.__annotations__, (operation.path, name)


def test_nested_forms_are_decoded_and_typed() -> None:
    create = next(o for o in OPERATIONS if (o.method, o.path) == ("POST", "/v1/payment_intents"))
    form = (
        "amount=500&currency=usd&confirm=true&expand[0]=customer&metadata[a]=b%26c"
        "&automatic_payment_methods[enabled]=false"
    )

    assert check(create.shape, decode(form), uses=create.uses) == {
        "amount": 500,
        "currency": "usd",
        "confirm": True,
        "expand": ["customer"],
        "metadata": {"a": "b&c"},
        "automatic_payment_methods": {"enabled": False},
    }


def test_a_value_that_is_both_text_and_object_is_refused() -> None:
    with pytest.raises(ApiError, match="Invalid object"):
        decode("metadata=x&metadata[a]=b")
