"""Running a reference script with PostgreSQL's own load generator."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from bench.load import Measured
from parkplace.core.settings import get_settings
from parkplace.launcher import install
from parkplace.launcher.commands import LauncherError

_MICROSECONDS = 2  # the column of pgbench's log that has the latency


def pgbench(
    url: str,
    script: Path,
    *,
    variables: Mapping[str, str],
    connections: int,
    seconds: float | None = None,
    times: int | None = None,
) -> Measured:
    """Run a script with prepared statements, and return what was seen.

    Args:
        url: The database.
        script: What to run.
        variables: What it is told.
        connections: How many run it at any time.
        seconds: For how long; or else
        times: how often each connection runs it.

    Raises:
        LauncherError: A statement failed, or there is no pgbench.
    """
    place = urlsplit(url)
    programs = install.find(unpacked=get_settings().data_dir / "postgres" / "programs")[0]
    with TemporaryDirectory() as folder:
        command = [str(programs.bin / "pgbench"), "-n", "-M", "prepared"]
        command += ["-l", "--log-prefix", f"{folder}/log"]
        command += ["-c", str(connections), "-j", "2"]
        command += ["-t", str(times)] if times else ["-T", str(round(seconds or 1))]
        command += [f"-D{name}={value}" for name, value in variables.items()]
        command += ["-f", str(script), "-h", str(place.hostname), "-p", str(place.port)]
        command += ["-U", str(place.username), place.path.lstrip("/")]
        environment = {
            **os.environ,
            **programs.environment,
            "PGPASSWORD": place.password or "",
            "PGOPTIONS": "-c jit=off -c timezone=UTC",
        }
        done = subprocess.run(  # noqa: S603 - PostgreSQL's own program
            command, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode != 0 or "ERROR" in done.stderr:
            raise LauncherError(f"pgbench {script.name}: {done.stderr.strip()}")
        lines = [line for log in Path(folder).iterdir() for line in log.read_text().splitlines()]
    per_second = float(done.stdout.partition("tps = ")[2].split()[0])
    latencies = sorted(int(line.split()[_MICROSECONDS]) / 1000 for line in lines)
    return Measured(len(latencies) / per_second, latencies)
