"""Several people doing one thing at the same moment."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Who = TypeVar("Who")
Outcome = TypeVar("Outcome")


def at_once(act: Callable[[Who], Outcome], people: Iterable[Who]) -> list[Outcome]:
    """Let everybody begin together, each on a thread; return what came of it, in their order."""
    everybody = list(people)
    gate = threading.Barrier(len(everybody))

    def begin(who: Who) -> Outcome:
        gate.wait()
        return act(who)

    with ThreadPoolExecutor(len(everybody)) as pool:
        return list(pool.map(begin, everybody))
