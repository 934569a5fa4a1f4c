"""The guard around accounts: slow for a guesser, harmless for the owner.

Attempts are counted strictly for one e-mail address from one network address, so whoever guesses
locks out only themselves. The count for an e-mail address from everywhere is loose and short, and
does not apply to networks from which the owner signed in lately: strangers cannot lock anybody
out for long, and somebody at home not at all.

What needs no account is counted by network; what needs one, by account and by network, so that only
its holder can use it up. Letters are counted by mailbox, whoever asks for them, and what is too
much is not sent and answered alike: a mailbox cannot be buried, and a stranger who uses up its
letters has brought the owner one whose link still works.
"""

from collections.abc import Generator
from contextlib import contextmanager
from uuid import UUID

from parkplace.accounts.emails import BadEmail, normalised
from parkplace.core import limits

_LATELY = 30 * 24 * 60 * 60  # seconds
_SECOND_STEP = (limits.SECOND_STEP, limits.SECOND_STEP_DAY)


@contextmanager
def sign_in(*, email: str, address: str) -> Generator[None, None, None]:
    """Count an attempt to sign in; wrap it around the transaction that makes the attempt.

    Args:
        email: The address as typed.
        address: The network address of whoever is asking.

    Raises:
        TooMany: There were too many attempts; the block does not run.
    """
    who, where = _spelled(email), limits.network(address)
    limits.hit(limits.SIGN_IN_ADDRESS, where)
    limits.hit(limits.SIGN_IN_PAIR, who, where)
    if not limits.remembered("signed-in", who, where):
        limits.hit(limits.SIGN_IN_EMAIL, who)
    yield
    limits.forget(limits.SIGN_IN_PAIR, who, where)
    limits.remember("signed-in", who, where, seconds=_LATELY)


def letter(kind: str, *, email: str) -> bool:
    """Count a letter to a mailbox; return whether it may leave, which nobody is to be told.

    Args:
        kind: What sort of letter; each is counted by itself.
        email: The address as typed.
    """
    return limits.admits(limits.LETTER, kind, _spelled(email))


def ask_reset(*, email: str, address: str) -> bool:
    """Count somebody asking for a new password; return whether the letter may leave.

    Raises:
        TooMany: This network asks too often, for whomever.
    """
    limits.hit(limits.ASK_RESET, limits.network(address))
    return letter("reset", email=email)


def change_email(*, user_id: UUID, email: str, address: str) -> bool:
    """Count a change of address being begun; return whether the new address may be written to.

    Raises:
        TooMany: This account, or this network, begins too many.
    """
    limits.hit(limits.CHANGE_EMAIL, str(user_id))
    limits.hit(limits.CHANGE_EMAIL, limits.network(address))
    return letter("change", email=email)


def link(*, address: str) -> None:
    """Count a link of a letter being used.

    Raises:
        TooMany: This network uses too many.
    """
    limits.hit(limits.LINK, limits.network(address))


def password(*, user_id: UUID, address: str) -> None:
    """Count somebody who is signed in giving their password.

    Raises:
        TooMany: This account, or this network, does so too often.
    """
    limits.hit(limits.PASSWORD_ACCOUNT, str(user_id))
    limits.hit(limits.PASSWORD_ADDRESS, limits.network(address))


def account(*, user_id: UUID, address: str) -> None:
    """Count somebody looking at their account, or changing what is theirs alone.

    Raises:
        TooMany: This account, or this network, does so too often.
    """
    limits.hit(limits.ACCOUNT, str(user_id))
    limits.hit(limits.ACCOUNT_ADDRESS, limits.network(address))


def _spelled(email: str) -> str:
    try:
        return normalised(email)
    except BadEmail:
        return email


def second_step(*, user_id: UUID, email: str, address: str) -> None:
    """Count an attempt at the second step of signing in, which follows a right password.

    Six digits are quickly guessed, so the count is for the account and not for a place. Networks
    from which the owner signed in lately are counted apart: somebody who has the password and
    guesses elsewhere does not use up what the owner has at home.

    Args:
        user_id: Whose code it would be.
        email: The account's address.
        address: The network address of whoever is asking.

    Raises:
        TooMany: There were too many attempts.
    """
    for policy in _SECOND_STEP:
        limits.hit(policy, str(user_id), _place(email, address))


def second_step_done(*, user_id: UUID, email: str, address: str) -> None:
    """Begin counting anew: the code was right."""
    for policy in _SECOND_STEP:
        limits.forget(policy, str(user_id), _place(email, address))


def _place(email: str, address: str) -> str:
    who, where = _spelled(email), limits.network(address)
    return where if limits.remembered("signed-in", who, where) else "elsewhere"
