"""Ports on this machine: which is free, who holds one that is not, when one answers."""

import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

HOST = "127.0.0.1"
_TICK = 0.05  # seconds between two looks


def is_free(port: int, *, host: str = HOST) -> bool:
    """Say whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def remembered_port(memory: Path) -> int:
    """Return the port of last time if it is free, else another, remembered for next time.

    Args:
        memory: The file that holds it.
    """
    with suppress(OSError, ValueError):
        if is_free(port := int(memory.read_text())):
            return port
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = int(probe.getsockname()[1])
    memory.write_text(f"{port}\n")
    return port


def holder(port: int) -> str:
    """Describe the program that listens on a port, as far as we may know."""
    with suppress(psutil.Error):
        for connection in psutil.net_connections("tcp"):
            here = getattr(connection.laddr, "port", None) == port
            if here and connection.status == psutil.CONN_LISTEN and connection.pid:
                return f"process {connection.pid} ({psutil.Process(connection.pid).name()})"
    return "another program"


def answers(url: str, *, while_true: Callable[[], bool], seconds: float) -> bool:
    """Wait until a page answers well; False when it is too late or `while_true` no longer holds.

    Args:
        url: The page.
        while_true: Whether waiting still makes sense.
        seconds: How long to wait at most.
    """
    deadline = time.monotonic() + seconds
    while while_true() and time.monotonic() < deadline:
        with (
            suppress(urllib.error.URLError, ConnectionError, TimeoutError),
            urllib.request.urlopen(url, timeout=5),  # noqa: S310 - always our own http://
        ):
            return True
        time.sleep(_TICK)
    return False
