"""Files that only this installation can read: sealed before they are stored, at no address.

What lies on the disk is AES-256-GCM under a key made from the operator's secret. The name of a file
is sealed in with it, so that nobody can put one in the place of another.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from parkplace.core.files import Files, Folder
from parkplace.core.keys import derived_key
from parkplace.core.settings import get_settings

_FORM = b"\x01"  # how what follows is sealed
_NONCE = 12  # bytes; at random, which is safe for 2^32 files under one key (NIST SP 800-38D, 8.3)


class Unreadable(Exception):  # noqa: N818 - it says what the file is
    """Raised for a file that was changed, or was sealed under another secret."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """Files that are sealed on their way in and opened on their way out."""

    inner: Files

    def put(self, name: str, content: bytes) -> None:
        """Store a file, whole or not at all; the same name again replaces it."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = _cipher().encrypt(nonce, content, name.encode())
        self.inner.put(name, _FORM + nonce + sealed)

    def read(self, name: str) -> bytes | None:
        """Return a file's content; None if there is none.

        Raises:
            Unreadable: It cannot be opened any more.
        """
        stored = self.inner.read(name)
        if stored is None:
            return None
        nonce, sealed = stored[len(_FORM) :][:_NONCE], stored[len(_FORM) + _NONCE :]
        try:
            return _cipher().decrypt(nonce, sealed, name.encode())
        except (InvalidTag, ValueError) as error:
            raise Unreadable(f"{name} was changed, or sealed under another secret") from error

    def remove(self, name: str, *, before: datetime) -> None:
        """Remove a file, unless it was stored again since an instant; none there is fine."""
        self.inner.remove(name, before=before)

    def names(self, *, before: datetime) -> Iterator[str]:
        """Return the names of the files stored before an instant."""
        return self.inner.names(before=before)


def private_files() -> Sealed:
    """Return where this installation keeps what no address leads to."""
    return Sealed(Folder(get_settings().private_dir))


def _cipher() -> AESGCM:
    return AESGCM(derived_key("private-files"))
