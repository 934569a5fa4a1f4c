import pytest
from sqlmodel import Session

from parkplace.accounts.service import AccountUnknown
from parkplace.core.ids import new_id
from parkplace.people.profile import public
from tests import factories as make
from tests.factories import NOW


def test_everybody_learns_a_first_name_and_never_the_address(session: Session) -> None:
    dana = make.person(session, "Dana", identity_verified_at=NOW, about="I drive.")
    dana.name = "Dana Kim"
    shown = public(session, user_id=dana.id)
    assert (shown.name, shown.about, shown.member_since.isoformat()) == (
        "Dana", "I drive.", "2026-11-21",
    )  # fmt: skip
    assert (shown.email_verified, shown.identity_verified) == (True, True)
    assert (shown.is_host, shown.spaces) == (False, None)
    assert "Kim" not in str(shown)
    assert dana.email not in str(shown)


def test_a_host_is_shown_with_what_can_be_found(session: Session) -> None:
    owen = make.owen(session)
    for status in ("published", "published", "paused", "draft", "retired"):
        make.space(session, owen, status=status)
    shown = public(session, user_id=owen.id)
    assert (shown.is_host, shown.spaces) == (True, 2)


def test_nothing_is_shown_of_who_is_gone_kept_out_or_never_was(session: Session) -> None:
    out = make.person(session, "Out", suspended_at=NOW)
    gone = make.person(session, "Gone", suspended_at=NOW, deleted_at=NOW)
    for user_id in (out.id, gone.id, new_id()):
        with pytest.raises(AccountUnknown):
            public(session, user_id=user_id)
