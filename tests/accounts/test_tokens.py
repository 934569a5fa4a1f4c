import base64
import json
from datetime import datetime, timedelta

import jwt
import pytest
from sqlmodel import Session, select

from parkplace.accounts.audit import entries
from parkplace.accounts.models import SessionKind, User, UserSession
from parkplace.accounts.origin import HERE, Origin
from parkplace.accounts.sessions import SignedIn, note_use, open_session, tidy
from parkplace.accounts.tokens import Theft, TokenPair, bearer, close, issue, renew
from parkplace.core.db import transaction
from parkplace.core.ids import token_hash
from parkplace.core.keys import derived_key
from parkplace.notifications import renewal
from tests.accounts.at_once import at_once
from tests.accounts.people import NOW, person

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def signed_in(session: Session, name: str = "Dana") -> tuple[User, TokenPair]:
    user = person(session, name)
    return user, issue(session, user=user, origin=Origin(device="script"), now=NOW)


def renewed(session: Session, token: str) -> TokenPair:
    pair = renew(session, refresh_token=token, origin=HERE, now=NOW)
    assert isinstance(pair, TokenPair)
    return pair


def holder(session: Session, *, access_token: str, now: datetime) -> User | None:
    found = bearer(session, access_token=access_token, now=now)
    return found and found.user


def test_an_access_token_is_dana_for_fifteen_minutes(session: Session) -> None:
    dana, pair = signed_in(session)
    assert pair.expires_in == 900
    assert holder(session, access_token=pair.access_token, now=NOW) == dana
    assert holder(session, access_token=pair.access_token, now=NOW + 14.9 * MINUTE) == dana
    assert bearer(session, access_token=pair.access_token, now=NOW + 15 * MINUTE) is None


def test_what_is_stored_opens_nothing(session: Session) -> None:
    _, pair = signed_in(session)
    stored = session.exec(select(UserSession)).one()
    assert stored.kind == SessionKind.API
    assert stored.token_hash == token_hash(pair.refresh_token)
    for part in pair.refresh_token.split("."):
        assert part not in str(stored.model_dump())
    for token in (stored.token_hash, stored.family_hash or "", str(stored.id)):
        assert renew(session, refresh_token=token, origin=HERE, now=NOW) is None
        assert bearer(session, access_token=token, now=NOW) is None


def test_a_refresh_token_changes_at_each_use(session: Session) -> None:
    dana, first = signed_in(session)
    second = renewed(session, first.refresh_token)
    third = renewed(session, second.refresh_token)
    assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3
    assert holder(session, access_token=third.access_token, now=NOW) == dana
    assert len(session.exec(select(UserSession)).all()) == 1


def test_a_session_lives_on_while_it_is_renewed(session: Session) -> None:
    _, pair = signed_in(session)
    for days in (29, 58):
        fresh = renew(session, refresh_token=pair.refresh_token, origin=HERE, now=NOW + days * DAY)
        assert isinstance(fresh, TokenPair)
        pair = fresh
    assert renew(session, refresh_token=pair.refresh_token, origin=HERE, now=NOW + 88 * DAY) is None


@pytest.mark.parametrize("thefts", [1, 2, 5])
def test_when_sam_has_used_danas_token_both_are_put_out(session: Session, thefts: int) -> None:
    dana, danas = signed_in(session)
    sams = danas
    for _ in range(thefts):
        sams = renewed(session, sams.refresh_token)
    assert renew(session, refresh_token=danas.refresh_token, origin=HERE, now=NOW) == Theft(dana.id)
    assert renew(session, refresh_token=sams.refresh_token, origin=HERE, now=NOW) is None
    assert bearer(session, access_token=sams.access_token, now=NOW) is None
    assert bearer(session, access_token=danas.access_token, now=NOW) is None


def test_a_theft_is_written_down_and_an_honest_end_is_not(session: Session) -> None:
    dana, stolen = signed_in(session)
    sams = Origin.of(address="198.51.100.9", device="curl/8")
    renewed(session, stolen.refresh_token)
    guess = f"{stolen.refresh_token}x"[1:]
    assert renewal.renew(session, refresh_token=guess, origin=sams, now=NOW) is None
    assert entries(session, reader=dana, subject_id=dana.id) == []
    for _ in range(2):
        token = stolen.refresh_token
        assert renewal.renew(session, refresh_token=token, origin=sams, now=NOW) is None
    [entry] = entries(session, reader=dana, subject_id=dana.id)
    assert (entry.action, entry.actor_id) == ("token_stolen", None)
    assert entry.network == "198.51.100.0/24"


def test_who_is_kept_out_gets_no_new_tokens_until_they_may_come_back(session: Session) -> None:
    dana, pair = signed_in(session)
    dana.suspended_at = NOW
    session.flush()
    assert renew(session, refresh_token=pair.refresh_token, origin=HERE, now=NOW) is None
    assert bearer(session, access_token=pair.access_token, now=NOW) is None
    dana.suspended_at = None
    session.flush()
    assert renewed(session, pair.refresh_token)


def test_a_token_names_its_session(session: Session) -> None:
    dana, pair = signed_in(session)
    found = bearer(session, access_token=pair.access_token, now=NOW)
    stored = session.exec(select(UserSession)).one()
    assert found == SignedIn(dana, stored.id, NOW)


