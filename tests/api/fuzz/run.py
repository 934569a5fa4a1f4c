"""Runs schemathesis over the whole API: every phase, every check, as each kind of caller.

`make test` gives it little time and always the same seed; `make fuzz` more, and a seed of its own.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.api.fuzz.ground import Ground
from tests.api.fuzz.people import AS, TOKEN

ROOT = Path(__file__).parents[3]
ROLES = ("guest", "driver", "host", "admin")
SEED = 20261121
STEPS = 6  # series of requests for each single one
# What is left out, and why.
LEFT_OUT = {
    "/api/v1/webhooks/stripe": "only Stripe can sign what it takes; tests/api/test_webhooks.py",
    "/live": "a stream that does not end; tests/api/test_live.py",
}
# Rules that JSON Schema cannot say refuse well-formed data; `hooks` checks that its shape is taken.
REFUSALS = '"2xx", "3xx", "401", "402", "403", "404", "409", "412", "422"'
CONFIG = """\
hooks = "tests.api.fuzz.hooks"
max-redirects = 0

[generation]
database = "none"

[phases.stateful.generation]
max-examples = {stateful}

[checks.positive_data_acceptance]
expected-statuses = [{refusals}]
"""
# Half of the time something that is there is meant, and a stay that may be booked.
POOL = """
[dictionaries.{name}]
values = {values}
"""
DRAWN = """
[parameters]
{drawn}
"""
WHEN = {
    "starts_at": ["2026-11-21T15:00:00-05:00", "2026-11-21T16:30:00-05:00"],
    "ends_at": ["2026-11-21T18:00:00-05:00", "2026-11-22T09:00:00-05:00"],
}
ELSEWHERE = """
[[operations]]
include-operation-id = {operations}
phases.coverage.enabled = false
"""


def fuzz(
    where: Ground,
    role: str,
    *,
    seed: int,
    examples: int,
    seconds: int | None = None,
    covered_elsewhere: Sequence[str] = (),
) -> subprocess.CompletedProcess[str]:
    """Try everything as one kind of caller.

    Args:
        where: The server.
        role: One of `ROLES`.
        seed: Which cases.
        examples: How many of them for each operation and phase.
        seconds: For how long to go on; else once through.
        covered_elsewhere: Operations whose coverage phase another role runs.
    """
    config = CONFIG.format(refusals=REFUSALS, stateful=STEPS * examples) + _drawn(where)
    if covered_elsewhere:
        config += ELSEWHERE.format(operations=list(covered_elsewhere))
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
        file.write(config)
        file.flush()
        command = [str(Path(sys.executable).with_name("schemathesis")), "--config-file", file.name]
        command += ["run", f"{where.url}/api/openapi.json", "--no-color", "--seed", str(seed)]
        command += ["--checks", "all", "--max-examples", str(examples)]
        command += [] if seconds is None else ["--max-time", str(seconds)]
        command += [part for path in LEFT_OUT for part in ("--exclude-path", path)]
        return subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": _path(), **_somebody(where, role)},
            capture_output=True,
            text=True,
            check=False,
        )


def _drawn(where: Ground) -> str:
    """Let parameters of a known name mean what is in the database, now and then."""
    pools = where.world.pools() | WHEN
    kinds = dict.fromkeys(WHEN, ("query", "body"))
    drawn = [
        f'"{kind}.{name}" = {{ dictionary = "{name}", probability = 0.5 }}'
        for name in pools
        for kind in kinds.get(name, ("path", "body"))
    ]
    written = "".join(POOL.format(name=name, values=values) for name, values in pools.items())
    return written + DRAWN.format(drawn="\n".join(drawn))


def _path() -> str:
    return os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))


def _somebody(where: Ground, role: str) -> dict[str, str]:
    world = where.world
    if role == "guest":
        return {TOKEN: world.things["other_token"]}
    people = {"driver": world.dana, "host": world.owen, "admin": world.ada}
    return {AS: str(people[role].id)}
