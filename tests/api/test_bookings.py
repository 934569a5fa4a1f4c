"""Holding, paying, changing and ending a stay, and who may do it."""

import json
from collections.abc import Generator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from icalendar import Calendar
from sqlmodel import Session, col, func, select

from parkplace.accounts.manage_links import manage_token
from parkplace.accounts.models import User
from parkplace.bookings import clockwork, service
from parkplace.bookings.access import Caller
from parkplace.bookings.flows import cards
from parkplace.bookings.models import Booking, Occupancy
from parkplace.core import db
from parkplace.core.db import transaction
from parkplace.core.ids import new_id
from parkplace.core.models import IdempotencyKey
from parkplace.notifications.models import Email
from parkplace.payments import cards as payers
from parkplace.payments import methods
from parkplace.payments.answers import SavedCard
from parkplace.spaces.models import Space
from tests import factories as make
from tests.accounts.at_once import at_once
from tests.api.conftest import As, at, program
from tests.factories import HOUR, NOW, period
from tests.statements import statements
from tests.stripe import paid_through
from tests.stripe_sandbox.running import RunningSandbox

BOOKINGS = "/api/v1/bookings"
Headers = dict[str, str]


@pytest.fixture
def garage(session: Session) -> Space:
    space = make.space(session, make.owen(session))
    session.commit()
    return space


@pytest.fixture
def sandbox(stripe_sandbox: RunningSandbox) -> Generator[RunningSandbox]:
    with paid_through(stripe_sandbox):
        yield stripe_sandbox


def stay(space_id: UUID, **change: object) -> dict[str, Any]:
    return {
        "space_id": str(space_id),
        "starts_at": "2026-11-21T13:00:00-05:00",
        "ends_at": "2026-11-21T16:00:00-05:00",
    } | change


def guest(space_id: UUID, **change: object) -> dict[str, Any]:
    return stay(space_id, **{"email": "guest@example.com"} | change)


def manages(booking_id: UUID | str) -> Headers:
    return {"Authorization": f"Bearer {manage_token(UUID(str(booking_id)))}"}


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


class TestHolding:
    def test_a_guest_holds_a_bay_and_gets_a_token(self, client: TestClient, garage: Space) -> None:
        answer = client.post(BOOKINGS, json=guest(garage.id, plate="klm-4821"))
        assert answer.status_code == 201
        said = answer.json()
        fields = {"id", "reference", "status", "expires_at", "checkout_url", "manage_token"}
        assert set(said) == fields
        assert said["status"] == "held"
        assert said["expires_at"].startswith("2026-11-21T17:10:0")
        token = {"Authorization": f"Bearer {said['manage_token']}"}
        seen = client.get(f"{BOOKINGS}/{said['id']}", headers=token).json()
        assert (seen["role"], seen["plate"]) == ("guest", "KLM4821")
        assert seen["total"] == {"amount_minor": 1200, "currency": "USD"}

    def test_dana_holds_a_quote_at_its_price(
        self, client: TestClient, session: Session, garage: Space, as_: As
    ) -> None:
        dana = as_(make.dana(session))
        quote = client.post("/api/v1/quotes", json=stay(garage.id)).json()
        garage.hour_minor = 900
        session.add(garage)
        session.commit()
        answer = client.post(BOOKINGS, json={"quote_id": quote["id"]}, headers=dana)
        assert answer.status_code == 201
        said = answer.json()
        assert said["manage_token"] is None
        seen = client.get(f"{BOOKINGS}/{said['id']}", headers=dana).json()
        assert seen["total"]["amount_minor"] == 1200
        assert seen["email"] == "dana@example.com"

    def test_one_bay_is_held_once(self, client: TestClient, garage: Space) -> None:
        assert client.post(BOOKINGS, json=guest(garage.id)).status_code == 201
        again = client.post(BOOKINGS, json=guest(garage.id, email="sam@example.com"))
        assert code(again) == (409, "space_taken")

    def test_without_stripe_the_hold_stands_and_can_be_paid_later(
        self, client: TestClient, garage: Space
    ) -> None:
        said = client.post(BOOKINGS, json=guest(garage.id)).json()
        assert said["checkout_url"] is None
        path = f"{BOOKINGS}/{said['id']}"
        later = client.post(f"{path}/resume-payment", headers=manages(said["id"]))
        assert later.status_code == 402
        assert client.get(path, headers=manages(said["id"])).json()["status"] == "held"

    @pytest.mark.parametrize(
        ("change", "status", "code_"),
        [
            ({"email": None}, 422, "email_needed"),
            ({"email": "guest"}, 422, "bad_email"),
            ({"plate": "<script>"}, 422, "bad_plate"),
            ({"plate": "a\u0000b"}, 422, "invalid"),
            ({"plate_region": "New York"}, 422, "bad_plate"),
            ({"space_id": None}, 422, "invalid"),
            ({"space_id": "1"}, 422, "invalid"),
            ({"starts_at": None}, 422, "period_needed"),
            ({"starts_at": "2026-11-21T10:00:00-05:00"}, 422, "period_past"),
            ({"ends_at": "2026-11-21T12:30:00-05:00"}, 422, "period_empty"),
            ({"ends_at": "2036-11-21T16:00:00-05:00"}, 422, "period_too_long"),
            ({"quote_id": "01a1fe8e-7009-738c-a9ec-c55e2586e2f1"}, 409, "quote_expired"),
            ({"total": 1}, 422, "invalid"),
            ({"driver_id": "01a1fe8e-7009-738c-a9ec-c55e2586e2f1"}, 422, "invalid"),
            ({"status": "confirmed"}, 422, "invalid"),
        ],
    )
    def test_what_cannot_be_held_changes_nothing(
        self,
        *,
        client: TestClient,
        session: Session,
        garage: Space,
        change: dict[str, object],
        status: int,
        code_: str,
    ) -> None:
        assert code(client.post(BOOKINGS, json=guest(garage.id) | change)) == (status, code_)
        assert not session.exec(select(Booking)).all()
        assert not session.exec(select(Occupancy)).all()

    def test_wall_times_are_the_spaces(self, client: TestClient, garage: Space) -> None:
        asked = guest(garage.id)
        del asked["starts_at"]
        answer = client.post(BOOKINGS, json=asked | {"starts_at_local": "2026-11-21T13:00"})
        said = answer.json()
        seen = client.get(f"{BOOKINGS}/{said['id']}", headers=manages(said["id"])).json()
        assert seen["starts_at"] == "2026-11-21T18:00:00Z"


