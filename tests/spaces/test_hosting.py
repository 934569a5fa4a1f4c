import pytest
from sqlmodel import Session

from parkplace.accounts.verification import EmailUnverified
from parkplace.spaces.hosting import SpacesListed, become_host, stop_hosting
from parkplace.spaces.models import SpaceStatus
from tests.factories import owen, person, sam, space


def test_becoming_a_host_is_a_choice(session: Session) -> None:
    user = sam(session)
    for _ in range(2):
        become_host(session, user=user)
        assert user.is_host
    stop_hosting(session, user=user)
    assert not user.is_host


def test_hosts_have_verified_addresses(session: Session) -> None:
    user = person(session, "Sam", email_verified_at=None)
    with pytest.raises(EmailUnverified):
        become_host(session, user=user)
    assert not user.is_host


@pytest.mark.parametrize("status", [SpaceStatus.PUBLISHED, SpaceStatus.PAUSED])
def test_who_has_spaces_listed_stays_a_host(session: Session, status: SpaceStatus) -> None:
    user = owen(session)
    space(session, user, status=status)
    with pytest.raises(SpacesListed) as refused:
        stop_hosting(session, user=user)
    assert refused.value.code == "spaces_listed"
    assert user.is_host


@pytest.mark.parametrize("status", [SpaceStatus.DRAFT, SpaceStatus.RETIRED])
def test_what_nobody_finds_holds_nobody(session: Session, status: SpaceStatus) -> None:
    user, other = owen(session), sam(session)
    space(session, user, status=status)
    space(session, other)
    stop_hosting(session, user=user)
    assert not user.is_host
