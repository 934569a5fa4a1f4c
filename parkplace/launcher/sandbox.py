"""The Stripe sandbox as a program of its own, started with the app that has no Stripe key."""

import secrets
import select
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from parkplace.launcher.account import write_private
from parkplace.launcher.commands import LauncherError
from parkplace.launcher.ports import HOST, remembered_port
from parkplace.launcher.processes import Children

PATIENCE = 30  # seconds for it to come up


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Where a data folder's sandbox is, and what it takes to talk to it."""

    port: int
    webhook_secret: str = field(repr=False)

    def environment(self) -> dict[str, str]:
        """Return the variables that point payments at it."""
        return {
            "STRIPE_BASE_URL": f"http://{HOST}:{self.port}",
            "STRIPE_API_KEY": "sk_test_sandbox",
            "STRIPE_WEBHOOK_SECRET": self.webhook_secret,
        }


def last_sandbox(data_dir: Path) -> Sandbox | None:
    """Return the data folder's sandbox as it was started last, if ever; it may have stopped."""
    folder = data_dir / "stripe_sandbox"
    try:
        port = int((folder / "port").read_text())
        return Sandbox(port, (folder / "webhook_secret").read_text())
    except (OSError, ValueError):
        return None


def start_sandbox(
    children: Children,
    *,
    data_dir: Path,
    webhook_url: str,
    webhook_events: Iterable[str],
    environment: Mapping[str, str],
    root: Path,
) -> tuple[Sandbox, Callable[[], None]]:
    """Start the data folder's sandbox, on the port of last time if it is free.

    It takes a second to come up, in which other things may be done: the second value waits for it,
    and raises `LauncherError` when it does not.

    Args:
        children: Whom it belongs to.
        data_dir: Where its file and its secret lie.
        webhook_url: Where it sends its events.
        webhook_events: The types of those that it sends.
        environment: What it inherits.
        root: The folder of Park Place itself.
    """
    folder = data_dir / "stripe_sandbox"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    secret = folder / "webhook_secret"
    if not secret.exists():
        write_private(secret, f"whsec_{secrets.token_hex(24)}")
    sandbox = Sandbox(remembered_port(folder / "port"), secret.read_text())
    command = [sys.executable, "-m", "parkplace.stripe_sandbox", "--port", str(sandbox.port)]
    command += ["--data", str(folder), "--webhook-url", webhook_url]
    command += [f"--webhook-event={kind}" for kind in webhook_events]
    process = children.start(
        "The Stripe sandbox",
        command,
        environment={**environment, **sandbox.environment()},
        folder=root,
        piped=True,
    )

    def wait() -> None:
        if not _says_ready(process):
            raise LauncherError("The Stripe sandbox did not come up; what stands above says why.")

    return sandbox, wait


def _says_ready(process: subprocess.Popen[bytes]) -> bool:
    if process.stdout is None or not select.select([process.stdout], [], [], PATIENCE)[0]:
        return False
    return b"ready" in process.stdout.readline()
