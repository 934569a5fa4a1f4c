from datetime import timedelta

import pytest
from sqlmodel import Session

from parkplace.accounts import sessions, tokens
from parkplace.accounts.audit import entries
from parkplace.accounts.models import User, UserSession
from parkplace.accounts.origin import HERE, Origin
from parkplace.accounts.revoking import (
    SessionUnknown,
    is_open,
    revoke,
    revoke_others,
    sessions_of,
)
from parkplace.core.ids import new_id
from tests.accounts.people import NOW, person

DAY = timedelta(days=1)


def opened(session: Session, user: User, count: int = 1) -> list[UserSession]:
    return [
        sessions.open_session(session, user=user, origin=HERE, now=NOW)[0] for _ in range(count)
    ]


def test_dana_sees_her_open_sessions_the_newest_first(session: Session) -> None:
    dana, sam = person(session, "Dana"), person(session, "Sam")
    sessions.open_session(session, user=dana, origin=HERE, now=NOW - 31 * DAY)
    opened(session, sam)
    browser, other = opened(session, dana, 2)
    tokens.issue(session, user=dana, origin=Origin(device="curl/8"), now=NOW)

    found = sessions_of(session, user_id=dana.id, now=NOW)

    assert [one.kind for one in found] == ["api", "browser", "browser"]
    assert [one.id for one in found[1:]] == [other.id, browser.id]
    first = sessions_of(session, user_id=dana.id, now=NOW, limit=2)
    rest = sessions_of(session, user_id=dana.id, now=NOW, limit=2, after=first[-1].id)
    assert [one.id for one in (*first, *rest)] == [one.id for one in found]


def test_a_revoked_session_is_over_at_once_and_no_other(session: Session) -> None:
    dana = person(session, "Dana")
    here, cookie = sessions.open_session(session, user=dana, origin=HERE, now=NOW)
    pair = tokens.issue(session, user=dana, origin=HERE, now=NOW)
    program = tokens.bearer(session, access_token=pair.access_token, now=NOW)
    assert program is not None

    revoke(session, user=dana, session_id=program.session_id, origin=HERE, now=NOW)

    assert tokens.bearer(session, access_token=pair.access_token, now=NOW) is None
    renewed = tokens.renew(session, refresh_token=pair.refresh_token, origin=HERE, now=NOW)
    assert renewed is None
    assert sessions.who(session, token=cookie, now=NOW) is not None
    revoke(session, user=dana, session_id=here.id, origin=HERE, now=NOW)
    assert sessions.who(session, token=cookie, now=NOW) is None
    log = entries(session, reader=dana, subject_id=dana.id)
    assert [(entry.action, entry.after) for entry in log] == [("session_revoked", {"ended": 1})] * 2


def test_nobody_ends_what_is_not_theirs_or_over(session: Session) -> None:
    dana, sam = person(session, "Dana"), person(session, "Sam")
    [danas] = opened(session, dana)
    old, _ = sessions.open_session(session, user=sam, origin=HERE, now=NOW - 31 * DAY)
    for session_id in (danas.id, old.id, new_id()):
        with pytest.raises(SessionUnknown) as refused:
            revoke(session, user=sam, session_id=session_id, origin=HERE, now=NOW)
        assert refused.value.code == "session_not_found"
    assert is_open(session, session_id=danas.id, now=NOW)
    assert entries(session, reader=sam, subject_id=sam.id) == []


def test_all_others_end_and_the_one_that_asks_stays(session: Session) -> None:
    dana, sam = person(session, "Dana"), person(session, "Sam")
    here, *others = opened(session, dana, 3)
    [sams] = opened(session, sam)
    code = sessions.issue_code(session, user_id=dana.id, now=NOW)

    for _ in range(2):
        revoke_others(session, user=dana, kept=here.id, origin=HERE, now=NOW)

    assert is_open(session, session_id=here.id, now=NOW)
    assert is_open(session, session_id=sams.id, now=NOW)
    assert not any(is_open(session, session_id=other.id, now=NOW) for other in others)
    with pytest.raises(sessions.CodeSpent):
        sessions.redeem_code(session, code=code, now=NOW)
    assert len(entries(session, reader=dana, subject_id=dana.id)) == 1


def test_a_session_stands_until_it_runs_out_or_its_person_is_kept_out(session: Session) -> None:
    dana = person(session, "Dana")
    [here] = opened(session, dana)
    assert is_open(session, session_id=here.id, now=NOW + 29 * DAY)
    assert not is_open(session, session_id=here.id, now=NOW + 30 * DAY)
    assert not is_open(session, session_id=new_id(), now=NOW)
    dana.suspended_at = NOW
    session.flush()
    assert not is_open(session, session_id=here.id, now=NOW)
