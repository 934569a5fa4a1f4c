import os
from pathlib import Path

import httpx

from parkplace.launcher.processes import Children
from parkplace.launcher.sandbox import last_sandbox, start_sandbox

ROOT = Path(__file__).parents[2]


def test_the_sandbox_comes_up_on_the_port_of_last_time_and_ends_with_us(tmp_path: Path) -> None:
    assert last_sandbox(tmp_path) is None
    for _start in range(2):
        with Children() as children:
            sandbox, wait = start_sandbox(
                children,
                data_dir=tmp_path,
                webhook_events=["checkout.session.completed"],
                webhook_url="http://127.0.0.1:9/nobody",
                environment=os.environ,
                root=ROOT,
            )
            wait()
            url = sandbox.environment()["STRIPE_BASE_URL"]
            assert httpx.get(f"{url}/_sandbox/healthz").status_code == httpx.codes.OK
            assert children.ended() is None
        assert last_sandbox(tmp_path) == sandbox
