"""Recovery codes: ten secrets on paper, each of which stands in once for an app that is lost."""

import hmac
import secrets
from hashlib import sha256
from uuid import UUID

from sqlmodel import Session, col, delete, select

from parkplace.accounts.models import RecoveryCode
from parkplace.core.keys import derived_key

COUNT = 10
# Digits alone, because phones show a keyboard of digits for codes; 66 bits, so that a copy of the
# database is of no use even to somebody who also has the key.
DIGITS = 20
_GROUP = 5


def replace(session: Session, *, user_id: UUID) -> list[str]:
    """Return ten new codes, to be shown once; whatever codes there were are void."""
    void(session, user_id=user_id)
    codes = [_new_code() for _ in range(COUNT)]
    session.add_all(
        RecoveryCode(user_id=user_id, code_hash=_hash(user_id, digits_of(code))) for code in codes
    )
    session.flush()
    return codes


def spend(session: Session, *, user_id: UUID, digits: str) -> bool:
    """Whether this is one of the codes; it is none afterwards, and of two at once one is told so.

    Args:
        session: The open transaction.
        user_id: Whose.
        digits: What was typed, as `digits_of` returns it.
    """
    spent = session.exec(
        delete(RecoveryCode)
        .where(
            col(RecoveryCode.user_id) == user_id,
            col(RecoveryCode.code_hash) == _hash(user_id, digits),
        )
        .returning(col(RecoveryCode.code_hash))
    ).first()
    return spent is not None


def left(session: Session, *, user_id: UUID) -> int:
    """Return how many codes are still good."""
    found = session.exec(select(RecoveryCode.code_hash).where(RecoveryCode.user_id == user_id))
    return len(found.all())


def void(session: Session, *, user_id: UUID) -> None:
    """Make all codes of an account worthless."""
    session.exec(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user_id))


def digits_of(typed: str) -> str:
    """Return a code without what people put between its digits."""
    return "".join(sign for sign in typed if not sign.isspace() and sign != "-")


def _new_code() -> str:
    digits = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
    return "-".join(digits[start : start + _GROUP] for start in range(0, DIGITS, _GROUP))


def _hash(user_id: UUID, digits: str) -> str:
    # Keyed: without PARKPLACE_SECRET_KEY there is nothing to try guesses against.
    said = user_id.bytes + digits.encode(errors="surrogatepass")
    return hmac.new(derived_key("recovery-code"), said, sha256).hexdigest()
