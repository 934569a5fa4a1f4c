"""One PostgreSQL server process: started on a free port, recognised, and cleared away when dead."""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

from parkplace.launcher.account import Account
from parkplace.launcher.commands import LauncherError
from parkplace.launcher.install import Postgres
from parkplace.launcher.ports import HOST, is_free, remembered_port

PATIENCE = 60  # seconds for a start, a recovery or a stop
TICK = 0.02  # seconds between two looks
_PID_FILE = "postmaster.pid"
_PORT_LINE = 3  # of that file, counted from 0


def process_of(directory: Path) -> psutil.Process | None:
    """Return the server of a cluster if it lives; a zombie, or another program's pid, is dead."""
    try:
        process = psutil.Process(int((directory / _PID_FILE).read_text().split()[0]))
        return process if _works_in(process, directory) else None
    except (OSError, ValueError, IndexError, psutil.Error):
        return None


def port_of(directory: Path) -> int:
    """Return the port on which the server of a cluster listens, living or killed outright."""

    def written() -> bool:
        return len((directory / _PID_FILE).read_text().splitlines()) > _PORT_LINE

    wait_until(written, f"PostgreSQL in {directory} does not say its port.")
    return int((directory / _PID_FILE).read_text().splitlines()[_PORT_LINE])


def clear_dead(directory: Path) -> None:
    """Remove what a server that was killed outright left behind, once its helpers are gone.

    Raises:
        LauncherError: Helpers of the dead server stay alive.
    """
    if (directory / _PID_FILE).exists():
        wait_until(lambda: not _helpers(directory), f"Parts of a dead server stay in {directory}.")
        (directory / _PID_FILE).unlink()


def start(
    directory: Path, *, programs: Postgres, account: Account, remembered: Path, durable: bool
) -> int:
    """Start the server of a cluster, detached from us, and return its port.

    Args:
        directory: The cluster.
        programs: PostgreSQL's programs.
        account: Who runs it.
        remembered: The file that remembers the port from one start to the next.
        durable: Whether a committed row survives a power cut.

    Raises:
        LauncherError: It does not start.
    """
    command = [programs.bin / "pg_ctl", "start", "-s", "-w", "-t", str(PATIENCE)]
    command += ["-D", directory, "-l", directory / "server.log"]
    told = ""
    for _attempt in range(3):
        port = remembered_port(remembered)
        settings = directory / "parkplace.conf"
        settings.write_text(_settings(port, durable=durable))
        account.own(settings)
        done = account.run(command, environment=programs.environment)
        if done.returncode == 0:
            return port
        told = done.stderr
        if is_free(port):
            break  # It was not the port that stood in the way.
    raise LauncherError(why_silent(directory, told))


def why_silent(directory: Path, told: str) -> str:
    """Return a message with the end of the server's log."""
    log = directory / "server.log"
    lines = log.read_text(errors="replace").splitlines()[-10:] if log.exists() else []
    return "\n    ".join([f"PostgreSQL in {directory} does not answer.", told.strip(), *lines])


def wait_until(done: Callable[[], bool], failure: str) -> None:
    """Look again and again until something is done.

    Raises:
        LauncherError: It takes too long; the message is `failure`.
    """
    deadline = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > deadline:
            raise LauncherError(failure)
        time.sleep(TICK)


def _helpers(directory: Path) -> list[psutil.Process]:
    found: list[psutil.Process] = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if _works_in(process, directory):
                found.append(process)
    return found


def _works_in(process: psutil.Process, directory: Path) -> bool:
    return (
        process.status() != psutil.STATUS_ZOMBIE
        and "postgres" in process.name()
        and process.cwd() == str(directory.resolve())
    )


def _settings(port: int, *, durable: bool) -> str:
    memory = psutil.virtual_memory().total // 2**20
    settings: dict[str, str] = {
        "listen_addresses": f"'{HOST}'",
        "port": str(port),
        "unix_socket_directories": "''",
        "max_connections": "200",
        "shared_buffers": f"{min(max(memory // 16, 64), 1024)}MB",
        "effective_cache_size": f"{min(max(memory // 4, 256), 8192)}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "max_wal_size": "2GB",
        "random_page_cost": "1.1",
        "jit": "off",
        "timezone": "'UTC'",
        "log_timezone": "'UTC'",
        # A refused row is the application's business and reaches it; the file holds the server's.
        "log_min_messages": "log",
        "log_min_error_statement": "panic",
    }
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return "".join(f"{name} = {value}\n" for name, value in settings.items())
