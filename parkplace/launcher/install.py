"""PostgreSQL with PostGIS: found on this machine, or put there.

Looked for first, wherever distributions and Homebrew put it. Otherwise installed: with apt-get
as root on Debian and Ubuntu, unpacked from the same packages into the data folder as a plain
user, with Homebrew on macOS. Anywhere else the person gets the exact command to type.
"""

import os
import platform
import re
import shutil
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from parkplace.launcher import apt
from parkplace.launcher.commands import LauncherError, Say, answer_of, run_visibly

OLDEST_MAJOR = 14  # the first with multiranges
EXTENSIONS = ("postgis", "btree_gist", "pg_trgm")
HOMEBREW_PACKAGES = ("postgresql@18", "postgis")

_FOLDERS = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # PostgreSQL's own RPMs
    "/usr/libexec/postgresql*",  # Alpine
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)

_BY_HAND = {
    "apt-get": "sudo apt-get install postgresql '^postgresql-[0-9]+-postgis-3$'",
    "dnf": "sudo dnf install postgresql-server postgresql-contrib postgis",
    "zypper": "sudo zypper install postgresql-server postgresql-contrib postgis",
    "pacman": "sudo pacman -S postgresql postgis",
    "apk": "sudo apk add postgresql postgresql-contrib postgis",
    "brew": "brew install " + " ".join(HOMEBREW_PACKAGES),
}


@dataclass(frozen=True, slots=True)
class Postgres:
    """PostgreSQL's programs, with every extension Park Place needs.

    Attributes:
        major: Its version, such as 15; a data folder belongs to one major version.
        bin: The folder with `initdb`, `pg_ctl` and `postgres`.
        environment: What the programs need besides, when they were unpacked to an odd place.
    """

    major: int
    bin: Path
    environment: Mapping[str, str] = field(default_factory=dict[str, str])


def usual_folders() -> list[Path]:
    """Return the folders where PostgreSQL's programs lie on the systems we know."""
    found = [Path(answer) for answer in (answer_of(["pg_config", "--bindir"]),) if answer]
    if (server := shutil.which("postgres")) is not None:
        found.append(Path(server).resolve().parent)
    for pattern in _FOLDERS:
        found.extend(sorted(Path("/").glob(pattern.removeprefix("/"))))
    return list(dict.fromkeys(found))


def find(*, unpacked: Path, folders: Iterable[Path] | None = None) -> list[Postgres]:
    """Return every usable PostgreSQL, newest first.

    Args:
        unpacked: Where `provide` unpacks packages as a plain user.
        folders: Where else to look; `usual_folders()` when left out.
    """
    elsewhere = usual_folders() if folders is None else folders
    candidates = [_examine(folder, {}) for folder in elsewhere]
    surroundings = _surroundings(unpacked)
    candidates += [
        _examine(folder, surroundings) for folder in unpacked.glob("usr/lib/postgresql/*/bin")
    ]
    return sorted(filter(None, candidates), key=lambda postgres: postgres.major, reverse=True)


def provide(
    *,
    unpacked: Path,
    say: Say,
    major: int | None = None,
    folders: Sequence[Path] | None = None,
) -> Postgres:
    """Find PostgreSQL with PostGIS, or install it.

    Args:
        unpacked: Where packages are unpacked when we are a plain user.
        say: Told what is going on.
        major: The only version that will do, because data of that version exist.
        folders: Where to look, as for `find`.

    Raises:
        LauncherError: It is not here and cannot be installed; the message has the command.
    """

    def first() -> Postgres | None:
        found = find(unpacked=unpacked, folders=folders)
        return next((one for one in found if major in (None, one.major)), None)

    if (present := first()) is not None:
        return present
    root = os.geteuid() == 0
    if platform.system() == "Darwin" and shutil.which("brew"):
        _install_with_homebrew(say)
    elif apt.is_here() and root:
        _install_with_apt(say, major)
    elif apt.is_here():
        _unpack_from_apt(unpacked, say, major)
    else:
        raise LauncherError(_explanation(major))
    if (installed := first()) is None:
        raise LauncherError(_explanation(major))
    return installed


