from dataclasses import replace

import pytest
from sqlmodel import Session, select

from parkplace.accounts.verification import EmailUnverified
from parkplace.core.errors import Invalid
from parkplace.spaces import queries
from parkplace.spaces.drafts import BadCapacity, BadPrice, Draft
from parkplace.spaces.models import Space, SpacePhoto
from parkplace.spaces.photos import PHOTOS_MOST, Picture, TooManyPhotos
from parkplace.spaces.queries import SpaceNotFound
from parkplace.web.pages.add_space.publishing import list_space
from parkplace.web.pages.add_space.view import read
from parkplace.web.session import SignedOut
from tests import factories as make
from tests.factories import NOW
from tests.web.pages.add_space.forms import DRIVEWAY
from tests.web.pages.visiting import COOKIE, cookie

FIRST, SECOND = Picture("a" * 64, 1600, 900), Picture("b" * 64, 800, 1200)


def draft() -> Draft:
    made = read(DRIVEWAY).draft
    assert made
    return made


def owens_token(session: Session) -> str:
    return cookie(session, make.owen(session)).removeprefix(f"{COOKIE}=")


def test_a_space_is_listed_with_its_photos_in_order(session: Session) -> None:
    token = owens_token(session)

    space_id = list_space(
        session, token=token, draft=draft(), pictures=[SECOND, FIRST], listed=True, key="k", now=NOW
    )  # fmt: skip

    seen = queries.space(session, space_id=space_id, viewer=None)
    assert seen.title == "St Marks driveway"
    assert [photo.key for photo in seen.photos] == [SECOND.key, FIRST.key]


@pytest.mark.parametrize("listed", [True, False])
def test_who_has_not_verified_their_address_lists_nothing(
    session: Session, *, listed: bool
) -> None:
    sam = make.person(session, "Sam", email_verified_at=None)
    token = cookie(session, sam).removeprefix(f"{COOKIE}=")
    with pytest.raises(EmailUnverified):
        list_space(
            session, token=token, draft=draft(), pictures=[], listed=listed, key="k", now=NOW
        )
    assert not session.exec(select(Space)).all()


def test_a_draft_is_the_hosts_alone(session: Session) -> None:
    space_id = list_space(
        session,
        token=owens_token(session),
        draft=draft(),
        pictures=[],
        listed=False,
        key="k",
        now=NOW,
    )
    with pytest.raises(SpaceNotFound):
        queries.space(session, space_id=space_id, viewer=None)


def test_pressed_twice_it_is_listed_once_whatever_changed_meanwhile(session: Session) -> None:
    token = owens_token(session)
    first = list_space(
        session, token=token, draft=draft(), pictures=[FIRST], listed=True, key="k", now=NOW
    )
    again = list_space(
        session,
        token=token,
        draft=replace(draft(), title="Another name"),
        pictures=[FIRST, SECOND],
        listed=False,
        key="k",
        now=NOW,
    )
    other = list_space(
        session, token=token, draft=draft(), pictures=[], listed=True, key="other", now=NOW
    )
    assert first == again != other
    assert len(session.exec(select(Space)).all()) == 2
    assert len(session.exec(select(SpacePhoto)).all()) == 1


def test_somebody_elses_key_is_not_mine(session: Session) -> None:
    owens = list_space(
        session,
        token=owens_token(session),
        draft=draft(),
        pictures=[],
        listed=True,
        key="k",
        now=NOW,
    )
    sams = cookie(session, make.sam(session)).removeprefix(f"{COOKIE}=")
    assert owens != list_space(
        session, token=sams, draft=draft(), pictures=[], listed=True, key="k", now=NOW
    )


def test_whoever_lists_a_space_hosts(session: Session) -> None:
    sam = make.sam(session)
    token = cookie(session, sam).removeprefix(f"{COOKIE}=")
    list_space(session, token=token, draft=draft(), pictures=[], listed=True, key="k", now=NOW)
    session.refresh(sam)
    assert sam.is_host


@pytest.mark.parametrize("token", [None, "somebody's", ""])
def test_nobody_lists_nothing(session: Session, token: str | None) -> None:
    with pytest.raises(SignedOut):
        list_space(session, token=token, draft=draft(), pictures=[], listed=True, key="k", now=NOW)
    assert not session.exec(select(Space)).all()


@pytest.mark.parametrize(
    ("wrong", "error"),
    [({"capacity": 0}, BadCapacity), ({"day_cap_minor": 300}, BadPrice)],
)
def test_what_the_service_refuses_can_be_tried_again_with_the_same_key(
    session: Session, wrong: dict[str, int], error: type[Invalid]
) -> None:
    token = owens_token(session)
    bad = replace(draft(), **wrong)
    with pytest.raises(error), session.begin_nested():
        list_space(session, token=token, draft=bad, pictures=[], listed=True, key="k", now=NOW)
    assert not session.exec(select(Space)).all()

    list_space(session, token=token, draft=draft(), pictures=[], listed=True, key="k", now=NOW)
    assert len(session.exec(select(Space)).all()) == 1


def test_more_photos_than_anybody_looks_at_are_refused(session: Session) -> None:
    many = [Picture(f"{number:064x}", 10, 10) for number in range(PHOTOS_MOST + 1)]
    token = owens_token(session)
    with pytest.raises(TooManyPhotos), session.begin_nested():
        list_space(
            session, token=token, draft=draft(), pictures=many, listed=True, key="k", now=NOW
        )
    assert not session.exec(select(Space)).all()
