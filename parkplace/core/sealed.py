"""Small secrets that lie or travel where others could read or change them, sealed with our key."""

import base64
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken

from parkplace.core.keys import derived_key


def seal(purpose: str, content: bytes, *, now: datetime) -> str:
    """Return `content` encrypted and signed for one purpose, safe in a cookie.

    Args:
        purpose: What it is for; nothing sealed for another purpose opens in its place.
        content: What nobody else is to read.
        now: The current instant; it is written on the outside.
    """
    return _fernet(purpose).encrypt_at_time(content, int(now.timestamp())).decode()


def unseal(purpose: str, sealed: str, *, now: datetime, lasts: timedelta | None = None) -> bytes:
    """Return what was sealed.

    Args:
        purpose: As it was sealed for.
        sealed: What `seal` returned.
        now: The current instant.
        lasts: How old it may be; None means that it lasts.

    Raises:
        ValueError: It is not ours, was changed, is for another purpose, or is too old.
    """
    fernet = _fernet(purpose)
    try:
        token = sealed.encode()
        if lasts is None:
            return fernet.decrypt(token)
        return fernet.decrypt_at_time(
            token, ttl=int(lasts.total_seconds()), current_time=int(now.timestamp())
        )
    except (InvalidToken, UnicodeEncodeError):
        raise ValueError("this was not sealed here, or not lately") from None


def _fernet(purpose: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derived_key(f"sealed/{purpose}")))
