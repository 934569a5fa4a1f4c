"""What the sandbox's own tests share."""

from collections.abc import Generator

import httpx
import pytest

from tests.stripe_sandbox.running import RunningSandbox


@pytest.fixture
def sandbox(stripe_sandbox: RunningSandbox) -> Generator[RunningSandbox]:
    """The shared sandbox, left unbroken, at the right time, and with nobody to tell."""
    yield stripe_sandbox
    stripe_sandbox.faults(clear=True)
    stripe_sandbox.clock(0)
    stripe_sandbox.send_webhooks_to(None)


@pytest.fixture
def api(sandbox: RunningSandbox) -> Generator[httpx.Client]:
    """A client of its API."""
    with sandbox.client() as client:
        yield client
