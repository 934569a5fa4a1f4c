"""Cards, forms of Stripe's in other people's pages, and what money moved."""

from collections.abc import Generator
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from parkplace.accounts.manage_links import manage_token
from parkplace.accounts.models import User
from parkplace.bookings import clockwork
from parkplace.bookings.flows import cards
from parkplace.bookings.models import Booking
from parkplace.core.ids import new_id
from parkplace.core.settings import get_settings
from parkplace.payments.models import CardSetup
from parkplace.spaces.models import Space
from tests import factories as make
from tests.api.conftest import As, at
from tests.factories import HOUR, NOW, period
from tests.statements import statements
from tests.stripe import paid_through
from tests.stripe_sandbox import shop
from tests.stripe_sandbox.running import RunningSandbox

PAYMENTS = "/api/v1/payments"
BOOKINGS = "/api/v1/bookings"
BACK = "https://client.example/back"
NO_CARD = "01a20061-8c50-7483-ab68-b706ecbfd740"
Headers = dict[str, str]


@pytest.fixture
def sandbox(stripe_sandbox: RunningSandbox) -> Generator[RunningSandbox]:
    with paid_through(stripe_sandbox):
        yield stripe_sandbox


@pytest.fixture
def garage(session: Session) -> Space:
    space = make.space(session, make.owen(session))
    session.commit()
    return space


@pytest.fixture
def dana(session: Session) -> User:
    user = make.dana(session)
    session.commit()
    return user


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def manages(booking_id: UUID | str) -> Headers:
    return {"Authorization": f"Bearer {manage_token(UUID(str(booking_id)))}"}


def held(session: Session, garage: Space, driver: User | None) -> Booking:
    booking = make.held(session, garage, driver, period(1, 3))
    session.commit()
    return booking


def fill_in(sandbox: RunningSandbox, form: dict[str, Any], card: str = "pm_card_visa") -> Any:
    """What the client's page does with a form, at Stripe."""
    kind = "setup_intents" if form["id"].startswith("seti_") else "payment_intents"
    with sandbox.client() as stripe:
        path = f"{kind}/{form['id']}/confirm"
        return shop.send(stripe, path, payment_method=card, return_url=BACK).json()


def kept(
    client: TestClient, sandbox: RunningSandbox, who: Headers, card: str = "pm_card_visa"
) -> dict[str, Any]:
    """A card that the account keeps from now on."""
    form = client.post(f"{PAYMENTS}/setup-intent", headers=who).json()
    fill_in(sandbox, form, card)
    given = {"setup_intent_id": form["id"]}
    return client.post(f"{PAYMENTS}/methods", json=given, headers=who).json()


