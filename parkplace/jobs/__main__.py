"""`python -m parkplace.jobs`: the jobs as a process of their own, until it is told to stop."""

import signal
import threading

from parkplace.core import logs
from parkplace.jobs import schedule


def main() -> None:
    """Run the jobs until SIGINT or SIGTERM; jobs under way are finished first."""
    logs.configure()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    scheduler = schedule.start()
    stop.wait()
    scheduler.shutdown(wait=True)


if __name__ == "__main__":
    main()
