import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from parkplace.launcher.processes import Children

PARENT_OF_A_SLEEPER = ["sh", "-c", "sleep 60 & echo $!; wait"]
DEAF = ["sh", "-c", "trap '' TERM; echo ready; sleep 60 & wait; sleep 60"]


def lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def dies(pid: int) -> bool:
    """Say whether a process ends within the seconds that a busy machine may take for it."""
    deadline = time.monotonic() + 20
    while lives(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not lives(pid)


def first_line(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().decode().strip()


def test_children_end_with_the_block_and_with_what_they_started(tmp_path: Path) -> None:
    with Children() as children:
        process = children.start(
            "A parent", PARENT_OF_A_SLEEPER, environment=os.environ, folder=tmp_path, piped=True
        )
        grandchild = int(first_line(process))
        assert lives(grandchild)
    assert process.returncode == -signal.SIGTERM
    assert dies(grandchild)


def test_they_end_when_the_block_fails_too(tmp_path: Path) -> None:
    started: list[subprocess.Popen[bytes]] = []

    def fail() -> None:
        with Children() as children:
            started.append(
                children.start(
                    "A sleeper", ["sleep", "60"], environment=os.environ, folder=tmp_path
                )
            )
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert [process.returncode for process in started] == [-signal.SIGTERM]


def test_one_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    with Children(grace=0.1) as children:
        process = children.start(
            "A deaf one", DEAF, environment=os.environ, folder=tmp_path, piped=True
        )
        assert first_line(process) == "ready"
    assert process.returncode == -signal.SIGKILL


def test_one_that_ends_by_itself_is_named(tmp_path: Path) -> None:
    with Children() as children:
        children.start("A sleeper", ["sleep", "60"], environment=os.environ, folder=tmp_path)
        children.start("A short one", ["true"], environment=os.environ, folder=tmp_path)
        assert children.wait() == "A short one"


def test_a_step_says_whether_it_went_well_and_is_forgotten(tmp_path: Path) -> None:
    with Children() as children:
        assert children.run("A good one", ["true"], folder=tmp_path)
        assert not children.run("A bad one", ["false"], folder=tmp_path)
        assert children.ended() is None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_in_order(tmp_path: Path, number: signal.Signals) -> None:
    program = """
import os, pathlib
from parkplace.launcher.processes import Children, Stopped, stop_on_signals
stop_on_signals()
with Children() as children:
    process = children.start(
        "A sleeper", ["sleep", "60"], environment=os.environ, folder=pathlib.Path("/"))
    try:
        print(process.pid, flush=True)
        children.wait()
    except Stopped:
        print("stopping", flush=True)
"""
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(root), "HOME": str(tmp_path)},
    ) as parent:
        child = int(first_line(parent))
        parent.send_signal(number)
        assert first_line(parent) == "stopping"
        assert parent.wait() == 0
    assert dies(child)
