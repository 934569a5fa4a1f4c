"""How a page calls a service: one call, one transaction, on a thread of its own.

Handlers of pages share one event loop; a blocking call in it would make every visitor wait.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from sqlmodel import Session

from parkplace.core.db import transaction

T = TypeVar("T")

# As many as the engine keeps connections: more would only wait for one.
_workers = ThreadPoolExecutor(max_workers=16, thread_name_prefix="page")


async def run(call: Callable[[Session], T]) -> T:
    """Return what `call` returns, having committed its transaction.

    Args:
        call: One service call or a few queries; it takes the open session. Values that outlive it
            must be view data, not rows.

    Raises:
        DomainError: What the service refused; the transaction is rolled back.
    """
    return await aside(lambda: _in_transaction(call))


async def aside(work: Callable[[], T]) -> T:
    """Return what `work` returns, done on a thread: for what blocks and opens its own transactions.

    Args:
        work: Something that takes time, such as one of the flows that talk to Stripe.
    """
    context = copy_context()
    return await asyncio.get_running_loop().run_in_executor(_workers, context.run, work)


def _in_transaction(call: Callable[[Session], T]) -> T:
    with transaction() as session:
        return call(session)
