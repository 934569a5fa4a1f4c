"""The guard around signing in: slow for a guesser, harmless for the owner.

Attempts are counted strictly for one e-mail address from one network address, so whoever guesses
locks out only themselves. The count for an e-mail address from everywhere is loose and short, and
does not apply to networks from which the owner signed in lately: strangers cannot lock anybody
out for long, and somebody at home not at all.
"""

from collections.abc import Generator
from contextlib import contextmanager

from parkplace.accounts.emails import BadEmail, normalised
from parkplace.core import limits

_LATELY = 30 * 24 * 60 * 60  # seconds


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


def _spelled(email: str) -> str:
    try:
        return normalised(email)
    except BadEmail:
        return email