def test_a_theft_ends_that_session_and_no_other(session: Session) -> None:
    dana, stolen = signed_in(session)
    laptop = issue(session, user=dana, origin=Origin(device="laptop"), now=NOW)
    _, browser = open_session(session, user=dana, origin=Origin(device="browser"), now=NOW)
    renewed(session, stolen.refresh_token)
    assert renew(session, refresh_token=stolen.refresh_token, origin=HERE, now=NOW) == Theft(
        dana.id
    )
    assert holder(session, access_token=laptop.access_token, now=NOW) == dana
    assert browser
    assert len(session.exec(select(UserSession)).all()) == 2


@pytest.mark.usefixtures("committed_database")
def test_the_end_of_a_stolen_session_outlasts_the_refusal() -> None:
    with transaction() as session:
        dana, stolen = signed_in(session)
    with transaction() as session:
        sams = renewed(session, stolen.refresh_token)
    with transaction() as session:
        assert renew(session, refresh_token=stolen.refresh_token, origin=HERE, now=NOW) == Theft(
            dana.id
        )
    with transaction() as session:
        assert bearer(session, access_token=sams.access_token, now=NOW) is None


@pytest.mark.usefixtures("committed_database")
def test_of_those_who_renew_with_one_token_at_once_one_gets_tokens_and_the_next_ends_them() -> None:
    with transaction() as session:
        dana, pair = signed_in(session)

    def try_it(_thief: int) -> TokenPair | Theft | None:
        with transaction() as session:
            return renew(session, refresh_token=pair.refresh_token, origin=HERE, now=NOW)

    came = at_once(try_it, range(6))
    assert [type(one) for one in came].count(TokenPair) == 1
    assert came.count(Theft(dana.id)) == 1  # so that its owner gets one letter
    assert came.count(None) == 4
    with transaction() as session:
        assert session.exec(select(UserSession)).all() == []


@pytest.mark.parametrize("change", ["{}x", "x{}", "{}.", "", ".", "{}\0", "\ud800"])
def test_a_guess_is_refused_and_ends_nobodys_session(session: Session, change: str) -> None:
    dana, pair = signed_in(session)
    family = pair.refresh_token.partition(".")[0]
    guess = change.format(family[:-1])
    assert renew(session, refresh_token=guess, origin=HERE, now=NOW) is None
    assert holder(session, access_token=pair.access_token, now=NOW) == dana


def test_a_browsers_cookie_cannot_be_renewed(session: Session) -> None:
    _, token = open_session(session, user=person(session, "Dana"), origin=HERE, now=NOW)
    assert renew(session, refresh_token=token, origin=HERE, now=NOW) is None


def test_signing_out_ends_access_at_once(session: Session) -> None:
    dana, pair = signed_in(session)
    other = issue(session, user=dana, origin=Origin(device="other"), now=NOW)
    close(session, access_token=pair.access_token, now=NOW)
    assert bearer(session, access_token=pair.access_token, now=NOW) is None
    assert renew(session, refresh_token=pair.refresh_token, origin=HERE, now=NOW) is None
    assert holder(session, access_token=other.access_token, now=NOW) == dana
    close(session, access_token=pair.access_token, now=NOW)
    close(session, access_token="nonsense", now=NOW)


def test_access_dies_with_a_session_that_ran_out(session: Session) -> None:
    _, pair = signed_in(session)
    late = NOW + 31 * DAY
    tidy(session, now=late)
    assert bearer(session, access_token=pair.access_token, now=NOW) is None


def test_an_access_token_says_who_and_which_session_and_no_more(session: Session) -> None:
    dana, pair = signed_in(session)
    claims = json.loads(_decoded(pair.access_token.split(".")[1]))
    stored = session.exec(select(UserSession)).one()
    assert claims == {
        "sub": str(dana.id),
        "sid": str(stored.id),
        "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 900,
    }


def test_a_forged_access_token_is_nobody(session: Session) -> None:
    _, pair = signed_in(session)
    ada = person(session, "Ada")
    head, body, signature = pair.access_token.split(".")
    claims = json.loads(_decoded(body)) | {"sub": str(ada.id)}
    altered = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    unsigned = jwt.encode(claims, "", algorithm="none")
    forgeries = [
        f"{head}.{altered}.{signature}",
        f"{head}.{body}.",
        f"{head}.{body}.{signature[:-2]}xx",
        unsigned,
        jwt.encode(claims, derived_key("manage-link"), algorithm="HS256"),
        jwt.encode(claims, derived_key("access-token"), algorithm="HS256"),  # not Ada's session
        jwt.encode(claims | {"exp": 2**60}, "x" * 32, algorithm="HS256"),
        "",
        "..",
        "\ud800",
        "é.é.é",
    ]
    for forgery in forgeries:
        assert bearer(session, access_token=forgery, now=NOW) is None, forgery


@pytest.mark.parametrize("missing", ["sub", "sid", "exp", "iat"])
def test_a_token_without_one_of_its_claims_is_nobody(session: Session, missing: str) -> None:
    _, pair = signed_in(session)
    claims = json.loads(_decoded(pair.access_token.split(".")[1]))
    del claims[missing]
    token = jwt.encode(claims, derived_key("access-token"), algorithm="HS256")
    assert bearer(session, access_token=token, now=NOW) is None


def test_using_a_token_is_noted_once_a_minute(session: Session) -> None:
    _, pair = signed_in(session)
    for after, noted in ((0.5, 0), (2, 2), (2.5, 2)):
        moment = NOW + after * MINUTE
        found = bearer(session, access_token=pair.access_token, now=moment)
        assert found is not None
        note_use(session, own=found, now=moment)
        session.expire_all()
        assert session.exec(select(UserSession)).one().last_used_at == NOW + noted * MINUTE


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
