"""What tests can break, and that nobody else can."""

import httpx
import pytest

from tests.stripe_sandbox import shop
from tests.stripe_sandbox.running import RunningSandbox


def test_a_dropped_reply_comes_after_the_work_was_done(
    sandbox: RunningSandbox, api: httpx.Client
) -> None:
    sandbox.faults({"kind": "drop_reply", "path": "/v1/customers"})

    with pytest.raises(httpx.RemoteProtocolError):
        shop.send(api, "customers", key="dropped", email="dana@dropped.example")

    repeat = shop.post(api, "customers", key="dropped", email="dana@dropped.example")
    found = api.get("/v1/customers", params={"email": "dana@dropped.example"}).json()["data"]
    assert [customer["id"] for customer in found] == [repeat["id"]]


def test_a_failure_changes_nothing_and_is_repeated_for_its_key(
    sandbox: RunningSandbox, api: httpx.Client
) -> None:
    sandbox.faults({"kind": "fail", "path": "/v1/customers"})

    for _ in range(2):
        answer = shop.send(api, "customers", key="failed", email="dana@failed.example")
        assert answer.status_code == 500
        assert answer.json()["error"]["type"] == "api_error"
        assert answer.headers["Stripe-Should-Retry"] == "false"

    assert not api.get("/v1/customers", params={"email": "dana@failed.example"}).json()["data"]
    shop.post(api, "customers", key="another", email="dana@failed.example")


def test_a_fault_meets_only_the_requests_it_names(
    sandbox: RunningSandbox, api: httpx.Client
) -> None:
    sandbox.faults({"kind": "fail", "path": "/v1/refunds", "times": 5})

    shop.new_customer(api)
    assert api.get("/v1/refunds").status_code == 200
