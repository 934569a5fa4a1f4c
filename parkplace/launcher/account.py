"""The user who runs PostgreSQL: us, or the system's `postgres` when we are root."""

import os
import pwd
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from parkplace.launcher.commands import LauncherError


@dataclass(frozen=True, slots=True)
class Account:
    """A user of this machine.

    Attributes:
        user: Its number.
        group: Its group's number.
        foreign: Whether it is somebody else than us, so that files have to be handed over.
    """

    user: int
    group: int
    foreign: bool

    def run(
        self, command: Sequence[str | Path], *, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as this user, away from our terminal, and return how it went."""
        return subprocess.run(  # noqa: S603 - every caller spells its program out
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            text=True,
            cwd="/",
            env={"PATH": os.defpath, "LC_MESSAGES": "C", **(environment or {})},
            user=self.user if self.foreign else None,
            group=self.group if self.foreign else None,
            extra_groups=[] if self.foreign else None,
            umask=0o077,
            start_new_session=True,
        )

    def own(self, path: Path) -> None:
        """Become the owner of a file or folder that we wrote."""
        if self.foreign:
            os.chown(path, self.user, self.group)


def server_account() -> Account:
    """Return who runs the server.

    Raises:
        LauncherError: We are root and the system has no user `postgres`.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), foreign=False)
    try:
        found = pwd.getpwnam("postgres")
    except KeyError:
        raise LauncherError(
            "PostgreSQL refuses to run as root and there is no user `postgres` to run it.\n"
            "    Type: useradd --system postgres"
        ) from None
    return Account(found.pw_uid, found.pw_gid, foreign=True)


def write_private(path: Path, text: str) -> None:
    """Write a file that only we can read."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(text)
