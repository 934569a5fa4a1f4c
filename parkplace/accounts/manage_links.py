"""The unguessable token by which a guest reaches their booking.

It is the booking's id, signed: nothing is stored, so every later e-mail can carry the same link,
and 128 bits of signature cannot be guessed.
"""

import base64
import binascii
import hmac
from hashlib import sha256
from uuid import UUID

from parkplace.core.keys import derived_key

_SIGNATURE = 16  # bytes of HMAC-SHA256 that are kept
_ID = 16


def manage_token(booking_id: UUID) -> str:
    """Return the token of a booking: 43 signs, safe in a URL."""
    signature = hmac.digest(derived_key("manage-link"), booking_id.bytes, sha256)[:_SIGNATURE]
    return base64.urlsafe_b64encode(booking_id.bytes + signature).decode().rstrip("=")


def read_manage_token(token: str) -> UUID | None:
    """Return the booking that a token is for; None when it is not one of ours."""
    try:
        packed = base64.urlsafe_b64decode(token.encode("ascii") + b"=")
    except (binascii.Error, UnicodeEncodeError):
        return None
    if len(packed) != _ID + _SIGNATURE:
        return None
    booking_id = UUID(bytes=packed[:_ID])
    # Decoding forgives spare bits and foreign signs; making the token again does not.
    return booking_id if hmac.compare_digest(manage_token(booking_id), token) else None
