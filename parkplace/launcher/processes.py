"""Programs started together and stopped together."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

_TICK = 0.05  # seconds between two looks


class Stopped(BaseException):
    """Somebody pressed Ctrl-C, closed the terminal, or asked this process to end."""


def stop_on_signals() -> None:
    """Turn the signals that end a program into `Stopped`, once; later ones are not heard."""

    def stop(number: int, _frame: object) -> None:
        for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(one, signal.SIG_IGN)
        raise Stopped(signal.Signals(number).name)

    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, stop)


@dataclass(slots=True)
class Children:
    """Programs that end when the block ends, each with whatever it started itself.

    Attributes:
        grace: Seconds between asking and killing.
    """

    grace: float = 10
    _running: dict[str, subprocess.Popen[bytes]] = field(
        default_factory=dict[str, subprocess.Popen[bytes]]
    )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str],
        folder: Path,
        piped: bool = False,
        private: bool = True,
    ) -> subprocess.Popen[bytes]:
        """Start a program in a session of its own, so that a Ctrl-C reaches it through us only.

        Args:
            name: What to call it when it ends.
            command: Its words.
            environment: Its whole environment.
            folder: Where it works.
            piped: Whether its output goes to `Popen.stdout` instead of ours.
            private: Whether the files it writes are for their owner only.
        """
        process = subprocess.Popen(  # noqa: S603 - the product's own programs
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if piped else None,
            env=environment,
            cwd=folder,
            umask=0o077 if private else -1,
            start_new_session=True,
        )
        self._running[name] = process
        return process

    def run(self, name: str, command: Sequence[str | Path], *, folder: Path) -> bool:
        """Run a program to its end, in our own environment, and say whether it went well."""
        process = self.start(name, command, environment=os.environ, folder=folder, private=False)
        went_well = process.wait() == 0
        del self._running[name]
        return went_well

    def ended(self) -> str | None:
        """Return the name of a program that has ended by itself, if one has."""
        return next((name for name, one in self._running.items() if one.poll() is not None), None)

    def wait(self) -> str:
        """Wait until one ends by itself and return its name."""
        while (name := self.ended()) is None:
            time.sleep(_TICK)
        return name

    def stop(self) -> None:
        """Ask every program to end, last started first, and kill what does not within the grace."""
        for process in reversed(self._running.values()):
            _signal_group(process, signal.SIGTERM)
        deadline = time.monotonic() + self.grace
        for process in self._running.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(deadline - time.monotonic(), 0))
        for process in self._running.values():
            _signal_group(process, signal.SIGKILL)
            process.wait()
            if process.stdout is not None:
                process.stdout.close()
        self._running.clear()


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Signal a program and whatever it started; its group outlives it as long as they do."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)
