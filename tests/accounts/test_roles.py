import pytest
from sqlmodel import Session

from parkplace.accounts.models import User
from parkplace.accounts.roles import (
    SecondFactorRequired,
    acts_as_admin,
    appointed,
    refuse_unproven,
    require_admin,
)
from parkplace.core.errors import NotFound
from parkplace.core.settings import get_settings
from tests.accounts.people import NOW, person

REFUSAL = NotFound("There is nothing here.")


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """Admins need a second factor, as in production."""
    monkeypatch.setenv("PARKPLACE_ADMIN_SECOND_FACTOR", "required")
    get_settings.cache_clear()


@pytest.fixture
def ada(session: Session) -> User:
    ada = person(session, "Ada")
    ada.is_admin = True
    return ada


def test_in_development_an_admin_is_one_at_once(ada: User) -> None:
    assert appointed(ada)
    assert acts_as_admin(ada)
    require_admin(ada, otherwise=REFUSAL)
    refuse_unproven(ada)


@pytest.mark.usefixtures("strict")
def test_in_production_it_takes_a_second_factor(ada: User) -> None:
    assert appointed(ada)
    assert not acts_as_admin(ada)
    with pytest.raises(SecondFactorRequired, match="Switch it on"):
        require_admin(ada, otherwise=REFUSAL)
    with pytest.raises(SecondFactorRequired):
        refuse_unproven(ada)
    ada.two_factor_at = NOW
    assert acts_as_admin(ada)
    require_admin(ada, otherwise=REFUSAL)
    refuse_unproven(ada)


@pytest.mark.usefixtures("strict")
def test_a_second_factor_makes_nobody_an_admin(session: Session) -> None:
    sam = person(session, "Sam")
    sam.two_factor_at = NOW
    assert not appointed(sam)
    assert not acts_as_admin(sam)
    with pytest.raises(NotFound) as refused:
        require_admin(sam, otherwise=REFUSAL)
    assert refused.value is REFUSAL
    refuse_unproven(sam)
    refuse_unproven(None)
