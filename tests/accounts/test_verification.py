import pytest
from sqlmodel import Session

from parkplace.accounts.account_links import LinkSpent, draw
from parkplace.accounts.audit import entries
from parkplace.accounts.models import LinkPurpose
from parkplace.accounts.origin import HERE, Origin
from parkplace.accounts.verification import (
    EmailUnverified,
    mark_verified,
    require_verified,
    verify_email,
)
from tests.accounts.people import NOW, person

HOME = Origin.of(address="203.0.113.7", device="Firefox")


def test_danas_address_is_hers_once_she_says_so(session: Session) -> None:
    dana = person(session, "Dana")
    with pytest.raises(EmailUnverified, match="Verify your e-mail address first") as refused:
        require_verified(dana)
    assert refused.value.code == "email_unverified"

    token = draw(session, user_id=dana.id, purpose=LinkPurpose.VERIFY, email=dana.email, now=NOW)
    assert verify_email(session, token=token, origin=HOME, now=NOW) == dana

    assert dana.email_verified_at == NOW
    require_verified(dana)
    [entry] = entries(session, reader=dana, subject_id=dana.id)
    assert (entry.action, entry.actor_id, entry.network) == (
        "email_verified",
        dana.id,
        "203.0.113.0/24",
    )


@pytest.mark.parametrize("purpose", set(LinkPurpose) - {LinkPurpose.VERIFY})
def test_no_other_link_verifies(session: Session, purpose: LinkPurpose) -> None:
    dana = person(session, "Dana")
    token = draw(session, user_id=dana.id, purpose=purpose, email=dana.email, now=NOW)
    with pytest.raises(LinkSpent):
        verify_email(session, token=token, origin=HERE, now=NOW)
    assert dana.email_verified_at is None


def test_what_is_verified_stays_verified_since_when_it_was(session: Session) -> None:
    dana = person(session, "Dana")
    for _ in range(2):
        mark_verified(session, user=dana, actor=None, origin=HERE, now=NOW)
    [entry] = entries(session, reader=dana, subject_id=dana.id)
    assert entry.actor_id is None
