from datetime import UTC, datetime

import pytest
from sqlmodel import Session, select

from parkplace.accounts.audit import Action
from parkplace.accounts.models import AuditEntry, UserSession
from parkplace.accounts.origin import Origin
from parkplace.accounts.tokens import issue
from parkplace.core.db import transaction
from parkplace.notifications.models import Email
from parkplace.notifications.renewal import renew
from parkplace.notifications.safety import TOLD, record
from tests import factories as make
from tests.accounts.at_once import at_once

NOW = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
THERE = Origin.of(address="203.0.113.7", device="Firefox")


@pytest.mark.parametrize("action", TOLD)
def test_what_happens_is_written_down_and_told(session: Session, action: Action) -> None:
    dana = make.dana(session)
    record(session, user=dana, action=action, origin=THERE, actor=dana, detail="Corner", now=NOW)
    entry = session.exec(select(AuditEntry)).one()
    assert (entry.action, entry.actor_id, entry.subject_id) == (action, dana.id, dana.id)
    letter = session.exec(select(Email)).one()
    assert letter.to_address == dana.email
    assert "203.0.113.0/24" in letter.text
    assert "203.0.113.7" not in letter.text + letter.html
    assert "{}" not in letter.text
    assert "If that was not you" in letter.text


def test_it_is_told_each_time(session: Session) -> None:
    dana = make.dana(session)
    for _ in range(2):
        record(session, user=dana, action=Action.TWO_FACTOR_ON, origin=THERE, now=NOW)
    assert len(session.exec(select(Email)).all()) == 2


def test_a_stolen_refresh_token_is_told_to_its_owner(session: Session) -> None:
    dana = make.dana(session)
    pair = issue(session, user=dana, origin=THERE, now=NOW)
    for _ in range(3):
        renew(session, refresh_token=pair.refresh_token, origin=THERE, now=NOW)
    assert session.exec(select(Email.subject)).all() == ["We ended one of your sign-ins"]
    entry = session.exec(select(AuditEntry)).one()
    assert (entry.action, entry.actor_id, entry.subject_id) == ("token_stolen", None, dana.id)
    assert session.exec(select(UserSession)).all() == []


def test_a_guess_is_told_to_nobody(session: Session) -> None:
    pair = issue(session, user=make.dana(session), origin=THERE, now=NOW)
    for guess in ("", "x.y", pair.refresh_token.partition(".")[2]):
        assert renew(session, refresh_token=guess, origin=THERE, now=NOW) is None
    assert session.exec(select(Email)).all() == []
    assert renew(session, refresh_token=pair.refresh_token, origin=THERE, now=NOW)


@pytest.mark.usefixtures("committed_database")
def test_two_at_once_with_one_token_are_a_theft_of_which_one_letter_tells() -> None:
    with transaction() as session:
        pair = issue(session, user=make.dana(session), origin=THERE, now=NOW)

    def come(_thief: int) -> bool:
        with transaction() as session:
            renewed = renew(session, refresh_token=pair.refresh_token, origin=THERE, now=NOW)
        return renewed is not None

    assert at_once(come, range(2)).count(True) == 1
    with transaction() as session:
        assert session.exec(select(UserSession)).all() == []
        assert len(session.exec(select(Email)).all()) == 1
        assert len(session.exec(select(AuditEntry)).all()) == 1
