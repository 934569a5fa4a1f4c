"""Programs that try everything find nothing that the API does not announce."""

from collections.abc import Generator

import pytest

from parkplace.api.app import make_api
from tests.api.fuzz import run
from tests.api.fuzz.ground import Ground, ground
from tests.stripe_sandbox.running import RunningSandbox

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def everything(database_server: str, stripe_sandbox: RunningSandbox) -> Generator[Ground]:
    """A server with something of everything in its database."""
    with ground(database_server, stripe_sandbox) as filled:
        yield filled


@pytest.mark.parametrize("role", run.ROLES)
def test_nothing_unannounced_is_found(everything: Ground, role: str) -> None:
    # Each operation's edge cases are tried by one of them, its usual ones by all.
    operations = sorted(operation_ids())
    mine = set(operations[run.ROLES.index(role) :: len(run.ROLES)])
    ended = run.fuzz(
        everything,
        role,
        seed=run.SEED,
        examples=1,
        covered_elsewhere=[name for name in operations if name not in mine],
    )
    assert ended.returncode == 0, f"seed {run.SEED}\n{ended.stdout}{ended.stderr}"


def operation_ids() -> set[str]:
    return {
        operation["operationId"]
        for path, methods in make_api().openapi()["paths"].items()
        if path not in run.LEFT_OUT
        for operation in methods.values()
    }


def test_what_is_left_out_is_there() -> None:
    assert set(run.LEFT_OUT) <= set(make_api().openapi()["paths"])
