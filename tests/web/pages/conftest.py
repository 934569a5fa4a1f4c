"""What the tests of pages share."""

from collections.abc import Generator
from datetime import UTC, datetime

import pytest

from parkplace.core import clock
from tests.factories import NOW
from tests.stripe import paid_through
from tests.stripe_sandbox.running import RunningSandbox


@pytest.fixture
def noon() -> Generator[None]:
    """It is noon in New York on 21 November 2026, for pages too."""
    clock.travel(NOW - datetime.now(UTC))
    yield
    clock.travel(NOW - NOW)


@pytest.fixture
def stripe(stripe_sandbox: RunningSandbox) -> Generator[RunningSandbox]:
    """The sandbox, through which this test pays."""
    with paid_through(stripe_sandbox) as sandbox:
        yield sandbox
