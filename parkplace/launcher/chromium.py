"""A Chromium for the tests: found on this machine, or put there."""

import os
import platform
import shutil
import sys
from pathlib import Path

from parkplace.launcher import apt
from parkplace.launcher.commands import LauncherError, Say, answer_of, run_visibly

# What keeps a browser quiet in a container: no sandbox of its own, no calls home.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_MAC = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
_ASK_PLAYWRIGHT = (
    "from playwright.sync_api import sync_playwright as p\n"
    "with p() as it: print(it.chromium.executable_path)"
)


def find() -> Path | None:
    """Return a Chromium that runs: `PARKPLACE_CHROMIUM`, one on the path, or Playwright's own."""
    if (chosen := os.environ.get("PARKPLACE_CHROMIUM")) is not None:
        return Path(chosen) if _runs(chosen) else None
    on_path = [found for name in _NAMES if (found := shutil.which(name))]
    present = next((path for path in (*on_path, *_MAC) if _runs(path)), None)
    if present is None and _runs(own := answer_of([sys.executable, "-c", _ASK_PLAYWRIGHT])):
        present = own
    return Path(present) if present else None


def ensure_chromium(*, say: Say) -> Path:
    """Return a Chromium that runs, downloaded or installed first when there is none.

    Raises:
        LauncherError: There is none and none can be had; the message has the command to type.
    """
    if (present := find()) is not None:
        return present
    if "PARKPLACE_CHROMIUM" in os.environ:
        raise LauncherError(
            f"PARKPLACE_CHROMIUM is {os.environ['PARKPLACE_CHROMIUM']}, which does not run.\n"
            "    Set it to a Chromium's path, or leave it out."
        )
    try:
        _download(say)
    except LauncherError as error:
        _install(say, error)
    if (installed := find()) is None:
        raise LauncherError(_explanation())
    return installed


def _runs(path: str) -> bool:
    return bool(path) and bool(answer_of([path, "--version"]))


def _download(say: Say) -> None:
    playwright = [sys.executable, "-m", "playwright"]
    say("Downloading Chromium for the tests; this takes about a minute")
    run_visibly(
        [*playwright, "install", "chromium"], say=say, failure="Playwright could not download it."
    )
    if find() is None and os.geteuid() == 0 and apt.is_here():
        say("Installing the libraries it needs with apt-get")
        run_visibly([*playwright, "install-deps", "chromium"], say=say, failure=_explanation())


def _install(say: Say, because: LauncherError) -> None:
    if os.geteuid() != 0 or not apt.is_here():
        raise LauncherError(f"{_explanation()}\n{because}") from because
    say("That did not work here: taking the system's Chromium instead")
    apt.install(["chromium"], say=say)


def _explanation() -> str:
    if platform.system() == "Darwin":
        command = "brew install --cask chromium"
    elif shutil.which("apt-get"):
        command = "sudo apt-get install chromium"
    elif shutil.which("dnf"):
        command = "sudo dnf install chromium"
    else:
        command = "sudo .venv/bin/python -m playwright install --with-deps chromium"
    return (
        "The tests need a Chromium, and none could be installed here.\n"
        f"    Either type: {command}\n"
        "    or set PARKPLACE_CHROMIUM to the path of one."
    )


if __name__ == "__main__":
    try:
        ensure_chromium(say=lambda text: print(text, flush=True))  # noqa: T201
    except LauncherError as problem:
        sys.exit(str(problem))
