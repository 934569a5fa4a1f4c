"""`python -m parkplace.stripe_sandbox`: serve until told to stop."""

import argparse
import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

from granian.constants import Interfaces
from granian.server.embed import Server

from parkplace.stripe_sandbox.app import Sandbox
from parkplace.stripe_sandbox.calls import Config
from parkplace.stripe_sandbox.store import DataFolderInUse


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m parkplace.stripe_sandbox",
        description="A local stand-in for Stripe. No real money moves.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--data", type=Path, required=True, help="folder for its one file")
    parser.add_argument("--public-url", help="where browsers reach its pages, if not there")
    parser.add_argument("--webhook-url", help="where events are sent")
    parser.add_argument(
        "--webhook-secret",
        default=os.environ.get("STRIPE_WEBHOOK_SECRET", ""),
        help="what they are signed with; by default $STRIPE_WEBHOOK_SECRET",
    )
    parser.add_argument(
        "--webhook-event",
        action="append",
        default=[],
        help="type of event to send; repeat for several, leave out for all",
    )
    parser.add_argument(
        "--return-host",
        action="append",
        default=[],
        help="host that people may be sent back to; repeat for several, leave out for any",
    )
    parser.add_argument("--faults", action="store_true", help="let tests break things")
    given = parser.parse_args()
    if given.webhook_url and not given.webhook_secret.startswith("whsec_"):
        parser.error("--webhook-url needs a --webhook-secret that begins with whsec_")
    return given


def _port(host: str, wanted: int) -> int:
    """Return a port that is free now.

    Raises:
        OSError: The wanted one is taken; the server itself would share it without a word.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, wanted))
        return probe.getsockname()[1]


async def _announce(host: str, port: int) -> None:
    """Print the ready line once the server answers."""
    while True:
        try:
            _, writer = await asyncio.open_connection(host, port)
        except OSError:
            await asyncio.sleep(0.02)
            continue
        writer.close()
        await writer.wait_closed()
        print(f"stripe sandbox ready on http://{host}:{port}", flush=True)  # noqa: T201
        return


async def _serve(given: argparse.Namespace) -> None:
    port = _port(given.host, given.port)
    config = Config(
        url=(given.public_url or f"http://{given.host}:{port}").rstrip("/"),
        webhook_url=given.webhook_url,
        webhook_secret=given.webhook_secret,
        webhook_events=frozenset(given.webhook_event),
        return_hosts=frozenset(given.return_host),
        faults=given.faults,
    )
    server = Server(
        Sandbox(config, given.data).application(),
        address=given.host,
        port=port,
        interface=Interfaces.ASGI,
        websockets=False,
        log_enabled=False,
    )
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, server.stop)
    ready = asyncio.create_task(_announce(given.host, port))
    try:
        await server.serve()
    finally:
        ready.cancel()


def main() -> int:
    """Run the sandbox; return the exit code."""
    try:
        asyncio.run(_serve(_arguments()))
    except (OSError, DataFolderInUse) as error:
        print(f"stripe sandbox cannot start: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
