"""What the tests of bookings share."""

from collections.abc import Generator

import pytest

from tests.stripe import paid_through
from tests.stripe_sandbox.running import RunningSandbox


@pytest.fixture
def stripe(stripe_sandbox: RunningSandbox) -> Generator[RunningSandbox]:
    """The sandbox, through which this test pays."""
    with paid_through(stripe_sandbox) as sandbox:
        yield sandbox
