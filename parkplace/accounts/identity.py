"""Who somebody is: they send papers, an admin looks at them and says yes or no."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session, col, delete, select

from parkplace.accounts.audit import Action, note
from parkplace.accounts.models import (
    CheckStatus,
    IdentityCheck,
    IdentityDocument,
    PaperKind,
    User,
)
from parkplace.accounts.origin import Origin
from parkplace.accounts.papers import Kept, PaperGone
from parkplace.accounts.standing import OwnCase, person, require_admin
from parkplace.core.errors import Conflict, NotFound
from parkplace.core.texts import clean_text

WHY_MOST = 500
KEPT_FOR = timedelta(days=30)  # after the decision, in case somebody disagrees with it


class PapersWaiting(Conflict):
    """Raised when somebody sends papers while others of theirs are looked at."""

    code = "papers_waiting"


class IdentityKnown(Conflict):
    """Raised when somebody sends papers who has proved already who they are."""

    code = "identity_known"


class NoPapers(NotFound):
    """Raised when somebody has never sent papers."""

    code = "no_papers"


class NothingToDecide(Conflict):
    """Raised when no papers of somebody wait for a decision."""

    code = "nothing_to_decide"


class Decision(StrEnum):
    """What an admin says to papers."""

    APPROVE = "approve"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Papers:
    """The last papers that somebody sent; `documents` is empty once they are forgotten."""

    check: IdentityCheck
    documents: tuple[IdentityDocument, ...]


def submit(
    session: Session,
    *,
    user: User,
    kind: PaperKind,
    documents: Sequence[Kept],
    origin: Origin,
    now: datetime,
) -> Papers:
    """Let stored papers wait for an admin.

    Raises:
        AccountUnknown: The person was deleted meanwhile.
        IdentityKnown: They are verified.
        PapersWaiting: Others of theirs wait already.
    """
    whom = person(session, user_id=user.id)
    if whom.identity_verified_at is not None:
        raise IdentityKnown("You have proved already who you are. There is nothing to send.")
    if _waiting(session, whom) is not None:
        raise PapersWaiting("Your papers are being looked at. You will get a letter.")
    check = IdentityCheck(user_id=whom.id, kind=kind, created_at=now)
    session.add(check)
    session.flush()
    rows = [
        IdentityDocument(
            check_id=check.id,
            number=number,
            file_name=kept.file_name,
            content_type=kept.content_type,
            size=kept.size,
        )
        for number, kept in enumerate(documents, start=1)
    ]
    session.add_all(rows)
    session.flush()
    action = Action.PAPERS_SENT
    note(session, action=action, actor=whom, subject_id=whom.id, origin=origin, now=now)
    return Papers(check, tuple(rows))


def own(session: Session, *, user: User) -> Papers:
    """Return the last papers that somebody sent.

    Raises:
        NoPapers: They never did.
    """
    query = select(IdentityCheck).where(col(IdentityCheck.user_id) == user.id)
    check = session.exec(query.order_by(col(IdentityCheck.id).desc()).limit(1)).first()
    if check is None:
        raise NoPapers("No papers were sent yet.")
    theirs = select(IdentityDocument).where(col(IdentityDocument.check_id) == check.id)
    return Papers(check, tuple(session.exec(theirs.order_by(col(IdentityDocument.number)))))


def of(session: Session, *, admin: User, user_id: UUID) -> Papers:
    """Return the last papers that somebody sent, to an admin.

    Raises:
        AdminsOnly: They are none.
        AccountUnknown, NoPapers: There are none to see.
    """
    require_admin(session, actor=admin)
    return own(session, user=person(session, user_id=user_id))


def look(
    session: Session, *, admin: User, user_id: UUID, number: int, origin: Origin, now: datetime
) -> IdentityDocument:
    """Return one of somebody's papers to an admin; that they looked is written into the log.

    Raises:
        AdminsOnly: They are none.
        AccountUnknown, NoPapers, PaperGone: There is none to see.
    """
    by = require_admin(session, actor=admin)
    papers = of(session, admin=by, user_id=user_id)
    document = next((one for one in papers.documents if one.number == number), None)
    if document is None:
        raise PaperGone("This paper is not here any more. Ask for it again.")
    note(
        session,
        action=Action.PAPER_SEEN,
        actor=by,
        subject_id=user_id,
        origin=origin,
        after={"check": str(papers.check.id), "number": number},
        now=now,
    )
    return document


def decide(
    session: Session,
    *,
    admin: User,
    user_id: UUID,
    decision: Decision,
    why: str,
    origin: Origin,
    now: datetime,
) -> tuple[User, IdentityCheck]:
    """Say yes or no to the papers that wait; of two admins at once, one does.

    Raises:
        AdminsOnly: They are none.
        OwnCase: They are the admin's own.
        AccountUnknown: There is no such account.
        NothingToDecide: None wait.
        TextNeeded, TextTooLong, BadText: A no needs a reason of up to 500 characters.
    """
    least = 1 if decision == Decision.REJECT else 0
    reason = clean_text(why, field="why", least=least, most=WHY_MOST, lines=True)
    by = require_admin(session, actor=admin)
    if by.id == user_id:
        raise OwnCase("You cannot decide about your own papers. Ask another admin.")
    whom = person(session, user_id=user_id)
    check = _waiting(session, whom)
    if check is None:
        raise NothingToDecide("No papers of this person wait for a decision.")
    check.why, check.decided_at, check.decided_by = reason, now, by.id
    if decision == Decision.APPROVE:
        check.status, whom.identity_verified_at = CheckStatus.APPROVED, now
        action = Action.IDENTITY_APPROVED
    else:
        check.status, action = CheckStatus.REJECTED, Action.IDENTITY_REJECTED
    session.flush()
    after = {"check": str(check.id)}
    note(session, action=action, actor=by, subject_id=whom.id, origin=origin, after=after, now=now)
    return whom, check


def tidy(session: Session, *, now: datetime) -> None:
    """Forget the papers that were decided about a month ago; their files go with the next sweep."""
    over = select(IdentityCheck.id).where(col(IdentityCheck.decided_at) < now - KEPT_FOR)
    session.exec(delete(IdentityDocument).where(col(IdentityDocument.check_id).in_(over)))


def file_names(session: Session, *, user_id: UUID | None = None) -> set[str]:
    """Return the names of all papers there are, or of one person's."""
    query = select(IdentityDocument.file_name)
    if user_id is not None:
        check = col(IdentityCheck.id) == col(IdentityDocument.check_id)
        query = query.join(IdentityCheck, check).where(col(IdentityCheck.user_id) == user_id)
    return set(session.exec(query))


def _waiting(session: Session, user: User) -> IdentityCheck | None:
    query = select(IdentityCheck).where(
        col(IdentityCheck.user_id) == user.id, col(IdentityCheck.status) == CheckStatus.PENDING
    )
    return session.exec(query).first()
