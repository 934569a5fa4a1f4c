"""A private PostgreSQL cluster: made once, started when needed, found again while it runs.

It listens on 127.0.0.1 only, on a port of its own, with a password of its own, and it outlives
the program that started it. In `<data folder>/postgres` lie the lock, the password, the port and,
in a folder named by PostgreSQL's major version, the data. PostgreSQL refuses to run as root: then
the system's user `postgres` runs it, and where that user cannot reach the data folder the data lie
under `/var/lib/parkplace` and a file `place` says where.
"""

import fcntl
import locale
import secrets
import shutil
import signal
import time
from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2
from psycopg2 import errors, sql
from psycopg2.extensions import connection as Connection  # noqa: N812 - it is a class

from parkplace.launcher import install, server
from parkplace.launcher.account import Account, server_account, write_private
from parkplace.launcher.commands import LauncherError, Say
from parkplace.launcher.ports import HOST

USER = "parkplace"
ELSEWHERE = Path("/var/lib/parkplace")


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running PostgreSQL of ours."""

    port: int
    password: str = field(repr=False)

    def url(self, database: str = "postgres") -> str:
        """Return the `postgresql://` URL of one of its databases."""
        return f"postgresql://{USER}:{self.password}@{HOST}:{self.port}/{database}"


def ensure_cluster(
    data_dir: Path,
    *,
    say: Say,
    durable: bool = True,
    folders: Sequence[Path] | None = None,
) -> Cluster:
    """Return the data folder's cluster, made or started first when needed.

    Args:
        data_dir: Whose cluster; two folders have two clusters, side by side.
        say: Told about everything that takes more than a moment.
        durable: Whether a committed row survives a power cut; tests may do without, for speed.
        folders: Where to look for PostgreSQL's programs, as for `install.find`.

    Raises:
        LauncherError: PostgreSQL is missing, or will not start; the message says what to do.
    """
    home = _home(data_dir)
    with _locked(home, say):
        directory = _newest(_place(home))
        if directory is not None and server.process_of(directory) is not None:
            running = _attach(home, directory, say)
            if running is not None:
                return running
        programs = install.provide(
            unpacked=home / "programs",
            say=say,
            major=int(directory.name) if directory else None,
            folders=folders,
        )
        account = server_account()
        directory = directory or _initialise(home, programs, account, say)
        say(f"Starting the private PostgreSQL {programs.major}")
        server.clear_dead(directory)
        server.start(
            directory,
            programs=programs,
            account=account,
            remembered=home / "port",
            durable=durable,
        )
        started = _attach(home, directory, say)
        if started is None:
            raise LauncherError(server.why_silent(directory, "It ended at once."))
        return started


def stop_cluster(data_dir: Path, *, say: Say) -> bool:
    """Stop the data folder's cluster and return whether it was running.

    Raises:
        LauncherError: It does not stop.
    """
    home = data_dir / "postgres"
    if not home.exists():
        return False
    with _locked(home, say):
        directory = _newest(_place(home))
        process = server.process_of(directory) if directory else None
        if directory is None or process is None:
            return False
        process.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown: it breaks connections off
        server.wait_until(
            lambda: server.process_of(directory) is None,
            f"PostgreSQL (process {process.pid}) does not stop.",
        )
        return True


def remove_cluster(data_dir: Path, *, say: Say) -> None:
    """Stop the data folder's cluster and delete it with everything in it."""
    stop_cluster(data_dir, say=say)
    home = data_dir / "postgres"
    if not home.exists():
        return
    with _locked(home, say):
        place = _place(home)
        while (directory := _newest(place)) is not None:
            shutil.rmtree(directory)
        if place != home:
            shutil.rmtree(place)
        for name in ("password", "port", "place"):
            (home / name).unlink(missing_ok=True)