class TestAFormThatSavesACard:
    def test_a_clients_own_form_confirms_a_guests_booking(
        self, client: TestClient, session: Session, garage: Space, sandbox: RunningSandbox
    ) -> None:
        booking = held(session, garage, None)
        who, asked = manages(booking.id), {"booking_id": str(booking.id)}
        answer = client.post(f"{PAYMENTS}/setup-intent", json=asked, headers=who)
        assert answer.status_code == 201
        assert answer.headers["cache-control"] == "no-store"
        form = answer.json()
        assert set(form) == {"id", "client_secret", "publishable_key", "amount"}
        assert (form["publishable_key"], form["amount"]) == (None, None)
        done = {"setup_intent_id": form["id"]}
        early = client.post(f"{PAYMENTS}/confirm", json=done, headers=who).json()
        assert early == {
            "status": "open",
            "booking_id": str(booking.id),
            "booking_status": "held",
            "payment_status": "nothing_due",
        }
        fill_in(sandbox, form)
        for _ in range(2):
            said = client.post(f"{PAYMENTS}/confirm", json=done, headers=who).json()
            assert (said["status"], said["booking_status"]) == ("complete", "confirmed")

    def test_the_publishable_key_comes_along_when_there_is_one(
        self,
        client: TestClient,
        sandbox: RunningSandbox,
        dana: User,
        as_: As,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("STRIPE_PUBLISHABLE_KEY", "pk_test_1")
        get_settings.cache_clear()
        assert sandbox.url
        form = client.post(f"{PAYMENTS}/setup-intent", headers=as_(dana)).json()
        assert form["publishable_key"] == "pk_test_1"

    def test_the_same_key_gives_the_same_form(
        self, client: TestClient, session: Session, sandbox: RunningSandbox, dana: User, as_: As
    ) -> None:
        assert sandbox.url
        who = as_(dana) | {"Idempotency-Key": "k"}
        forms = [client.post(f"{PAYMENTS}/setup-intent", headers=who).json() for _ in range(2)]
        assert forms[0] == forms[1]
        assert len(session.exec(select(CardSetup)).all()) == 1
        other = client.post(
            f"{PAYMENTS}/setup-intent", json={"booking_id": str(new_id())}, headers=who
        )
        assert code(other) == (422, "idempotency_key_reused")

    def test_no_answer_and_no_log_line_keeps_the_secret(
        self,
        client: TestClient,
        sandbox: RunningSandbox,
        dana: User,
        as_: As,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        caplog.set_level(0)
        who = as_(dana)
        form = client.post(f"{PAYMENTS}/setup-intent", headers=who).json()
        fill_in(sandbox, form)
        done = {"setup_intent_id": form["id"]}
        said = client.post(f"{PAYMENTS}/confirm", json=done, headers=who).text
        said += client.get(f"{PAYMENTS}/methods", headers=who).text
        assert form["client_secret"] not in said
        assert form["client_secret"] not in caplog.text

    def test_a_guest_saves_cards_for_their_booking_only(
        self, client: TestClient, session: Session, garage: Space, sandbox: RunningSandbox
    ) -> None:
        assert sandbox.url
        booking = held(session, garage, None)
        without = client.post(f"{PAYMENTS}/setup-intent", headers=manages(booking.id))
        assert code(without) == (422, "booking_needed")
        other = manages(new_id())
        asked = {"booking_id": str(booking.id)}
        answer = client.post(f"{PAYMENTS}/setup-intent", json=asked, headers=other)
        assert code(answer) == (404, "booking_not_found")

    def test_trying_cards_out_is_slowed_down(
        self, client: TestClient, sandbox: RunningSandbox, dana: User, as_: As
    ) -> None:
        assert sandbox.url
        who = as_(dana)
        statuses = [
            client.post(f"{PAYMENTS}/setup-intent", headers=who).status_code for _ in range(21)
        ]
        assert statuses == [*[201] * 20, 429]

    def test_without_stripe_nothing_is_lost(self, client: TestClient, dana: User, as_: As) -> None:
        answer = client.post(f"{PAYMENTS}/setup-intent", headers=as_(dana))
        assert code(answer) == (402, "payment_unknown")

    @pytest.mark.parametrize(
        "asked",
        [
            {},
            {"setup_intent_id": None},
            {"setup_intent_id": "seti_1", "payment_intent_id": "pi_1"},
            {"setup_intent_id": "x" * 256},
            {"client_secret": "seti_1_secret"},
        ],
    )
    def test_one_thing_is_confirmed_at_a_time(
        self, client: TestClient, dana: User, as_: As, asked: dict[str, Any]
    ) -> None:
        answer = client.post(f"{PAYMENTS}/confirm", json=asked, headers=as_(dana))
        assert answer.status_code == 422


class TestAFormThatPays:
    @pytest.fixture
    def owing(
        self, client: TestClient, session: Session, garage: Space, sandbox: RunningSandbox
    ) -> Booking:
        """A guest's stay is over, and their card was declined."""
        booking = held(session, garage, None)
        path = f"{BOOKINGS}/{booking.id}/resume-payment"
        page = client.post(path, headers=manages(booking.id)).json()["checkout_url"]
        sandbox.submit_card(page, "4000000000000341")
        cards.finish_card_page(booking_id=booking.id, now=NOW)
        clockwork.end_stays(now=NOW + 4 * HOUR)
        clockwork.charge_due(now=NOW + 4 * HOUR)
        at(NOW + 4 * HOUR)
        return booking

    def test_what_is_due_is_paid_with_another_card(
        self, client: TestClient, sandbox: RunningSandbox, owing: Booking
    ) -> None:
        who, asked = manages(owing.id), {"booking_id": str(owing.id)}
        answer = client.post(f"{PAYMENTS}/payment-intent", json=asked, headers=who)
        assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
        form = answer.json()
        assert form["amount"] == {"amount_minor": 1200, "currency": "USD"}
        assert form["client_secret"].startswith(form["id"])
        done = {"payment_intent_id": form["id"]}
        early = client.post(f"{PAYMENTS}/confirm", json=done, headers=who).json()
        assert (early["status"], early["payment_status"]) == ("open", "due")
        fill_in(sandbox, form, "pm_card_mastercard")
        said = client.post(f"{PAYMENTS}/confirm", json=done, headers=who).json()
        assert (said["status"], said["payment_status"]) == ("complete", "paid")
        again = client.post(f"{PAYMENTS}/payment-intent", json=asked, headers=who)
        assert code(again) == (409, "booking_moved")

    def test_only_its_driver_gets_the_form(
        self, client: TestClient, session: Session, owing: Booking, as_: As
    ) -> None:
        asked = {"booking_id": str(owing.id)}
        owen = session.get_one(User, owing.host_id)
        statuses = {
            name: client.post(f"{PAYMENTS}/payment-intent", json=asked, headers=who).status_code
            for name, who in {
                "the guest": manages(owing.id),
                "another guest": manages(new_id()),
                "Sam": as_(make.sam(session)),
                "Owen": as_(owen),
                "nobody": {},
            }.items()
        }
        assert statuses == {
            "the guest": 201,
            "another guest": 404,
            "Sam": 404,
            "Owen": 403,
            "nobody": 401,
        }
        form = client.post(
            f"{PAYMENTS}/payment-intent", json=asked, headers=manages(owing.id)
        ).json()
        done = {"payment_intent_id": form["id"]}
        for who in (manages(new_id()), as_(session.get_one(User, owen.id))):
            answer = client.post(f"{PAYMENTS}/confirm", json=done, headers=who)
            assert code(answer) == (404, "payment_not_found")


class TestCards:
    def test_cards_are_kept_preferred_and_forgotten(
        self, client: TestClient, sandbox: RunningSandbox, dana: User, as_: As
    ) -> None:
        who = as_(dana)
        visa = kept(client, sandbox, who)
        assert visa.pop("created_at").startswith("2026-11-21T17:00")
        year = 2027
        assert visa == {
            "id": visa["id"],
            "label": "Visa ···· 4242",
            "brand": "visa",
            "last4": "4242",
            "exp_month": 12,
            "exp_year": year,
            "is_default": True,
        }
        other = kept(client, sandbox, who, "pm_card_mastercard")
        preferred = client.post(f"{PAYMENTS}/methods/{other['id']}/default", headers=who)
        assert preferred.json()["is_default"]

        def listed() -> list[tuple[str, bool]]:
            items = client.get(f"{PAYMENTS}/methods", headers=who).json()["items"]
            return [(item["brand"], item["is_default"]) for item in items]

        assert listed() == [("mastercard", True), ("visa", False)]
        gone = client.delete(f"{PAYMENTS}/methods/{other['id']}", headers=who)
        assert (gone.status_code, gone.content) == (204, b"")
        assert listed() == [("visa", True)]
        again = client.delete(f"{PAYMENTS}/methods/{other['id']}", headers=who)
        assert code(again) == (404, "payment_method_not_found")

    def test_a_card_that_pays_for_something_stays(
        self,
        client: TestClient,
        garage: Space,
        sandbox: RunningSandbox,
        dana: User,
        as_: As,
    ) -> None:
        who = as_(dana)
        visa = kept(client, sandbox, who)
        asked = {
            "space_id": str(garage.id),
            "starts_at": "2026-11-21T13:00:00-05:00",
            "ends_at": "2026-11-21T16:00:00-05:00",
            "payment_method_id": visa["id"],
        }
        booked = client.post(BOOKINGS, json=asked, headers=who).json()
        path = f"{PAYMENTS}/methods/{visa['id']}"
        assert code(client.delete(path, headers=who)) == (409, "card_in_use")
        client.post(f"{BOOKINGS}/{booked['id']}/cancel", headers=who)
        assert client.delete(path, headers=who).status_code == 204

    def test_another_accounts_cards_are_not_there(
        self, client: TestClient, session: Session, sandbox: RunningSandbox, dana: User, as_: As
    ) -> None:
        hers = kept(client, sandbox, as_(dana))
        form = client.post(f"{PAYMENTS}/setup-intent", headers=as_(dana)).json()
        fill_in(sandbox, form)
        for one in (make.sam(session), make.ada(session)):
            who = as_(one)
            assert client.get(f"{PAYMENTS}/methods", headers=who).json()["items"] == []
            for answer in (
                client.delete(f"{PAYMENTS}/methods/{hers['id']}", headers=who),
                client.post(f"{PAYMENTS}/methods/{hers['id']}/default", headers=who),
            ):
                assert code(answer) == (404, "payment_method_not_found")
            stolen = {"setup_intent_id": form["id"]}
            answer = client.post(f"{PAYMENTS}/methods", json=stolen, headers=who)
            assert code(answer) == (404, "payment_not_found")

    def test_a_card_not_typed_yet_is_not_kept(
        self, client: TestClient, sandbox: RunningSandbox, dana: User, as_: As
    ) -> None:
        assert sandbox.url
        form = client.post(f"{PAYMENTS}/setup-intent", headers=as_(dana)).json()
        given = {"setup_intent_id": form["id"]}
        answer = client.post(f"{PAYMENTS}/methods", json=given, headers=as_(dana))
        assert code(answer) == (409, "card_not_saved")

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "methods"),
            ("POST", "methods"),
            ("DELETE", f"methods/{NO_CARD}"),
            ("POST", f"methods/{NO_CARD}/default"),
            ("GET", "transactions"),
            ("GET", "balance"),
            ("POST", "payout"),
            ("GET", "onboarding"),
            ("POST", "onboarding"),
        ],
    )
    def test_nobody_and_guests_have_none(self, client: TestClient, method: str, path: str) -> None:
        given = {"setup_intent_id": "s", "currency": "USD"} if method == "POST" else None
        for who in ({}, manages(new_id())):
            answer = client.request(method, f"{PAYMENTS}/{path}", headers=who, json=given)
            assert answer.status_code == 401


