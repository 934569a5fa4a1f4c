"""Keys for one purpose each, all made from the operator's one secret."""

import hmac
from hashlib import sha256

from parkplace.core.settings import get_settings


def derived_key(purpose: str) -> bytes:
    """Return 32 bytes that belong to one purpose, such as `access-token`.

    HMAC-SHA256 of the purpose under `PARKPLACE_SECRET_KEY`: what is signed for one purpose is worth
    nothing for another, and no key tells anything about the secret.
    """
    secret = get_settings().secret_key.get_secret_value()
    return hmac.digest(secret.encode(), f"parkplace/{purpose}".encode(), sha256)
