"""A key makes a request happen once, however often it is sent."""

from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.stripe_sandbox import shop
from tests.stripe_sandbox.running import RunningSandbox

DAY = 24 * 60 * 60


def test_a_repeat_is_told_the_same_and_says_so(api: httpx.Client) -> None:
    first = shop.send(api, "customers", key="repeat", email="dana@example.com")
    second = shop.send(api, "customers", key="repeat", email="dana@example.com")

    assert second.json() == first.json()
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"


def test_a_decline_is_repeated_and_charges_nobody_again(
    sandbox: RunningSandbox, api: httpx.Client
) -> None:
    customer = shop.new_customer(api)
    method = shop.saved_card(sandbox, api, customer, "4000000000000341")
    asked = shop.charging(customer, method)

    first = shop.send(api, "payment_intents", key="declined", **asked)
    second = shop.send(api, "payment_intents", key="declined", **asked)

    assert (first.status_code, second.status_code) == (402, 402)
    assert second.json() == first.json()
    assert len(api.get("/v1/charges", params={"customer": customer}).json()["data"]) == 1


def test_the_same_key_for_something_else_is_an_error(api: httpx.Client) -> None:
    shop.post(api, "customers", key="mine", email="dana@example.com")

    other = shop.send(api, "customers", key="mine", email="sam@example.com")
    elsewhere = shop.send(api, "refunds", key="mine", charge="ch_none")

    for answer, what in ((other, "same parameters"), (elsewhere, "same endpoint")):
        assert answer.status_code == 400
        assert answer.json()["error"]["type"] == "idempotency_error"
        assert what in answer.json()["error"]["message"]


def test_two_at_once_with_one_key_happen_once(sandbox: RunningSandbox, api: httpx.Client) -> None:
    sandbox.faults({"kind": "delay", "path": "/v1/customers", "seconds": 0.4})

    def create(_: int) -> httpx.Response:
        return shop.send(api, "customers", key="at-once", email="owen@at-once.example")

    with ThreadPoolExecutor(2) as pool:
        statuses = sorted(answer.status_code for answer in pool.map(create, range(2)))

    assert statuses == [200, 409]
    found = api.get("/v1/customers", params={"email": "owen@at-once.example"}).json()["data"]
    assert len(found) == 1


def test_a_refused_parameter_does_not_use_up_the_key(api: httpx.Client) -> None:
    assert shop.send(api, "customers", key="typing", e_mail="x").status_code == 400

    assert shop.send(api, "customers", key="typing", email="a@example.com").status_code == 200


def test_a_refusal_of_the_thing_itself_is_remembered(api: httpx.Client) -> None:
    first = shop.send(api, "refunds", key="too-early", charge="ch_none")
    second = shop.send(api, "refunds", key="too-early", charge="ch_none")

    assert first.status_code == 400
    assert second.headers["Idempotent-Replayed"] == "true"


def test_keys_are_forgotten_after_a_day(sandbox: RunningSandbox, api: httpx.Client) -> None:
    first = shop.post(api, "customers", key="old", email="dana@example.com")

    sandbox.clock(DAY - 60)
    assert shop.post(api, "customers", key="old", email="dana@example.com") == first

    sandbox.clock(DAY + 60)
    assert shop.post(api, "customers", key="old", email="dana@example.com")["id"] != first["id"]
