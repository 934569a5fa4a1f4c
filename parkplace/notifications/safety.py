"""What changed about how an account is entered: written into the audit log, and told its owner."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from parkplace.accounts import audit
from parkplace.accounts.audit import Action
from parkplace.accounts.models import User
from parkplace.accounts.origin import Origin
from parkplace.core.ids import new_id
from parkplace.core.links import link, safety_path
from parkplace.notifications.messages import SafetyNotice
from parkplace.notifications.outbox import queue

# What the letter is called, and what happened; `{}` is filled in by the caller's `detail`.
_WORDS: Mapping[Action, tuple[str, str]] = {
    Action.TWO_FACTOR_ON: (
        "Two-factor sign-in is on",
        (
            "From now on signing in takes your password and a code of your authenticator app. "
            "Keep your recovery codes where you find them without your phone."
        ),
    ),
    Action.TWO_FACTOR_OFF: (
        "Two-factor sign-in is off",
        "From now on signing in takes no code. Your recovery codes are void.",
    ),
    Action.RECOVERY_CODE_USED: (
        "A recovery code was used",
        "Somebody used one of your recovery codes in place of your authenticator app. {} left.",
    ),
    Action.RECOVERY_CODES_RENEWED: (
        "You have new recovery codes",
        "New recovery codes were made for your account. The old ones are void.",
    ),
    Action.ACCOUNT_OPENED: (
        "Welcome to Park Place",
        (
            "Your account is ready, and you sign in with {}. Pick a place and a time: the map "
            "shows what is free for your whole stay, with the price of all of it."
        ),
    ),
    Action.IDENTITY_LINKED: (
        "A new way to sign in",
        "Your account can now be signed in to with {}, because it confirmed your e-mail address.",
    ),
    Action.IDENTITY_UNLINKED: (
        "One way less to sign in",
        "Your account can no longer be signed in to with {}.",
    ),
    Action.TOKEN_STOLEN: (
        "We ended one of your sign-ins",
        (
            "A program's refresh token came back after it had been exchanged, so somebody may "
            "have a copy of it. That sign-in is over, for whoever has it. If it was your own "
            "program twice, sign it in again."
        ),
    ),
}


TOLD = tuple(_WORDS)


def record(
    session: Session,
    *,
    user: User,
    action: Action,
    origin: Origin,
    now: datetime,
    detail: str = "",
    actor: User | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Write down what happened to the safety of an account, and queue a letter to its owner.

    Args:
        session: The open transaction, which does it.
        user: Whose account.
        action: What was done; one of those that have words here.
        origin: From where.
        now: The current instant.
        detail: What the letter names, such as a provider; never what a stranger typed.
        actor: Who did it, if somebody is signed in or signing in.
        after: For the log: how things are now.
    """
    audit.note(
        session, action=action, actor=actor, subject_id=user.id, origin=origin, after=after, now=now
    )
    tell(session, user=user, action=action, origin=origin, now=now, detail=detail)


def tell(
    session: Session,
    *,
    user: User,
    action: Action,
    origin: Origin,
    now: datetime,
    detail: str = "",
) -> None:
    """Queue a letter about what is written down already; arguments as for `record`."""
    title, happened = _WORDS[action]
    queue(
        session,
        message=SafetyNotice(
            title=title,
            happened=happened.format(detail),
            network=origin.network,
            url=link(safety_path()),
        ),
        to=user.email,
        now=now,
        dedupe_key=f"{action}:{new_id()}",
    )