def _examine(folder: Path, environment: Mapping[str, str]) -> Postgres | None:
    version = answer_of(
        [str(folder / "postgres"), "--version"], environment={**os.environ, **environment}
    )
    if (match := re.search(r"\) (\d+)", version)) is None or not (folder / "initdb").exists():
        return None
    major = int(match[1])
    complete = any(
        all((share / "extension" / f"{name}.control").exists() for name in EXTENSIONS)
        for share in _share_folders(folder, major, environment)
    )
    return Postgres(major, folder, environment) if complete and major >= OLDEST_MAJOR else None


def _share_folders(folder: Path, major: int, environment: Mapping[str, str]) -> list[Path]:
    told = answer_of(
        [str(folder / "pg_config"), "--sharedir"], environment={**os.environ, **environment}
    )
    if told:
        return [Path(told)]
    # pg_config often comes with a development package that is not installed.
    share = folder.parent / "share"
    return [
        share,
        Path("/usr/share/postgresql") / str(major),
        *(share / name for name in ("postgresql", "pgsql", f"postgresql{major}")),
    ]


def _surroundings(unpacked: Path) -> dict[str, str]:
    libraries = {file.parent for file in unpacked.glob("usr/lib/*/**/*.so.*")}
    libraries |= {file.parent for file in unpacked.glob("lib/*/*.so.*")}
    return {
        "LD_LIBRARY_PATH": ":".join(map(str, sorted(libraries))),
        "PROJ_DATA": str(unpacked / "usr/share/proj"),
    }


def _install_with_homebrew(say: Say) -> None:
    say("Installing PostgreSQL and PostGIS with Homebrew; this takes some minutes")
    run_visibly(
        ["brew", "install", *HOMEBREW_PACKAGES],
        say=say,
        failure=f"Homebrew could not install them. Type: {_BY_HAND['brew']}",
    )


def _install_with_apt(say: Say, major: int | None) -> None:
    if not _packages(major):
        apt.refresh(say=say)
    if packages := _packages(major):
        with _no_main_cluster():
            apt.install(packages, say=say)


@contextmanager
def _no_main_cluster() -> Generator[None]:
    """Keep Debian's scripts from starting a server of their own on port 5432."""
    drop_in = Path("/etc/postgresql-common/createcluster.d/parkplace.conf")
    drop_in.parent.mkdir(parents=True, exist_ok=True)
    drop_in.write_text("create_main_cluster = false\n")
    try:
        yield
    finally:
        drop_in.unlink()


def _unpack_from_apt(unpacked: Path, say: Say, major: int | None) -> None:
    workshop = apt.Workshop(
        unpacked.with_name(unpacked.name + ".new"), without=("postgresql", "postgis")
    )
    if not _packages(major, workshop.options):
        workshop.refresh(say=say)
    if not (packages := _packages(major, workshop.options)):
        return
    workshop.fill(packages, say=say)
    # What the package's own script, which needs root, would have done.
    for control in workshop.folder.glob("usr/share/postgresql/*/extension/postgis-3.control"):
        plain = control.with_name("postgis.control")
        plain.unlink(missing_ok=True)
        shutil.copy(control, plain)
    shutil.rmtree(unpacked, ignore_errors=True)
    workshop.folder.rename(unpacked)


def _packages(major: int | None, options: Sequence[str] = ()) -> list[str]:
    """Return the server's and PostGIS's package for the newest version apt knows, or nothing."""
    names = apt.search("^postgresql-[0-9]+-postgis-3$", options=options)
    majors = [int(name.split("-")[1]) for name in names]
    usable = [one for one in majors if one >= OLDEST_MAJOR and major in (None, one)]
    if not usable:
        return []
    return [f"postgresql-{max(usable)}", f"postgresql-{max(usable)}-postgis-3"]


def _explanation(major: int | None) -> str:
    tool = next((name for name in _BY_HAND if shutil.which(name)), None)
    wanted = f"PostgreSQL {major}" if major else f"PostgreSQL {OLDEST_MAJOR} or newer"
    because = " (the data on this machine are of that version)" if major else ""
    command = f"type: {_BY_HAND[tool]}" if tool else "install both with your system's packages"
    return (
        f"Park Place needs {wanted} with PostGIS{because}, and could not install it here.\n"
        f"    Either {command}\n"
        "    or set DATABASE_URL to a database that has them."
    )
