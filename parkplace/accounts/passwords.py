"""Passwords, hashed with argon2id; the only user of passlib."""

import unicodedata
from functools import cache

from passlib.context import CryptContext

# OWASP's first choice for argon2id (Password Storage Cheat Sheet, 2025): 19 MiB, two passes, one
# lane. A small machine can check forty passwords at once with it. Each hash records its own
# parameters, so these can be raised at any time: `needs_upgrade` finds the old ones at sign-in.
_context = CryptContext(
    schemes=["argon2"],
    argon2__type="ID",
    argon2__memory_cost=19 * 1024,
    argon2__time_cost=2,
    argon2__parallelism=1,
)

MOST = 128  # characters; longer input is never hashed


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password, with its salt and parameters inside."""
    return _context.hash(_canonical(password))


def verify(password: str, hashed: str) -> bool:
    """Whether a password is the one that was hashed; takes the same time either way.

    Accounts that nobody signs in to by password have something in place of a hash, which nothing
    matches.
    """
    if not _hashable(password) or not _context.identify(hashed):
        verify_nobody()
        return False
    return _context.verify(_canonical(password), hashed)


def verify_nobody() -> None:
    """Take as long as `verify` does, for addresses that no account has."""
    _context.verify("", _nobodys_hash())


def needs_upgrade(hashed: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _context.needs_update(hashed)


def _canonical(password: str) -> str:
    # NIST SP 800-63B, 3.1.1.2: two keyboards may send one letter as different code points.
    return unicodedata.normalize("NFKC", password)


def _hashable(password: str) -> bool:
    try:
        password.encode()
    except UnicodeEncodeError:
        return False
    return len(_canonical(password)) <= MOST


@cache
def _nobodys_hash() -> str:
    return hash_password("nobody has this password")
