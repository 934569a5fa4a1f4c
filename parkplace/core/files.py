"""Files people upload, kept outside the database, under names that say nothing but what they are.

The whole interface is four verbs on flat names, small enough that an object store can stand behind
it. Never call it inside a transaction: store first, write the row afterwards, and let `tidy` remove
what no row ever named.
"""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from parkplace.core.settings import get_settings

# Lower case, so that file systems that do not tell case apart cannot mix two names up.
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,99}\.[a-z0-9]{1,8}")

# For names that are given once and never again: nothing can have been stored under them since.
END_OF_TIME = datetime.max.replace(tzinfo=UTC)


class Files(Protocol):
    """Where files lie."""

    def put(self, name: str, content: bytes) -> None:
        """Store a file, whole or not at all; the same name again replaces it."""
        ...

    def read(self, name: str) -> bytes | None:
        """Return a file's content; None if there is none, or no file could have that name."""
        ...

    def remove(self, name: str, *, before: datetime) -> None:
        """Remove a file, unless it was stored again since an instant; none there is fine."""
        ...

    def names(self, *, before: datetime) -> Iterator[str]:
        """Return the names of the files stored before an instant."""
        ...


@dataclass(frozen=True, slots=True)
class Folder:
    """Files in a folder of this machine, readable by its owner only."""

    path: Path

    def put(self, name: str, content: bytes) -> None:
        """Store a file, whole or not at all; the same name again replaces it.

        Raises:
            ValueError: The name is not one of ours; always a bug, never a person's mistake.
        """
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name for a file")
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Written beside, then renamed: a crash leaves an unnamed rest, never half a file.
        beside = self.path / f".{secrets.token_hex(8)}.part"
        try:
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self.path / name)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise

    def read(self, name: str) -> bytes | None:
        """Return a file's content; None if there is none, or no file could have that name."""
        if not _NAME.fullmatch(name):
            return None
        with suppress(FileNotFoundError):
            return (self.path / name).read_bytes()
        return None

    def remove(self, name: str, *, before: datetime) -> None:
        """Remove a file, unless it was stored again since an instant; none there is fine."""
        if _NAME.fullmatch(name) and self._is_older(name, before):
            (self.path / name).unlink(missing_ok=True)

    def names(self, *, before: datetime) -> Iterator[str]:
        """Return the names of the files stored before an instant."""
        if not self.path.is_dir():
            return
        for entry in sorted(self.path.iterdir()):
            if _NAME.fullmatch(entry.name) and self._is_older(entry.name, before):
                yield entry.name

    def _is_older(self, name: str, before: datetime) -> bool:
        with suppress(FileNotFoundError):
            return datetime.fromtimestamp((self.path / name).stat().st_mtime, UTC) < before
        return False


def files() -> Files:
    """Return where this installation keeps its files."""
    return Folder(get_settings().files_dir)
