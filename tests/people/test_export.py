"""All that is kept about somebody, and nothing of anybody else's."""

import io
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from parkplace.accounts.audit import Action, entries, note
from parkplace.accounts.models import User
from parkplace.accounts.origin import HERE, Origin
from parkplace.accounts.service import AccountSuspended
from parkplace.core.db import sql
from parkplace.core.ids import new_id
from parkplace.people import export
from parkplace.people.holdings import EXPORTED
from tests import factories as make
from tests.factories import NOW
from tests.people.lives import EMAIL, NAME, PASSWORD, PLATE, lived


def exported(session: Session, user: User) -> tuple[dict[str, Any], str]:
    written = io.BytesIO()
    export.write(session, user=user, to=written, origin=HERE, now=NOW)
    text = written.getvalue().decode()
    return json.loads(text), text


def verified(session: Session, user: User) -> User:
    user.email_verified_at = NOW
    session.flush()
    return user


def test_there_is_a_section_for_everything(session: Session) -> None:
    life = lived(session)
    said, _ = exported(session, life.user)
    assert list(said) == ["made_at", *(holding.section for holding in EXPORTED)]
    assert said["made_at"] == "2026-11-21T17:00:00+00:00"
    counted = {name: len(rows) for name, rows in said.items() if name != "made_at"}
    assert counted == {
        "account": 1, "sessions": 2, "log": 1, "ways_in": 0, "vehicles": 1, "identity_checks": 1,
        "identity_documents": 2, "bookings": 3, "booking_events": 9, "cards": 2, "payments": 2,
        "ledger": 10, "payers": 1, "kept_cards": 0, "payee": 0, "payouts": 0, "payout_parts": 0,
        "spaces": 2, "space_photos": 1, "opening_hours": 0,
        "reports": 2, "letters": counted["letters"],
    }  # fmt: skip
    assert said["account"][0]["email"] == EMAIL
    assert said["account"][0]["name"] == NAME
    assert said["vehicles"][0]["plate"] == PLATE
    references = {booking["reference"] for booking in said["bookings"]}
    assert {life.booked.reference, life.as_guest.reference} <= references
    assert {letter["kind"] for letter in said["letters"]} == {
        "welcome", "confirmed", "cancelled", "report_received", "requested",
    }  # fmt: skip


def test_it_holds_no_secret_and_no_link_that_opens_a_door(session: Session) -> None:
    life = lived(session)
    _, text = exported(session, life.user)
    for secret in (life.user.password_hash, "token_hash", "pm_", "cus_", "http", "/g/"):
        assert secret not in text
    assert PASSWORD not in text
    assert "(link)" in text


def test_it_holds_nothing_of_others(session: Session) -> None:
    life = lived(session)
    _, sams = exported(session, life.guest)
    for others in (EMAIL, PLATE, NAME, life.booked.reference):
        assert others not in sams
    _, mine = exported(session, life.user)
    for others in ("sam@example.com", "SAM1", "owen@example.com"):
        assert others not in mine


def test_with_an_address_not_proven_it_holds_nothing_of_its_guest(session: Session) -> None:
    life = lived(session, verified=False)
    said, text = exported(session, life.user)
    assert life.as_guest.reference not in text
    assert [payer["email"] for payer in said["payers"]] == []
    assert len(said["reports"]) == 1
    guests = str(life.as_guest.id)
    assert not [card for card in said["cards"] if card["order_id"] == guests]
    _, whole = exported(session, verified(session, life.user))
    assert life.as_guest.reference in whole


def test_of_what_an_admin_did_it_says_neither_who_nor_where(session: Session) -> None:
    dana, ada = make.dana(session), make.ada(session)
    where = Origin.of(address="203.0.113.7", device="Ada's laptop")
    for actor, subject in ((ada, dana.id), (None, dana.id), (dana, dana.id), (ada, new_id())):
        note(
            session, action=Action.PAPER_SEEN, actor=actor, subject_id=subject, origin=where,
            now=NOW,
        )  # fmt: skip
    said, _ = exported(session, dana)
    assert [(row["actor_id"], row["network"]) for row in said["log"]] == [
        (None, ""), (None, "203.0.113.0/24"), (str(dana.id), "203.0.113.0/24"),
    ]  # fmt: skip


def test_the_log_says_that_it_was_had(session: Session) -> None:
    dana = make.dana(session)
    exported(session, dana)
    [entry] = entries(session, reader=dana, subject_id=dana.id)
    assert (entry.action, entry.actor_id) == ("data_exported", dana.id)


def test_who_is_kept_out_has_none(session: Session) -> None:
    dana = make.dana(session)
    dana.suspended_at = NOW
    session.flush()
    with pytest.raises(AccountSuspended):
        exported(session, dana)


def test_however_much_is_kept_little_of_it_is_in_memory_at_once(
    session: Session, tmp_path: Path
) -> None:
    dana = make.dana(session)
    sql(
        session,
        """
        INSERT INTO audit_entries (at, actor_id, subject_id, action, network, device)
        SELECT now(), :user_id, :user_id, 'signed_in', '203.0.113.0/24', repeat('Firefox ', 20)
        FROM generate_series(1, 40000)
        """,
        user_id=dana.id,
    )
    document = tmp_path / "export.json"
    tracemalloc.start()
    with document.open("wb") as written:
        export.write(session, user=dana, to=written, origin=HERE, now=NOW)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert document.stat().st_size > 12_000_000
    assert peak < 4_000_000
    assert len(json.loads(document.read_bytes())["log"]) == 40_000
