"""The few steps that most tests begin with, as raw requests."""

from typing import Any

import httpx

from tests.stripe_sandbox.running import RunningSandbox

Json = dict[str, Any]
BACK = "http://shop.example/back"


def post(api: httpx.Client, path: str, *, key: str | None = None, **params: Any) -> Json:
    """Send a form and return the answer, which must be good."""
    answer = send(api, path, key=key, **params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def send(
    api: httpx.Client,
    path: str,
    *,
    key: str | None = None,
    **params: Any,
) -> httpx.Response:
    """Send a form, nested values spelled `metadata__order`."""
    headers = {} if key is None else {"Idempotency-Key": key}
    return api.post(f"/v1/{path}", data=_form(params), headers=headers)


def _form(params: dict[str, Any]) -> dict[str, str]:
    form: dict[str, str] = {}
    for name, value in params.items():
        first, *rest = name.split("__")
        spelled = first + "".join(f"[{part}]" for part in rest)
        form[spelled] = str(value).lower() if isinstance(value, bool) else str(value)
    return form


def new_customer(api: httpx.Client) -> str:
    return post(api, "customers", email="dana@example.com")["id"]


def new_session(api: httpx.Client, customer: str, **more: Any) -> Json:
    return post(
        api,
        "checkout/sessions",
        mode="setup",
        currency="usd",
        customer=customer,
        success_url=f"{BACK}?session={{CHECKOUT_SESSION_ID}}",
        cancel_url=f"{BACK}/cancelled",
        **more,
    )


def saved_card(sandbox: RunningSandbox, api: httpx.Client, customer: str, number: str) -> str:
    """Walk the card page and return the payment method that comes of it."""
    session = new_session(api, customer)
    visit = sandbox.submit_card(session["url"], number)
    assert visit.location == f"{BACK}?session={session['id']}", visit.errors
    query = {"expand[0]": "setup_intent"}
    done = api.get(f"/v1/checkout/sessions/{session['id']}", params=query).json()
    return done["setup_intent"]["payment_method"]


def charging(customer: str, method: str, amount: int = 500, currency: str = "usd") -> Json:
    """The parameters of an off-session charge."""
    return {
        "amount": amount,
        "currency": currency,
        "customer": customer,
        "payment_method": method,
        "confirm": True,
        "off_session": True,
        "return_url": BACK,
    }
