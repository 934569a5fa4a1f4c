import statistics
import time

import pytest
from sqlmodel import Session

from parkplace.accounts import refusals
from parkplace.accounts.audit import entries
from parkplace.accounts.models import AuditEntry, User
from parkplace.accounts.origin import Origin
from parkplace.accounts.service import AccountSuspended, WrongCredentials, sign_in
from parkplace.core.db import transaction
from parkplace.core.errors import DomainError
from tests.accounts.people import NOW, PASSWORD, person, signed_up

SAMS = Origin.of(address="198.51.100.9", device="curl/8")


def tries(email: str, password: str) -> None:
    with refusals.noted(email=email, origin=SAMS, now=NOW), transaction() as session:
        sign_in(session, email=email, password=password)


def log(session: Session) -> list[AuditEntry]:
    reader = User(email="", name="", password_hash="", is_admin=True, created_at=NOW)
    return entries(session, reader=reader)


def test_who_was_refused_is_written_down_though_the_attempt_is_undone(session: Session) -> None:
    dana = signed_up(session, "Dana")
    session.commit()
    with pytest.raises(WrongCredentials):
        tries(" DANA@example.com", "wrong")
    [entry] = entries(session, reader=dana, subject_id=dana.id)
    assert (entry.action, entry.actor_id, entry.network) == (
        "sign_in_refused",
        None,
        "198.51.100.0/24",
    )
    assert entry.after == {"why": "wrong_credentials"}


def test_so_is_who_is_kept_out(session: Session) -> None:
    dana = signed_up(session, "Dana")
    dana.suspended_at = NOW
    session.commit()
    with pytest.raises(AccountSuspended):
        tries(dana.email, PASSWORD)
    [entry] = entries(session, reader=dana, subject_id=dana.id)
    assert entry.after == {"why": "account_suspended"}


@pytest.mark.parametrize("email", ["stranger@example.com", "not an address", "\0", "\ud800"])
def test_an_address_without_an_account_is_not_kept(session: Session, email: str) -> None:
    with pytest.raises(WrongCredentials):
        tries(email, PASSWORD)
    [entry] = log(session)
    assert entry.subject_id is None
    assert email not in str(entry.model_dump())


def test_what_goes_well_or_breaks_is_no_refusal(session: Session) -> None:
    dana = signed_up(session, "Dana")
    session.commit()
    tries(dana.email, PASSWORD)
    with pytest.raises(OSError, match="disk"), refusals.noted(email="x", origin=SAMS, now=NOW):
        raise OSError("disk")
    assert log(session) == []


@pytest.mark.usefixtures("committed_database")
def test_writing_it_down_takes_as_long_for_an_address_that_nobody_has() -> None:
    with transaction() as session:
        person(session, "Dana")
    took: dict[str, list[float]] = {"dana@example.com": [], "nobody@example.com": []}
    for _ in range(31):
        for email, times in took.items():
            began = time.perf_counter()
            with pytest.raises(DomainError), refusals.noted(email=email, origin=SAMS, now=NOW):
                raise WrongCredentials("No.")
            times.append(time.perf_counter() - began)
    known, unknown = (statistics.median(times) for times in took.values())
    # With nothing written for the unknown one it would be a small part.
    assert 0.6 < unknown / known < 1.7
