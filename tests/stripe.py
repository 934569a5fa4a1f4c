"""The product pointed at the sandbox, as `make run` does it."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime

from parkplace.core.settings import get_settings
from parkplace.payments.gateway import gateway
from tests.factories import NOW
from tests.stripe_sandbox.running import RunningSandbox


@contextmanager
def paid_through(
    sandbox: RunningSandbox, *, now: datetime | None = NOW
) -> Generator[RunningSandbox]:
    """Make this process, and the programs it starts, pay through a sandbox.

    The sandbox's clock is set, because it judges times that the product sends; None leaves it.
    """
    given = sandbox.environment()
    os.environ.update(given)
    get_settings.cache_clear()
    gateway.cache_clear()
    if now is not None:
        sandbox.clock_at(now)
    try:
        yield sandbox
    finally:
        gateway().close()
        for name in given:
            del os.environ[name]
        get_settings.cache_clear()
        gateway.cache_clear()
        sandbox.clock(0)
        sandbox.faults(clear=True)
        sandbox.send_webhooks_to(None)