class TestTransactions:
    @pytest.fixture
    def moved(
        self,
        *,
        client: TestClient,
        session: Session,
        sandbox: RunningSandbox,
        garage: Space,
        dana: User,
        as_: As,
    ) -> list[Booking]:
        """Three stays of Dana's at Owen's, over and charged."""
        kept(client, sandbox, as_(dana))
        card = client.get(f"{PAYMENTS}/methods", headers=as_(dana)).json()["items"][0]["id"]
        made: list[Booking] = []
        for number in range(3):
            asked = {
                "space_id": str(garage.id),
                "starts_at": f"2026-11-21T{13 + number}:00:00-05:00",
                "ends_at": f"2026-11-21T{14 + number}:00:00-05:00",
                "payment_method_id": card,
            }
            said = client.post(BOOKINGS, json=asked, headers=as_(dana)).json()
            made.append(session.get_one(Booking, UUID(said["id"])))
        clockwork.end_stays(now=NOW + 5 * HOUR)
        clockwork.charge_due(now=NOW + 5 * HOUR)
        return made

    def listed(self, client: TestClient, who: Headers, **asked: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor: dict[str, Any] = {}
        while True:
            path, given = f"{PAYMENTS}/transactions", {"limit": 2} | asked | cursor
            page = client.get(path, params=given, headers=who).json()
            found += page["items"]
            if page["next_cursor"] is None:
                return found
            cursor = {"cursor": page["next_cursor"]}

    def test_a_driver_sees_charges_and_a_host_earnings(
        self, client: TestClient, session: Session, moved: list[Booking], dana: User, as_: As
    ) -> None:
        hers = self.listed(client, as_(dana))
        assert [item["kind"] for item in hers] == ["charge"] * 3
        assert {item["reference"] for item in hers} == {booking.reference for booking in moved}
        assert hers[0]["amount"] == {"amount_minor": 400, "currency": "USD"}
        assert (hers[0]["role"], hers[0]["status"]) == ("driver", "succeeded")
        owen = session.get_one(User, moved[0].host_id)
        his = self.listed(client, as_(owen))
        assert [(item["kind"], item["role"]) for item in his] == [("earning", "host")] * 3
        assert self.listed(client, as_(owen), role="driver") == []
        assert self.listed(client, as_(dana), role="host") == []
        assert self.listed(client, as_(make.sam(session))) == []

    def test_a_page_asks_as_often_for_many_as_for_few(
        self, client: TestClient, session: Session, moved: list[Booking], dana: User, as_: As
    ) -> None:
        assert moved
        counts: set[int] = set()
        for who in (as_(make.sam(session)), as_(dana)):
            with statements() as said:
                client.get(f"{PAYMENTS}/transactions", headers=who)
            counts.add(len(said))
        assert len(counts) == 1

    @pytest.mark.parametrize(
        "wrong", [{"limit": 101}, {"role": "admin"}, {"cursor": "x"}, {"user": "dana"}]
    )
    def test_a_page_is_asked_for_rightly(
        self, client: TestClient, dana: User, as_: As, wrong: dict[str, Any]
    ) -> None:
        answer = client.get(f"{PAYMENTS}/transactions", params=wrong, headers=as_(dana))
        assert answer.status_code == 422
