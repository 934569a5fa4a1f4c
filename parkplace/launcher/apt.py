"""Debian's and Ubuntu's packages: installed as root, or downloaded and unpacked as a plain user."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from parkplace.launcher.commands import LauncherError, Say, answer_of, run_visibly

_STATUS = Path("/var/lib/dpkg/status")
_INSTALL = ("install", "-q", "-y", "--no-install-recommends")
_UNATTENDED = {"DEBIAN_FRONTEND": "noninteractive"}


def is_here() -> bool:
    """Say whether this system has apt."""
    return shutil.which("apt-get") is not None and shutil.which("dpkg-deb") is not None


def search(pattern: str, *, options: Sequence[str] = ()) -> list[str]:
    """Return the names of the packages that match, as far as apt's list has them."""
    found = answer_of(["apt-cache", *options, "search", "--names-only", pattern])
    return [line.split(maxsplit=1)[0] for line in found.splitlines() if line]


def refresh(*, say: Say, options: Sequence[str] = ()) -> None:
    """Read the list of packages anew.

    Raises:
        LauncherError: The archive does not answer.
    """
    say("Reading the list of packages; this takes about half a minute")
    run_visibly(
        ["apt-get", *options, "update", "-q"],
        say=say,
        environment={**os.environ, **_UNATTENDED},
        failure="apt-get could not read the list of packages.",
    )


def install(packages: Sequence[str], *, say: Say) -> None:
    """Install packages as root, with a fresh list if the one that is here will not do.

    Raises:
        LauncherError: It did not work.
    """
    try:
        _install(packages, say)
    except LauncherError:
        # A bare machine has no list yet, and an old one names what has since been replaced.
        refresh(say=say)
        _install(packages, say)


def _install(packages: Sequence[str], say: Say) -> None:
    say(f"Installing {' and '.join(packages)} with apt-get; this takes about a minute")
    run_visibly(
        ["apt-get", "-o", "Dpkg::Use-Pty=0", *_INSTALL, *packages],
        say=say,
        environment={**os.environ, **_UNATTENDED},
        failure=f"apt-get could not install {' and '.join(packages)}.",
    )


class Workshop:
    """A folder in which a plain user downloads packages and unpacks them side by side.

    Args:
        folder: It is made anew, and is what the packages take for `/`.
        without: Beginnings of package names that count as not installed. A half-installed program
            (a server without its extension, say) would otherwise stay where it is, and its two
            halves would not find each other.
    """

    def __init__(self, folder: Path, *, without: Sequence[str]) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        self.folder = folder
        self._apt = folder / "apt"
        for name in ("archives", "lists"):
            (self._apt / name / "partial").mkdir(parents=True)
        beginnings = tuple(f"Package: {name}" for name in without)
        paragraphs = _STATUS.read_text(errors="replace").split("\n\n")
        kept = [one for one in paragraphs if not one.startswith(beginnings)]
        (self._apt / "status").write_text("\n\n".join(kept))
        self.options = _as_options(
            {
                "Debug::NoLocking": "1",
                "Dir::Cache::archives": f"{self._apt}/archives/",
                "Dir::Cache::pkgcache": "",
                "Dir::Cache::srcpkgcache": "",
                "Dir::State::status": f"{self._apt}/status",
            }
        )

    def refresh(self, *, say: Say) -> None:
        """Read a list of packages of our own, because the system's will not do."""
        self.options += _as_options({"Dir::State::lists": f"{self._apt}/lists/"})
        refresh(say=say, options=self.options)

    def fill(self, packages: Sequence[str], *, say: Say) -> None:
        """Download packages with what they need, and unpack them.

        Raises:
            LauncherError: It did not work.
        """
        say(f"Downloading {' and '.join(packages)}; this takes about a minute")
        run_visibly(
            ["apt-get", *self.options, *_INSTALL, "--download-only", *packages],
            say=say,
            failure=f"apt-get could not download {' and '.join(packages)}.",
        )
        say("Unpacking them")
        for archive in sorted((self._apt / "archives").glob("*.deb")):
            run_visibly(
                ["dpkg-deb", "-x", str(archive), str(self.folder)],
                say=say,
                failure=f"{archive.name} could not be unpacked.",
            )
        shutil.rmtree(self._apt)


def _as_options(settings: dict[str, str]) -> list[str]:
    return [part for name, value in settings.items() for part in ("-o", f"{name}={value}")]
