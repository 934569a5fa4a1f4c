import pytest
from sqlmodel import Session, select

from parkplace.accounts import identity
from parkplace.accounts.identity import Decision, NothingToDecide
from parkplace.accounts.models import PaperKind, User
from parkplace.accounts.origin import HERE
from parkplace.accounts.papers import Kept
from parkplace.notifications.models import Email
from parkplace.people.identity import decide
from tests import factories as make
from tests.factories import NOW


def submit(session: Session, user: User) -> None:
    kept = [Kept("0.paper", "image/webp", 1)]
    identity.submit(
        session, user=user, kind=PaperKind.ID_CARD, documents=kept, origin=HERE, now=NOW
    )


@pytest.mark.parametrize(
    ("decision", "kind"),
    [(Decision.APPROVE, "identity_approved"), (Decision.REJECT, "identity_rejected")],
)
def test_the_person_is_told_what_was_decided(
    session: Session, decision: Decision, kind: str
) -> None:
    dana, ada = make.dana(session), make.ada(session)
    submit(session, dana)

    def say() -> None:
        decide(
            session, admin=ada, user_id=dana.id, decision=decision, why="Too dark.", origin=HERE,
            now=NOW,
        )  # fmt: skip

    say()
    with pytest.raises(NothingToDecide):
        say()
    [mail] = session.exec(select(Email))
    assert (mail.kind, mail.to_address) == (kind, dana.email)
    assert ("Too dark." in mail.text) == (decision == Decision.REJECT)
