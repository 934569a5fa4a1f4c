"""The sandbox as a program: it survives `kill -9`, stops when asked, and shares nothing."""

import subprocess
import sys
from pathlib import Path

import httpx

from tests.stripe_sandbox import shop
from tests.stripe_sandbox.running import running


def test_everything_is_there_after_a_kill(tmp_path: Path) -> None:
    with running(tmp_path) as sandbox:
        with sandbox.client() as api:
            customer = shop.new_customer(api)
            method = shop.saved_card(sandbox, api, customer, "4242424242424242")
            asked = shop.charging(customer, method)
            charged = shop.post(api, "payment_intents", key="before", **asked)
        url = sandbox.url
        sandbox.kill()

        sandbox.start()

        assert sandbox.url == url
        with sandbox.client() as api:
            assert shop.post(api, "payment_intents", key="before", **asked) == charged
            found = api.get("/v1/payment_intents", params={"customer": customer}).json()
            assert [intent["id"] for intent in found["data"]] == [charged["id"]]


def test_it_stops_when_asked_and_a_second_one_is_refused(tmp_path: Path) -> None:
    with running(tmp_path) as sandbox:
        assert httpx.get(f"{sandbox.url}/_sandbox/healthz").json() == {"status": "ok"}
        command = [sys.executable, "-m", "parkplace.stripe_sandbox", "--data", str(tmp_path)]

        second = subprocess.run(command, capture_output=True, timeout=20, check=False)

        assert second.returncode == 1
        assert b"another sandbox runs on" in second.stderr
        assert sandbox.stop() == 0


def test_as_people_run_it_nothing_can_be_broken(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    options = ("--return-host", "shop.example")
    with running(folder, *options, breakable=False) as sandbox, sandbox.client() as api:
        assert folder.stat().st_mode & 0o777 == 0o700
        for what in ("faults", "clock", "webhook"):
            assert api.post(f"/_sandbox/{what}", json={"offset": 9}).status_code == 404

        shop.new_session(api, shop.new_customer(api))
        elsewhere = shop.send(
            api,
            "checkout/sessions",
            mode="setup",
            currency="usd",
            success_url="http://elsewhere.example/",
        )

    assert elsewhere.status_code == 400
    assert elsewhere.json()["error"]["code"] == "url_invalid"
