"""Names for rows and people: sortable ids, unguessable tokens, references read aloud."""

import hashlib
import secrets
from uuid import UUID

import uuid_utils.compat

# Without 0/O, 1/I/L and U, so that a reference survives a telephone call.
_REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id() -> UUID:
    """Return a UUIDv7: unique, and ordered by the moment it was made (RFC 9562)."""
    return uuid_utils.compat.uuid7()


def read_id(given: str) -> UUID | None:
    """Return the id that an address or a browser names; None when it is none."""
    try:
        return UUID(given)
    except ValueError:
        return None


def new_token() -> str:
    """Return 256 random bits, safe in a URL; store only its `token_hash`."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Return the SHA-256 of a token as 64 hex digits.

    A plain hash is enough because tokens are random and long; only passwords need a slow one. Any
    text has a hash, half surrogates too: what strangers send in a token's place is only unknown.
    """
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def read_reference(typed: str) -> str:
    """Return a booking reference in its one spelling, however it was typed: `8q4 kx2h` too.

    What can be no reference comes out as something that is none.
    """
    signs = "".join(sign for sign in typed.upper() if sign in _REFERENCE_ALPHABET)
    return f"{signs[:3]}-{signs[3:]}"


def new_reference() -> str:
    """Return a booking reference such as `8Q4-KX2H`: 7 of 30 signs, 2 · 10¹⁰ possibilities."""
    signs = "".join(secrets.choice(_REFERENCE_ALPHABET) for _ in range(7))
    return f"{signs[:3]}-{signs[3:]}"
