"""The product pointed at the sandbox, as `make run` does it."""

import os
from collections.abc import Generator
from contextlib import contextmanager

from parkplace.core.settings import get_settings
from parkplace.payments.gateway import gateway
from tests.stripe_sandbox.running import RunningSandbox


@contextmanager
def paid_through(sandbox: RunningSandbox) -> Generator[RunningSandbox]:
    """Make this process, and the programs it starts, pay through a sandbox."""
    given = {
        "STRIPE_API_KEY": sandbox.api_key,
        "STRIPE_BASE_URL": sandbox.url,
        "STRIPE_WEBHOOK_SECRET": sandbox.webhook_secret,
    }
    os.environ.update(given)
    get_settings.cache_clear()
    gateway.cache_clear()
    try:
        yield sandbox
    finally:
        gateway().close()
        for name in given:
            del os.environ[name]
        get_settings.cache_clear()
        gateway.cache_clear()
        sandbox.faults(clear=True)
        sandbox.send_webhooks_to(None)
