"""What hosts have earned, and how they get it."""

from collections.abc import Generator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, col, select

from parkplace.accounts.models import User
from parkplace.notifications.models import Email
from parkplace.payments.models import Payout
from parkplace.payments.payouts import HELD_FOR
from tests import factories as make
from tests.api.conftest import As, at
from tests.factories import NOW
from tests.payments.test_payouts import earned
from tests.stripe import paid_through
from tests.stripe_sandbox.running import RunningSandbox

PAYMENTS = "/api/v1/payments"


@pytest.fixture
def sandbox(paying_sandbox: RunningSandbox) -> Generator[RunningSandbox]:
    with paid_through(paying_sandbox):
        yield paying_sandbox


@pytest.fixture
def owen(session: Session) -> User:
    host = make.owen(session)
    session.commit()
    return host


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def onboarded(client: TestClient, sandbox: RunningSandbox, who: dict[str, str]) -> None:
    answer = client.post(f"{PAYMENTS}/onboarding", json={"country": "US"}, headers=who)
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    sandbox.finish_onboarding(answer.json()["url"])


def test_from_the_first_stay_to_the_bank(
    client: TestClient, session: Session, sandbox: RunningSandbox, owen: User, as_: As
) -> None:
    who = as_(owen)
    status = client.get(f"{PAYMENTS}/onboarding", headers=who).json()
    assert status == {"status": "not_started", "can_be_paid": False, "wanted": []}
    onboarded(client, sandbox, who)
    status = client.get(f"{PAYMENTS}/onboarding", headers=who).json()
    assert status == {"status": "ready", "can_be_paid": True, "wanted": []}
    earned(session, sandbox, owen, 1200)

    def balance() -> list[int]:
        (usd,) = client.get(f"{PAYMENTS}/balance", headers=who).json()["items"]
        assert usd["currency"] == "USD"
        return [usd[name]["amount_minor"] for name in ("pending", "available", "paid_out")]

    assert balance() == [1200, 0, 0]
    asked = {"currency": "usd"}
    early = client.post(f"{PAYMENTS}/payout", json=asked, headers=who)
    assert code(early) == (409, "nothing_to_pay_out")
    at(NOW + HELD_FOR)
    who = as_(owen)
    assert balance() == [0, 1200, 0]
    some = {"currency": "USD", "amount_minor": 500}
    paid = client.post(f"{PAYMENTS}/payout", json=some, headers=who)
    assert paid.status_code == 201
    said = paid.json()
    assert (said["status"], said["amount"], said["sent"]["amount_minor"]) == (
        "paid",
        {"amount_minor": 500, "currency": "USD"},
        500,
    )
    assert balance() == [0, 700, 500]
    listed = client.get(f"{PAYMENTS}/transactions", headers=who).json()["items"]
    assert [(item["kind"], item["amount"]["amount_minor"]) for item in listed] == [
        ("payout", 500),
        ("earning", 1200),
    ]
    more = client.post(f"{PAYMENTS}/payout", json=some | {"amount_minor": 701}, headers=who)
    assert code(more) == (409, "more_than_available")
    assert more.json()["details"] == {"available_minor": "700", "currency": "USD"}


def test_a_repeat_with_the_key_sends_nothing_more(
    client: TestClient, session: Session, sandbox: RunningSandbox, owen: User, as_: As
) -> None:
    onboarded(client, sandbox, as_(owen))
    earned(session, sandbox, owen, 1200)
    at(NOW + HELD_FOR)
    who, asked = as_(owen) | {"Idempotency-Key": "k"}, {"currency": "USD", "amount_minor": 500}
    first, again = (client.post(f"{PAYMENTS}/payout", json=asked, headers=who) for _ in range(2))
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    other = client.post(f"{PAYMENTS}/payout", json=asked | {"amount_minor": 1}, headers=who)
    assert code(other) == (422, "idempotency_key_reused")
    assert len(session.exec(select(Payout)).all()) == 1


def test_who_is_not_set_up_is_told_what_to_do(
    client: TestClient, session: Session, sandbox: RunningSandbox, owen: User, as_: As
) -> None:
    earned(session, sandbox, owen, 1200)
    at(NOW + HELD_FOR)
    answer = client.post(f"{PAYMENTS}/payout", json={"currency": "USD"}, headers=as_(owen))
    assert code(answer) == (409, "payouts_not_set_up")
    assert "payments/onboarding" in answer.json()["detail"]


def test_another_hosts_money_is_not_ones_own(
    client: TestClient, session: Session, sandbox: RunningSandbox, owen: User, as_: As
) -> None:
    earned(session, sandbox, owen, 1200)
    for one in (make.sam(session), make.ada(session)):
        who = as_(one)
        onboarded(client, sandbox, who)
        assert client.get(f"{PAYMENTS}/balance", headers=who).json()["items"] == []
        answer = client.post(f"{PAYMENTS}/payout", json={"currency": "USD"}, headers=who)
        assert code(answer) == (409, "nothing_to_pay_out")


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"currency": "XXX"},
        {"currency": "USD", "amount_minor": 0},
        {"currency": "USD", "amount_minor": -5},
        {"currency": "USD", "amount_minor": 1.5},
        {"currency": "USD", "amount_minor": "5"},
        {"currency": "USD", "amount_minor": 10**13},
        {"currency": "USD", "host_id": "01a1fe8e-7009-738c-a9ec-c55e2586e2f1"},
    ],
)
def test_what_is_no_payout_is_refused(
    client: TestClient, owen: User, as_: As, asked: dict[str, Any]
) -> None:
    answer = client.post(f"{PAYMENTS}/payout", json=asked, headers=as_(owen))
    assert answer.status_code == 422


def test_the_first_time_a_country_is_asked_for(client: TestClient, owen: User, as_: As) -> None:
    for body in (None, {}, {"country": "Utopia"}):
        answer = client.post(f"{PAYMENTS}/onboarding", json=body, headers=as_(owen))
        assert answer.status_code == 422
    assert code(client.post(f"{PAYMENTS}/onboarding", headers=as_(owen))) == (
        422,
        "country_needed",
    )


def test_money_that_moves_sends_no_letter_by_itself(
    client: TestClient, session: Session, sandbox: RunningSandbox, owen: User, as_: As
) -> None:
    onboarded(client, sandbox, as_(owen))
    earned(session, sandbox, owen, 1200)
    at(NOW + HELD_FOR)
    client.post(f"{PAYMENTS}/payout", json={"currency": "USD"}, headers=as_(owen))
    assert not session.exec(select(col(Email.id))).all()
