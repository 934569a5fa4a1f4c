"""Which passwords are good enough."""

from collections.abc import Iterable

from zxcvbn import zxcvbn

from parkplace.accounts.passwords import MOST
from parkplace.core.errors import Invalid

LEAST = 10
_GOOD = 3  # of zxcvbn's 0..4: "safely unguessable", more than 10⁸ guesses
_OURS = ("Park Place", "parkplace", "parking")  # a guesser knows where the account is
_JUDGED = 72  # zxcvbn's time grows with the square of the length; more is strong already


class WeakPassword(Invalid):
    """Raised for a password that is too short, too long or easy to guess."""

    code = "weak_password"


def require_strong(password: str, *, about: Iterable[str]) -> None:
    """Refuse a password that could be guessed.

    Args:
        password: What the person chose.
        about: What a guesser would try first: the person's name and e-mail address.

    Raises:
        WeakPassword: The message says what to do.
    """
    if not LEAST <= len(password) <= MOST:
        raise WeakPassword(
            f"A password has {LEAST} to {MOST} characters. Choose a longer one: four unrelated "
            "words are easy to remember."
            if len(password) < LEAST
            else f"A password has {LEAST} to {MOST} characters. Choose a shorter one.",
            field="password",
        )
    if "\0" in password or not _is_unicode(password):
        raise WeakPassword(
            "There is a sign in this password that cannot be typed. Choose another.",
            field="password",
        )
    texts = (*_OURS, *about)
    words = [word.lower() for text in texts for word in (text, *_parts(text)) if len(word) > 2]  # noqa: PLR2004
    if zxcvbn(password[:_JUDGED], user_inputs=words)["score"] < _GOOD:
        raise WeakPassword(
            "This password is easy to guess. Use four unrelated words, or let a password manager "
            "make one.",
            field="password",
        )


def _parts(text: str) -> list[str]:
    return "".join(sign if sign.isalnum() else " " for sign in text).split()


def _is_unicode(password: str) -> bool:
    try:
        password.encode()
    except UnicodeEncodeError:
        return False
    return True
