"""Running other people's programs: their output shown while they work, their failure explained."""

import subprocess
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

Say = Callable[[str], None]


class LauncherError(Exception):
    """The machine lacks something; the message says what, then the command that helps."""


def run_visibly(
    command: Sequence[str],
    *,
    say: Say,
    failure: str,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> None:
    """Run a program to its end and pass each line it prints to `say`.

    Raises:
        LauncherError: It is not installed or did not succeed; `failure` comes first, its last
            lines follow.
    """
    last: deque[str] = deque(maxlen=15)
    try:
        with subprocess.Popen(  # noqa: S603 - every caller spells its program out
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=environment,
            cwd=folder,
        ) as process:
            for line in process.stdout or ():
                if line.strip():
                    last.append(line.rstrip())
                    say(f"    {line.rstrip()}")
    except OSError as error:
        raise LauncherError(f"{failure}\n    {error}") from error
    if process.returncode != 0:
        raise LauncherError("\n    ".join([failure, *last]))


def answer_of(command: Sequence[str], *, environment: Mapping[str, str] | None = None) -> str:
    """Return what a short program prints, or nothing when it is missing or fails."""
    try:
        done = subprocess.run(  # noqa: S603
            command,
            capture_output=True,
            check=True,
            text=True,
            timeout=60,
            env=environment,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()
