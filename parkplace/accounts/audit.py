"""The audit log: what was done about safety or by an admin, never to be changed."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session, col, or_, select

from parkplace.accounts.models import AuditEntry, User
from parkplace.accounts.origin import Origin
from parkplace.accounts.roles import require_admin
from parkplace.core.errors import Forbidden

MOST = 100


class Action(StrEnum):
    """What can be found in the log; a name once used keeps its meaning."""

    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    TOKEN_STOLEN = "token_stolen"  # noqa: S105 - a word of the log
    ADMIN_APPOINTED = "admin_appointed"
    EMAIL_VERIFIED = "email_verified"
    EMAIL_CHANGE_ASKED = "email_change_asked"
    EMAIL_CHANGE_STOPPED = "email_change_stopped"
    EMAIL_CHANGED = "email_changed"
    PASSWORD_RESET_ASKED = "password_reset_asked"  # noqa: S105
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    SESSION_REVOKED = "session_revoked"
    TWO_FACTOR_ON = "two_factor_on"
    TWO_FACTOR_OFF = "two_factor_off"
    RECOVERY_CODE_USED = "recovery_code_used"
    RECOVERY_CODES_RENEWED = "recovery_codes_renewed"
    ACCOUNT_OPENED = "account_opened"  # by the word of a provider
    IDENTITY_LINKED = "identity_linked"
    IDENTITY_UNLINKED = "identity_unlinked"
    PERSON_SUSPENDED = "person_suspended"
    PERSON_REINSTATED = "person_reinstated"
    ROLES_CHANGED = "roles_changed"
    PROFILE_CHANGED = "profile_changed"  # by an admin
    PAPERS_SENT = "papers_sent"
    PAPER_SEEN = "paper_seen"
    IDENTITY_APPROVED = "identity_approved"
    IDENTITY_REJECTED = "identity_rejected"
    DATA_EXPORTED = "data_exported"
    ACCOUNT_DELETED = "account_deleted"


class NotYourLog(Forbidden):
    """Raised when somebody wants to read what concerns others."""

    code = "admins_only"


def note(
    session: Session,
    *,
    action: Action,
    actor: User | None,
    subject_id: UUID | None,
    origin: Origin,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    now: datetime,
) -> None:
    """Write down what was done, in the transaction that does it.

    Args:
        session: The open transaction.
        action: What was done.
        actor: Who did it, if anybody is signed in.
        subject_id: The account or thing it was done to.
        origin: From where.
        before: What it changed, as it was; no names, addresses or secrets.
        after: The same, as it is now.
        now: The current instant.
    """
    session.add(
        AuditEntry(
            at=now,
            actor_id=actor.id if actor else None,
            subject_id=subject_id,
            action=action,
            network=origin.network,
            device=origin.device,
            before=dict(before) if before is not None else None,
            after=dict(after) if after is not None else None,
        )
    )
    session.flush()


def entries(
    session: Session,
    *,
    reader: User,
    subject_id: UUID | None = None,
    action: Action | None = None,
    after: int | None = None,
    limit: int = 20,
) -> list[AuditEntry]:
    """Return what the log says, the newest first.

    Args:
        session: The open transaction.
        reader: An admin, or somebody who reads their own part.
        subject_id: Only what was done to, or by, this account.
        action: Only this.
        after: The last entry of the page before.
        limit: How many at most, 100 or fewer.

    Raises:
        NotYourLog: Only admins read what concerns others.
        SecondFactorRequired: They must switch on two-factor sign-in first.
    """
    if subject_id != reader.id:
        refusal = NotYourLog(
            "Only an admin can read this log. Your own part is on your account page."
        )
        require_admin(reader, otherwise=refusal)
    query = select(AuditEntry).order_by(col(AuditEntry.id).desc())
    if subject_id is not None:
        about = (col(AuditEntry.subject_id) == subject_id, col(AuditEntry.actor_id) == subject_id)
        query = query.where(or_(*about))
    if action is not None:
        query = query.where(col(AuditEntry.action) == action)
    if after is not None:
        query = query.where(col(AuditEntry.id) < after)
    return list(session.exec(query.limit(min(limit, MOST))))
