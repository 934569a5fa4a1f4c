"""`make fuzz`: the whole API tried by every kind of caller, for longer than a test may take.

`FUZZ` is for how many seconds in all (300 by default), `FUZZ_SEED` repeats a run.
"""

import os
import secrets
import sys
import tempfile
from pathlib import Path

from parkplace.core.settings import Settings, get_settings
from tests import databases
from tests.api.fuzz import run
from tests.api.fuzz.ground import ground
from tests.stripe_sandbox.running import running

EXAMPLES = 1000  # far more than there is time for


def main() -> int:
    """Run, and return how many kinds of callers found something."""
    seconds = int(os.environ.get("FUZZ") or 300)
    seed = int(os.environ.get("FUZZ_SEED") or secrets.randbelow(10**8))
    found = 0
    with tempfile.TemporaryDirectory() as folder:
        _nobody_elses(Path(folder))
        with running(Path(folder) / "stripe") as sandbox:
            for role in run.ROLES:
                sys.stdout.write(f"\n{role}, seed {seed}\n")
                # A world of its own for each: what one left behind does not decide for the next.
                with ground(databases.server_url(), sandbox) as filled:
                    ended = run.fuzz(
                        filled,
                        role,
                        seed=seed,
                        examples=EXAMPLES,
                        seconds=max(1, seconds // len(run.ROLES)),
                    )
                sys.stdout.write(ended.stdout + ended.stderr)
                found += ended.returncode != 0
    return found


def _nobody_elses(folder: Path) -> None:
    """Leave out what the developer's shell and `.env` say about their Park Place."""
    for name in list(os.environ):
        if name.startswith(("PARKPLACE_", "STRIPE_")) and not name.startswith("PARKPLACE_TEST_"):
            del os.environ[name]
    for name in ("DATABASE_URL", "REDIS_URL", "SMTP_URL"):
        os.environ.pop(name, None)
    os.environ |= {"PARKPLACE_ENV": "test", "PARKPLACE_DATA_DIR": str(folder)}
    Settings.model_config["env_file"] = None
    get_settings.cache_clear()


if __name__ == "__main__":
    sys.exit(main())