def ensure_database(cluster: Cluster, name: str, *, template: str | None = None) -> str:
    """Return the URL of a database, made first when it is missing.

    Args:
        cluster: Where.
        name: The database.
        template: The database a new one is copied from; nobody may be connected to it.
    """
    statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    if template is not None:
        statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
    with closing(_connect(cluster)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", (name,))
        if cursor.rowcount == 0:
            # Another starter may have made it in between; PostgreSQL has two words for that.
            with suppress(errors.DuplicateDatabase, errors.UniqueViolation):
                cursor.execute(statement)
    return cluster.url(name)


def drop_database(cluster: Cluster, name: str) -> None:
    """Delete a database, with whoever is connected to it, if it exists."""
    statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with closing(_connect(cluster)) as connection, connection.cursor() as cursor:
        cursor.execute(statement)


def list_databases(cluster: Cluster) -> list[str]:
    """Return the names of the databases made here."""
    with closing(_connect(cluster)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY datname")
        return [row[0] for row in cursor.fetchall() if row[0] != "postgres"]


def _connect(cluster: Cluster) -> Connection:
    connection = psycopg2.connect(cluster.url(), connect_timeout=10)
    connection.autocommit = True
    return connection


def _home(data_dir: Path) -> Path:
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    home = data_dir / "postgres"
    home.mkdir(mode=0o700, exist_ok=True)
    return home


@contextmanager
def _locked(home: Path, say: Say) -> Generator[None]:
    with (home / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another start of the same database to finish")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _place(home: Path) -> Path:
    pointer = home / "place"
    return Path(pointer.read_text().strip()) if pointer.exists() else home


def _newest(place: Path) -> Path | None:
    clusters = [entry for entry in place.glob("[1-9]*") if entry.name.isdigit()]
    return max(clusters, key=lambda entry: int(entry.name), default=None)


def _settle(home: Path, account: Account) -> Path:
    """Choose where the data will lie, once: in the data folder if the server's user gets there."""
    if account.foreign:
        for folder in (home.parent, home):
            # Others may pass through, to what is theirs, but not look around.
            folder.chmod(folder.stat().st_mode | 0o011)
        if account.run(["test", "-x", home]).returncode != 0:
            place = ELSEWHERE / secrets.token_hex(4)
            place.mkdir(mode=0o711, parents=True)
            (home / "place").write_text(f"{place}\n")
            return place
    return home


def _initialise(home: Path, programs: install.Postgres, account: Account, say: Say) -> Path:
    say(f"Making a private PostgreSQL {programs.major} cluster")
    place = _settle(home, account)
    write_private(home / "password", secrets.token_urlsafe(24))
    workshop = place / "new"
    shutil.rmtree(workshop, ignore_errors=True)
    workshop.mkdir(mode=0o700)
    account.own(workshop)
    # The server's user cannot read our password file, so for one moment it gets a copy.
    write_private(workshop / "password", (home / "password").read_text())
    account.own(workshop / "password")
    command: list[str | Path] = [programs.bin / "initdb", "-D", workshop / "data", "-U", USER]
    command += ["--auth=scram-sha-256", f"--pwfile={workshop / 'password'}", "--data-checksums"]
    command += ["--encoding=UTF8", f"--locale={_locale()}"]
    done = account.run(command, environment=programs.environment)
    if done.returncode != 0:
        raise LauncherError(f"initdb could not make a cluster in {place}.\n{done.stderr.strip()}")
    with (workshop / "data/postgresql.conf").open("a") as settings:
        settings.write("\ninclude 'parkplace.conf'\n")
    directory = place / str(programs.major)
    (workshop / "data").rename(directory)
    shutil.rmtree(workshop)
    return directory


def _locale() -> str:
    """Return a locale in which PostgreSQL knows letters beyond ASCII, for searching names."""
    before = locale.setlocale(locale.LC_CTYPE)
    for name in ("C.UTF-8", "en_US.UTF-8"):
        with suppress(locale.Error):
            locale.setlocale(locale.LC_CTYPE, name)
            locale.setlocale(locale.LC_CTYPE, before)
            return name
    return "C"


def _attach(home: Path, directory: Path, say: Say) -> Cluster | None:
    """Return the cluster once its living server answers, or nothing if that dies meanwhile.

    Raises:
        LauncherError: It lives and does not answer.
    """
    cluster = Cluster(server.port_of(directory), (home / "password").read_text())
    deadline = time.monotonic() + server.PATIENCE
    said = False
    while server.process_of(directory) is not None:
        try:
            _connect(cluster).close()
        except psycopg2.OperationalError as error:
            if time.monotonic() > deadline:
                raise LauncherError(server.why_silent(directory, str(error))) from error
            if not said:
                say("PostgreSQL is coming up")
                said = True
            time.sleep(server.TICK)
        else:
            return cluster
    return None