class TestOnce:
    KEY = {"Idempotency-Key": "6b1e5f0a"}  # noqa: RUF012

    def test_a_repeat_gets_the_same_answer(
        self, client: TestClient, session: Session, garage: Space
    ) -> None:
        first, again = (
            client.post(BOOKINGS, json=guest(garage.id), headers=self.KEY) for _ in range(2)
        )
        assert first.status_code == again.status_code == 201
        assert first.json() == again.json()
        assert session.exec(select(func.count()).select_from(Booking)).one() == 1

    def test_a_key_means_one_request(self, client: TestClient, garage: Space) -> None:
        client.post(BOOKINGS, json=guest(garage.id), headers=self.KEY)
        other = client.post(BOOKINGS, json=guest(garage.id, plate="AB1"), headers=self.KEY)
        assert code(other) == (422, "idempotency_key_reused")

    def test_a_key_is_its_callers_own(self, client: TestClient, session: Session, as_: As) -> None:
        lot = make.space(session, make.owen(session), capacity=3)
        dana, sam = as_(make.dana(session)), as_(make.sam(session))
        ids = {
            client.post(BOOKINGS, json=stay(lot.id), headers=who | self.KEY).json()["id"]
            for who in (dana, sam)
        }
        assert len(ids) == 2

    def test_what_was_refused_can_be_tried_again(
        self, client: TestClient, session: Session, garage: Space
    ) -> None:
        taken = client.post(BOOKINGS, json=guest(garage.id, email="sam@example.com")).json()
        refused = client.post(BOOKINGS, json=guest(garage.id), headers=self.KEY)
        assert code(refused) == (409, "space_taken")
        assert not session.exec(select(IdempotencyKey)).all()
        client.post(f"{BOOKINGS}/{taken['id']}/cancel", headers=manages(taken["id"]))
        assert client.post(BOOKINGS, json=guest(garage.id), headers=self.KEY).status_code == 201

    @pytest.mark.parametrize("key", ["", "a b", "a" * 256, "é"])
    def test_a_key_is_printable_and_short(
        self, client: TestClient, garage: Space, key: str
    ) -> None:
        headers = {"Idempotency-Key": key.encode("latin-1")}
        answer = client.post(BOOKINGS, json=guest(garage.id), headers=headers)  # pyright: ignore[reportArgumentType]
        assert answer.status_code == 422

    def test_of_many_at_once_one_acts_and_all_hear_of_it(self, committed_database: str) -> None:
        assert committed_database
        with transaction() as session:
            lot = make.space(session, make.owen(session), capacity=9)

        def send(_: int) -> dict[str, Any]:
            answer = program().post(BOOKINGS, json=guest(lot.id), headers=self.KEY)
            return {"http": answer.status_code} | answer.json()

        answers = at_once(send, range(6))
        assert [answer["http"] for answer in answers] == [201] * 6
        assert len({answer["id"] for answer in answers}) == 1
        with transaction() as session:
            assert session.exec(select(func.count()).select_from(Booking)).one() == 1

    def test_of_many_for_one_bay_one_gets_it(self, committed_database: str) -> None:
        assert committed_database
        with transaction() as session:
            garage = make.space(session, make.owen(session))

        def send(number: int) -> int:
            asked = guest(garage.id, email=f"driver{number}@example.com")
            return program().post(BOOKINGS, json=asked).status_code

        assert sorted(at_once(send, range(8))) == [201, *[409] * 7]

    def test_a_commit_that_fails_is_no_201(
        self, committed_database: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        """The database refuses only when the transaction is committed."""
        assert committed_database
        with transaction() as session:
            garage = make.space(session, make.owen(session))
            db.sql(
                session,
                """
                CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'not today'; END $$;
                CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON bookings
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse();
                """,
            )
        answer = program().post(BOOKINGS, json=guest(garage.id))
        assert code(answer) == (500, "unexpected")
        assert "not today" in caplog.text
        assert "not today" not in answer.text


def came_back(said: dict[str, str]) -> None:
    """The driver is back from the card page."""
    cards.finish_card_page(booking_id=UUID(said["id"]), now=NOW)


class TestPaying:
    def test_a_saved_card_confirms_the_booking(
        self, client: TestClient, garage: Space, sandbox: RunningSandbox
    ) -> None:
        said = client.post(BOOKINGS, json=guest(garage.id)).json()
        assert said["checkout_url"].startswith(sandbox.url)
        path, who = f"{BOOKINGS}/{said['id']}", manages(said["id"])
        resumed = client.post(f"{path}/resume-payment", headers=who).json()
        assert resumed == {"checkout_url": said["checkout_url"]}
        visit = sandbox.submit_card(said["checkout_url"], "4242424242424242")
        assert said["manage_token"] in visit.location
        came_back(said)
        seen = client.get(path, headers=who).json()
        assert (seen["status"], seen["card"]) == ("confirmed", "Visa ···· 4242")
        again = client.post(f"{path}/resume-payment", headers=who)
        assert code(again) == (409, "booking_moved")

    def test_a_repeat_after_paying_has_nothing_to_open(
        self, client: TestClient, garage: Space, sandbox: RunningSandbox
    ) -> None:
        key = {"Idempotency-Key": "6b1e5f0a"}
        said = client.post(BOOKINGS, json=guest(garage.id), headers=key).json()
        sandbox.submit_card(said["checkout_url"], "4242424242424242")
        came_back(said)
        again = client.post(BOOKINGS, json=guest(garage.id), headers=key).json()
        assert again == said | {"checkout_url": None}

    def test_a_stay_is_charged_and_the_receipt_says_so(
        self, client: TestClient, garage: Space, sandbox: RunningSandbox
    ) -> None:
        said = client.post(BOOKINGS, json=guest(garage.id)).json()
        path, who = f"{BOOKINGS}/{said['id']}", manages(said["id"])
        sandbox.submit_card(said["checkout_url"], "4242424242424242")
        came_back(said)
        at(NOW + 1 * HOUR)
        clockwork.begin_stays(now=NOW + HOUR)
        at(NOW + 2 * HOUR)
        left = client.post(f"{path}/checkout", headers=who).json()
        assert (left["status"], left["payment_status"]) == ("completed", "due")
        clockwork.charge_due(now=NOW + 3 * HOUR)
        receipt = client.get(f"{path}/receipt", headers=who).json()
        lines = [line["amount"]["amount_minor"] for line in receipt["lines"]]
        assert sum(lines) == receipt["total"]["amount_minor"] == receipt["paid"]["amount_minor"]
        assert receipt["open"] == {"amount_minor": 0, "currency": "USD"}
        assert receipt["payment_status"] == "paid"

    def test_when_the_bank_asks_the_driver_is_sent_there(
        self, client: TestClient, garage: Space, sandbox: RunningSandbox
    ) -> None:
        said = client.post(BOOKINGS, json=guest(garage.id)).json()
        path, who = f"{BOOKINGS}/{said['id']}", manages(said["id"])
        sandbox.submit_card(said["checkout_url"], "4000002760003184")
        came_back(said)
        over = NOW + 5 * HOUR
        at(over)
        clockwork.end_stays(now=over)
        clockwork.charge_due(now=over)
        seen = client.get(path, headers=who).json()
        assert seen["payment_status"] == "needs_action"
        assert "confirm_payment" in seen["can"]
        page = client.post(f"{path}/resume-payment", headers=who).json()["checkout_url"]
        assert page.startswith(sandbox.url)


class TestWhoMay:
    """Dana drives, Owen hosts, Sam is a stranger, Ada is an admin."""

    @pytest.fixture
    def hers(self, session: Session, garage: Space) -> str:
        booking = make.confirmed(session, garage, make.dana(session), period(1, 3))
        session.commit()
        return str(booking.id)

    @pytest.fixture
    def people(self, session: Session, hers: str, as_: As) -> dict[str, Headers]:
        assert hers
        make.sam(session)
        make.ada(session)
        session.commit()
        known = {user.name: as_(user) for user in session.exec(select(User))}
        return known | {"nobody": {}, "a guest": manages(new_id())}

    @pytest.mark.parametrize("part", ["", "/receipt", "/events", "/calendar.ics"])
    def test_who_sees_it(
        self, client: TestClient, hers: str, people: dict[str, Headers], part: str
    ) -> None:
        statuses = {
            name: client.get(f"{BOOKINGS}/{hers}{part}", headers=who).status_code
            for name, who in people.items()
        }
        assert statuses == {
            "Dana": 200,
            "Owen": 200,
            "Ada": 200,
            "Sam": 404,
            "nobody": 401,
            "a guest": 404,
        }

    @pytest.mark.parametrize(
        ("change", "owens"),
        [({"plate": "NEW 1"}, 403), ({"ends_at": "2026-11-21T17:00:00-05:00"}, 403)],
    )
    def test_who_changes_it(
        self,
        client: TestClient,
        hers: str,
        people: dict[str, Headers],
        change: dict[str, str],
        owens: int,
    ) -> None:
        statuses = {
            name: client.patch(f"{BOOKINGS}/{hers}", json=change, headers=who).status_code
            for name, who in people.items()
        }
        assert statuses == {
            "Dana": 200,
            "Owen": owens,
            "Ada": 200,
            "Sam": 404,
            "nobody": 401,
            "a guest": 404,
        }

    @pytest.mark.parametrize("act", ["checkout", "resume-payment"])
    def test_the_host_does_not_drive(
        self, client: TestClient, hers: str, people: dict[str, Headers], act: str
    ) -> None:
        owen = client.post(f"{BOOKINGS}/{hers}/{act}", headers=people["Owen"])
        assert code(owen) == (403, "not_yours")

    @pytest.mark.parametrize("act", ["confirm", "decline"])
    def test_the_driver_does_not_host(
        self, client: TestClient, hers: str, people: dict[str, Headers], act: str
    ) -> None:
        dana = client.post(f"{BOOKINGS}/{hers}/{act}", headers=people["Dana"])
        assert code(dana) == (403, "not_yours")

    @pytest.mark.parametrize(
        "act", ["cancel", "confirm", "decline", "checkin", "checkout", "resume-payment"]
    )
    def test_strangers_learn_nothing(
        self, client: TestClient, hers: str, people: dict[str, Headers], act: str
    ) -> None:
        unknown = client.post(f"{BOOKINGS}/{new_id()}/{act}", headers=people["Sam"])
        theirs = client.post(f"{BOOKINGS}/{hers}/{act}", headers=people["Sam"])
        assert code(theirs) == code(unknown) == (404, "booking_not_found")
        assert theirs.json() == unknown.json()

    def test_owen_does_not_get_the_guests_link(
        self, client: TestClient, session: Session, garage: Space, people: dict[str, Headers]
    ) -> None:
        booking = make.confirmed(session, garage, None, period(5, 1))
        session.commit()
        path = f"{BOOKINGS}/{booking.id}"
        for part in ("", "/receipt", "/events", "/calendar.ics"):
            said = client.get(path + part, headers=people["Owen"]).text
            assert manage_token(booking.id) not in said.replace("\r\n ", "")


class TestChanging:
    @pytest.fixture
    def hers(self, session: Session, garage: Space) -> Booking:
        booking = make.confirmed(session, garage, make.dana(session), period(1, 3))
        session.commit()
        return booking

    @pytest.fixture
    def dana(self, session: Session, hers: Booking, as_: As) -> Headers:
        return as_(session.get_one(User, hers.driver_id))

    def test_a_stay_is_extended(self, client: TestClient, hers: Booking, dana: Headers) -> None:
        longer = {"ends_at": "2026-11-21T18:00:00-05:00"}
        said = client.patch(f"{BOOKINGS}/{hers.id}", json=longer, headers=dana).json()
        assert said["ends_at"] == "2026-11-21T23:00:00Z"
        assert said["total"]["amount_minor"] == 2000

    def test_a_stay_is_extended_by_the_clock_on_the_wall(
        self, client: TestClient, hers: Booking, dana: Headers
    ) -> None:
        longer = {"ends_at_local": "2026-11-21T18:00"}
        said = client.patch(f"{BOOKINGS}/{hers.id}", json=longer, headers=dana).json()
        assert said["ends_at"] == "2026-11-21T23:00:00Z"

    @pytest.mark.parametrize(
        ("change", "status", "code_"),
        [
            ({}, 422, "nothing_to_change"),
            ({"plate": None}, 422, "nothing_to_change"),
            ({"ends_at": "2026-11-21T11:00:00-05:00"}, 422, "bad_end"),
            ({"ends_at": "2036-11-21T11:00:00-05:00"}, 422, "period_too_long"),
            ({"ends_at": "2026-11-21T18:00:00"}, 422, "invalid"),
            ({"plate": "?"}, 422, "bad_plate"),
            ({"starts_at": "2026-11-21T18:00:00Z"}, 422, "invalid"),
            ({"status": "completed"}, 422, "invalid"),
        ],
    )
    def test_what_cannot_be_changed_is_not(
        self,
        *,
        client: TestClient,
        hers: Booking,
        dana: Headers,
        change: dict[str, object],
        status: int,
        code_: str,
    ) -> None:
        path = f"{BOOKINGS}/{hers.id}"
        before = client.get(path, headers=dana).json()
        assert code(client.patch(path, json=change, headers=dana)) == (status, code_)
        assert client.get(path, headers=dana).json() == before

    def test_of_two_changes_in_one_request_both_or_none_happen(
        self, client: TestClient, session: Session, garage: Space, hers: Booking, dana: Headers
    ) -> None:
        make.held(session, garage, make.sam(session), period(5, 1))
        session.commit()
        path = f"{BOOKINGS}/{hers.id}"
        both = {"ends_at": "2026-11-21T18:30:00-05:00", "plate": "NEW 1"}
        assert code(client.patch(path, json=both, headers=dana)) == (409, "space_taken")
        assert client.get(path, headers=dana).json()["plate"] == ""

    def test_it_is_called_off_before_and_ended_after_the_start(
        self, client: TestClient, session: Session, garage: Space
    ) -> None:
        booking = make.confirmed(session, garage, None, period(5, 1))
        session.commit()
        path, who = f"{BOOKINGS}/{booking.id}", manages(booking.id)
        assert code(client.post(f"{path}/checkout", headers=who)) == (409, "booking_moved")
        at(NOW + 5.5 * HOUR)
        assert code(client.post(f"{path}/cancel", headers=who)) == (409, "booking_moved")
        at(NOW)
        why = {"why": "Plans changed."}
        off = client.post(f"{path}/cancel", json=why, headers=who).json()
        assert off["status"] == "cancelled"
        events = client.get(f"{path}/events", headers=who).json()["items"]
        assert [event["to_status"] for event in events] == ["held", "confirmed", "cancelled"]
        assert (events[-1]["actor"], events[-1]["why"]) == ("guest", "Plans changed.")
        assert "actor_id" not in events[-1]

    def test_owen_answers_a_request(
        self, client: TestClient, session: Session, garage: Space, dana: Headers, as_: As
    ) -> None:
        garage.instant = False
        asked = make.confirmed(session, garage, make.sam(session), period(10, 1))
        owen = as_(session.get_one(User, garage.host_id))
        path = f"{BOOKINGS}/{asked.id}"
        assert code(client.post(f"{path}/confirm", headers=dana)) == (404, "booking_not_found")
        assert client.post(f"{path}/confirm", headers=owen).json()["status"] == "confirmed"
        assert code(client.post(f"{path}/decline", headers=owen)) == (409, "booking_moved")

    def test_a_calendar_takes_it(self, client: TestClient, hers: Booking, dana: Headers) -> None:
        answer = client.get(f"{BOOKINGS}/{hers.id}/calendar.ics", headers=dana)
        assert answer.headers["content-type"].startswith("text/calendar")
        (event,) = Calendar.from_ical(answer.text).walk("VEVENT")
        assert (event.decoded("dtstart"), event.decoded("dtend")) == (NOW + HOUR, NOW + 4 * HOUR)


class TestAGuestFromBeginningToEnd:
    """One call, no account; from then on the manage token alone."""

    def test_book_pay_arrive_stay_longer_and_leave(
        self, client: TestClient, garage: Space, sandbox: RunningSandbox
    ) -> None:
        said = client.post(BOOKINGS, json=guest(garage.id)).json()
        path, who = f"{BOOKINGS}/{said['id']}", {"Authorization": f"Bearer {said['manage_token']}"}
        sandbox.submit_card(said["checkout_url"], "4242424242424242")
        came_back(said)
        at(NOW + 0.75 * HOUR)
        arrived = client.post(f"{path}/checkin", headers=who).json()
        assert arrived["checked_in_at"].startswith("2026-11-21T17:45")
        at(NOW + 1.5 * HOUR)
        clockwork.begin_stays(now=NOW + 1.5 * HOUR)
        for hour, total in ((19, 2400), (15, 800)):  # longer, then shorter
            wanted = {"ends_at": f"2026-11-21T{hour}:00:00-05:00"}
            changed = client.patch(path, json=wanted, headers=who)
            assert (changed.status_code, changed.json()["total"]["amount_minor"]) == (200, total)
        left = client.post(f"{path}/checkout", headers=who).json()
        assert left["status"] == "completed"
        clockwork.charge_due(now=NOW + 2 * HOUR)
        receipt = client.get(f"{path}/receipt", headers=who).json()
        assert receipt["paid"] == receipt["total"] == {"amount_minor": 300, "currency": "USD"}
        said = [event["why"] for event in client.get(f"{path}/events", headers=who).json()["items"]]
        assert [why.split()[0] for why in said if why] == ["arrived", "end", "end"]

    def test_another_guests_token_does_none_of_it(
        self, client: TestClient, session: Session, garage: Space
    ) -> None:
        booking = make.confirmed(session, garage, None, period(0, 3))
        session.commit()
        path, other = f"{BOOKINGS}/{booking.id}", manages(new_id())
        longer = client.patch(path, json={"ends_at": "2026-11-21T19:00:00-05:00"}, headers=other)
        assert code(longer) == (404, "booking_not_found")
        for act in ("checkin", "checkout", "cancel"):
            assert code(client.post(f"{path}/{act}", headers=other)) == (404, "booking_not_found")
        assert client.get(path, headers=other).status_code == 404


class TestFreshLinks:
    LINKS = f"{BOOKINGS}/links"

    def test_the_link_opens_the_booking(
        self, client: TestClient, session: Session, garage: Space
    ) -> None:
        booking = make.confirmed(session, garage, None, period(1, 3))
        session.commit()
        asked = {"email": "guest@example.com", "reference": booking.reference}
        answer = client.post(self.LINKS, json=asked)
        assert answer.status_code == 202
        letters = select(Email.text).where(col(Email.kind) == "fresh_link")
        token = session.exec(letters).one().partition("/g/")[2].split()[0]
        seen = client.get(f"{BOOKINGS}/{booking.id}", headers={"Authorization": f"Bearer {token}"})
        assert seen.json()["reference"] == booking.reference

    def test_the_answer_is_the_same_when_there_is_none(
        self, client: TestClient, session: Session, garage: Space
    ) -> None:
        booking = make.confirmed(session, garage, None, period(1, 3))
        session.commit()
        answers = [
            client.post(self.LINKS, json={"email": email, "reference": reference})
            for email, reference in (
                ("guest@example.com", booking.reference),
                ("sam@example.com", booking.reference),
                ("guest@example.com", "222-2222"),
            )
        ]
        assert len({(one.status_code, one.text, str(sorted(one.headers))) for one in answers}) == 1

    def test_guessing_is_slowed_down_by_network_and_by_address(self, client: TestClient) -> None:
        def ask(talking: TestClient, email: str) -> int:
            asked = {"email": email, "reference": "222-2222"}
            return talking.post(self.LINKS, json=asked).status_code

        one = f"{new_id().hex}@example.com"
        assert [ask(program(), one) for _ in range(11)] == [*[202] * 10, 429]
        statuses = [ask(client, f"{new_id().hex}@example.com") for _ in range(21)]
        assert statuses == [*[202] * 20, 429]

    @pytest.mark.parametrize(
        "asked",
        [
            {},
            {"email": "guest@example.com"},
            {"email": "guest", "reference": "222-2222"},
            {"email": "guest@example.com", "reference": "222-2222", "id": "1"},
            {"email": "guest@example.com", "reference": "x" * 1001},
        ],
    )
    def test_what_is_no_question_is_refused(
        self, client: TestClient, asked: dict[str, str]
    ) -> None:
        assert client.post(self.LINKS, json=asked).status_code == 422


class TestStepsOnce:
    """A step with a key is taken once, and its repeats get the same answer."""

    KEY = {"Idempotency-Key": "2f9d1c"}  # noqa: RUF012

    @pytest.fixture
    def booking(self, session: Session, garage: Space) -> Booking:
        made = make.confirmed(session, garage, None, period(1, 3))
        session.commit()
        return made

    @pytest.mark.parametrize(("act", "hours"), [("cancel", 0), ("checkin", 1), ("checkout", 2)])
    def test_a_repeat_gets_the_same_answer(
        self, client: TestClient, booking: Booking, act: str, hours: float
    ) -> None:
        at(NOW + hours * HOUR)
        who, path = manages(booking.id), f"{BOOKINGS}/{booking.id}/{act}"
        first = client.post(path, headers=who | self.KEY)
        assert first.status_code == 200
        at(NOW + 9 * HOUR)
        assert client.post(path, headers=who | self.KEY).json() == first.json()
        if act != "checkin":  # which twice is no error
            assert client.post(path, headers=who).status_code == 409

    def test_a_key_means_one_booking_and_one_reason(
        self, client: TestClient, session: Session, booking: Booking, as_: As
    ) -> None:
        lot = make.space(session, make.sam(session), capacity=2)
        dana = make.dana(session)
        one, other = (make.confirmed(session, lot, dana, period(1, 1)) for _ in range(2))
        who = as_(dana) | self.KEY
        assert client.post(f"{BOOKINGS}/{one.id}/cancel", headers=who).status_code == 200
        reused = (422, "idempotency_key_reused")
        assert code(client.post(f"{BOOKINGS}/{other.id}/cancel", headers=who)) == reused
        why = {"why": "Plans changed."}
        assert code(client.post(f"{BOOKINGS}/{one.id}/cancel", json=why, headers=who)) == reused
        # A guest's key is another one, though it reads the same.
        path = f"{BOOKINGS}/{booking.id}/cancel"
        assert client.post(path, headers=manages(booking.id) | self.KEY).status_code == 200

    def test_a_host_answers_once(
        self, client: TestClient, session: Session, garage: Space, as_: As
    ) -> None:
        garage.instant = False
        for act in ("confirm", "decline"):
            asked = make.confirmed(session, garage, make.person(session, act), period(10, 1))
            owen = as_(session.get_one(User, garage.host_id)) | self.KEY
            path = f"{BOOKINGS}/{asked.id}/{act}"
            answers = [client.post(path, headers=owen).json() for _ in range(2)]
            assert answers[0] == answers[1]
            if act == "confirm":
                service.cancel(
                    session,
                    booking_id=asked.id,
                    caller=Caller(user=None, manages=asked.id),
                    now=NOW,
                )
                session.commit()

    def test_a_card_page_with_a_key_is_the_same_page(
        self, client: TestClient, garage: Space, sandbox: RunningSandbox
    ) -> None:
        assert sandbox.url
        said = client.post(BOOKINGS, json=guest(garage.id)).json()
        path, who = f"{BOOKINGS}/{said['id']}/resume-payment", manages(said["id"]) | self.KEY
        pages = [client.post(path, headers=who).json() for _ in range(2)]
        assert pages == [{"checkout_url": said["checkout_url"]}] * 2

    def test_of_many_at_once_one_ends_the_stay_and_all_hear_of_it(
        self, committed_database: str
    ) -> None:
        assert committed_database
        with transaction() as session:
            garage = make.space(session, make.owen(session))
            booking = make.confirmed(session, garage, None, period(0, 3))
        at(NOW + HOUR)

        def send(_: int) -> str:
            headers = manages(booking.id) | self.KEY
            return program().post(f"{BOOKINGS}/{booking.id}/checkout", headers=headers).text

        answers = at_once(send, range(5))
        assert len(set(answers)) == 1
        assert json.loads(answers[0])["status"] == "completed"


class TestVersions:
    """Two editors cannot overwrite each other; the clock alone makes no new version."""

    @pytest.fixture
    def hers(self, session: Session, garage: Space) -> Booking:
        booking = make.confirmed(session, garage, make.dana(session), period(1, 3))
        session.commit()
        return booking

    @pytest.fixture
    def dana(self, session: Session, hers: Booking, as_: As) -> Headers:
        return as_(session.get_one(User, hers.driver_id))

    def test_who_read_an_older_version_is_told_so(
        self, client: TestClient, hers: Booking, dana: Headers
    ) -> None:
        path = f"{BOOKINGS}/{hers.id}"
        read = client.get(path, headers=dana).headers["etag"]
        mine = {"If-Match": read}
        changed = client.patch(path, json={"plate": "AB1"}, headers=dana | mine)
        assert changed.status_code == 200
        assert changed.headers["etag"] != read
        late = client.patch(path, json={"plate": "CD2"}, headers=dana | mine)
        assert code(late) == (412, "changed_meanwhile")
        assert client.get(path, headers=dana).json()["plate"] == "AB1"
        newer = {"If-Match": changed.headers["etag"]}
        assert client.patch(path, json={"plate": "EF3"}, headers=dana | newer).status_code == 200
        assert client.patch(path, json={"plate": "GH4"}, headers=dana).status_code == 200

    def test_the_clock_makes_no_other_version(self, client: TestClient, hers: Booking) -> None:
        path, dana = f"{BOOKINGS}/{hers.id}", manages(hers.id)
        tags: set[str] = set()
        for hours in (0, 0.8, 2, 3.5):
            at(NOW + hours * HOUR)
            clockwork.begin_stays(now=NOW + hours * HOUR)
            tags.add(client.get(path, headers=dana).headers["etag"])
        assert len(tags) == 1
        longer = {"ends_at": "2026-11-21T18:00:00-05:00"}
        answer = client.patch(path, json=longer, headers=dana | {"If-Match": tags.pop()})
        assert answer.status_code == 200

    def test_a_cancelled_booking_is_another_version(
        self, client: TestClient, hers: Booking, dana: Headers
    ) -> None:
        path = f"{BOOKINGS}/{hers.id}"
        before = client.get(path, headers=dana).headers["etag"]
        client.post(f"{path}/cancel", headers=dana)
        assert client.get(path, headers=dana).headers["etag"] != before

    def test_a_stranger_with_the_right_version_is_a_stranger(
        self, client: TestClient, session: Session, hers: Booking, dana: Headers, as_: As
    ) -> None:
        path = f"{BOOKINGS}/{hers.id}"
        read = {"If-Match": client.get(path, headers=dana).headers["etag"]}
        sam = as_(make.sam(session))
        for headers in (sam, sam | read, sam | {"If-Match": '"x"'}):
            answer = client.patch(path, json={"plate": "AB1"}, headers=headers)
            assert code(answer) == (404, "booking_not_found")

    def test_of_many_editors_at_once_one_wins(self, committed_database: str) -> None:
        assert committed_database
        with transaction() as session:
            garage = make.space(session, make.owen(session))
            booking = make.confirmed(session, garage, None, period(1, 3))
        path, who = f"{BOOKINGS}/{booking.id}", manages(booking.id)
        read = {"If-Match": program().get(path, headers=who).headers["etag"]}

        def edit(number: int) -> int:
            change = {"plate": f"AB{number}"}
            return program().patch(path, json=change, headers=who | read).status_code

        assert sorted(at_once(edit, range(6))) == [200, *[412] * 5]


class TestWithAKeptCard:
    @pytest.fixture
    def dana(self, session: Session) -> User:
        return make.dana(session)

    @pytest.fixture
    def card(self, session: Session, dana: User) -> str:
        payer = payers.customer_for(session, email=dana.email, now=NOW)
        saved = SavedCard("pm_1", "visa", "4242", 12, 2030, "a number", NOW)
        kept = methods.keep(session, user_id=dana.id, customer_id=payer.id, card=saved, now=NOW)
        session.commit()
        return str(kept.id)

    def test_a_booking_is_confirmed_in_one_call(
        self, client: TestClient, garage: Space, dana: User, card: str, as_: As
    ) -> None:
        key = {"Idempotency-Key": "6b1e5f0a"}
        asked = stay(garage.id, payment_method_id=card)
        answers = [client.post(BOOKINGS, json=asked, headers=as_(dana) | key) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 201]
        first, again = (answer.json() for answer in answers)
        assert first == again
        assert (first["status"], first["checkout_url"]) == ("confirmed", None)
        seen = client.get(f"{BOOKINGS}/{first['id']}", headers=as_(dana)).json()
        assert (seen["status"], seen["card"]) == ("confirmed", "Visa ···· 4242")

    def test_nobody_else_books_with_it(
        self, client: TestClient, session: Session, garage: Space, card: str, as_: As
    ) -> None:
        sam = as_(make.sam(session))
        asked = stay(garage.id, payment_method_id=card)
        assert code(client.post(BOOKINGS, json=asked, headers=sam)) == (
            404,
            "payment_method_not_found",
        )
        as_guest = guest(garage.id, payment_method_id=card)
        assert client.post(BOOKINGS, json=as_guest).status_code == 404
        assert not session.exec(select(Booking)).all()


class TestLists:
    def test_ones_own_bookings_come_in_pages(
        self, client: TestClient, session: Session, as_: As
    ) -> None:
        lot = make.space(session, make.owen(session), capacity=9)
        dana = make.dana(session)
        made = [make.confirmed(session, lot, dana, period(1 + n, 1)).id for n in range(5)]
        make.confirmed(session, lot, make.sam(session), period(1, 1))
        headers = as_(dana)
        seen: list[str] = []
        asked: dict[str, Any] = {"limit": 2}
        while True:
            page = client.get(BOOKINGS, params=asked, headers=headers).json()
            seen += [item["id"] for item in page["items"]]
            if page["next_cursor"] is None:
                break
            asked["cursor"] = page["next_cursor"]
        assert seen == [str(booking_id) for booking_id in made]

    def test_they_are_now_upcoming_or_past(
        self, client: TestClient, session: Session, garage: Space, as_: As
    ) -> None:
        dana = make.dana(session)
        booking = make.confirmed(session, garage, dana, period(1, 3))

        def found(when: str) -> list[str]:
            items = client.get(BOOKINGS, params={"when": when}, headers=as_(dana)).json()["items"]
            return [item["id"] for item in items]

        hers = [str(booking.id)]
        assert [found(when) for when in ("now", "upcoming", "past")] == [[], hers, []]
        at(NOW + 2 * HOUR)
        assert [found(when) for when in ("now", "upcoming", "past")] == [hers, [], []]
        at(NOW + timedelta(days=1))
        assert [found(when) for when in ("now", "upcoming", "past")] == [[], [], hers]

    def test_owen_sees_those_of_his_spaces(
        self, client: TestClient, session: Session, garage: Space, as_: As
    ) -> None:
        booking = make.confirmed(session, garage, make.dana(session), period(1, 3))
        owen = as_(session.get_one(User, garage.host_id))
        assert client.get(BOOKINGS, headers=owen).json()["items"] == []
        hosted = client.get(BOOKINGS, params={"role": "host"}, headers=owen).json()["items"]
        assert [item["id"] for item in hosted] == [str(booking.id)]

    def test_current_and_expired_ones_are_listed_separately(
        self, client: TestClient, session: Session, as_: As
    ) -> None:
        lot, dana = make.space(session, make.owen(session), capacity=9), make.dana(session)
        now, soon, over, gone = (
            str(make.confirmed(session, lot, dana, when).id)
            for when in (period(0, 3), period(5, 1), period(-0.2, 0.7), period(6, 1))
        )
        headers = as_(dana)
        client.post(f"{BOOKINGS}/{gone}/cancel", headers=headers)
        at(NOW + HOUR)
        headers = as_(dana)

        def found(**asked: Any) -> list[str]:
            items = client.get(BOOKINGS, params=asked, headers=headers).json()["items"]
            return [item["id"] for item in items]

        assert found(when="current") == [now, soon]
        assert found(when="expired") == [over]
        assert found(when="past") == [gone, over]
        assert found() == found(when="upcoming") == [soon]
        assert found(status="cancelled") == [gone]
        assert found(status=["active", "completed"]) == [now, over]
        assert found(when="current", status="active") == [now]
        assert found(when="current", status="cancelled") == []
        assert found(to="2026-11-21T17:00:00Z") == [over]
        assert found(**{"from": "2026-11-21T22:30:00Z"}) == [gone, soon]
        between = {"from": "2026-11-21T17:40:00Z", "to": "2026-11-21T22:00:00Z"}
        assert found(**between) == [now]

    def test_a_list_asks_the_database_as_often_for_many_as_for_few(
        self, client: TestClient, session: Session, as_: As
    ) -> None:
        lot, dana = make.space(session, make.owen(session), capacity=9), make.dana(session)
        headers, counts = as_(dana), set[int]()
        for number in range(2):
            for n in range(4 * number + 1):
                make.confirmed(session, lot, dana, period(1 + 10 * number + n, 1))
            session.commit()
            with statements() as said:
                client.get(BOOKINGS, headers=headers)
            counts.add(len(said))
        assert len(counts) == 1

    @pytest.mark.parametrize(
        "wrong",
        [
            {"status": "lost"},
            {"from": "yesterday"},
            {"from": "2026-11-21T13:00:00"},
            {"to": "2026-11-21T13:00:00Z", "from": "2026-11-21T14:00:00Z"},
            {"cursor": "01a1fe8e-7009-738c-a9ec-c55e2586e2f1"},
            {"limit": 0},
            {"limit": 101},
            {"limit": "9" * 30},
            {"when": "ever"},
            {"role": "admin"},
            {"cursor": "x"},
            {"user": "dana"},
        ],
    )
    def test_a_page_is_asked_for_rightly(
        self, client: TestClient, session: Session, as_: As, wrong: dict[str, str]
    ) -> None:
        answer = client.get(BOOKINGS, params=wrong, headers=as_(make.dana(session)))
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["path"].partition(".")[0] in wrong

    def test_guests_have_no_list(self, client: TestClient, session: Session) -> None:
        assert client.get(BOOKINGS).status_code == 401
        assert client.get(BOOKINGS, headers=manages(new_id())).status_code == 401
        assert session.exec(select(col(Booking.id))).all() == []
