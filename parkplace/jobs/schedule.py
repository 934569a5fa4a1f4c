"""When each job runs.

Any number of schedulers may run at once, in the app and as processes of their own: what a job does
is right however often it is done.
"""

import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler

from parkplace.core import logs
from parkplace.core.clock import utc_now
from parkplace.jobs import card_pages, charges, departures, heartbeat, outbox, payouts, stays, tidy

log = logging.getLogger(__name__)

# Seconds between runs. A stay's end is acted on, and charged, within two seconds.
EVERY: dict[str, tuple[Callable[[], None], float]] = {
    "stays": (stays.run, 1),
    "charges": (charges.run, 1),
    "outbox": (outbox.run, 2),
    "payouts": (payouts.run, 5),
    "heartbeat": (heartbeat.run, 15),
    "card_pages": (card_pages.run, 30),
    "departures": (departures.run, 60),
    "tidy": (tidy.run, 3600),
}


def guarded(name: str, job: Callable[[], None]) -> Callable[[], None]:
    """Return the job so that its failure is logged and the next run happens all the same.

    Each run has a name of its own, which stands in every line that it logs.
    """

    def run() -> None:
        with logs.during(f"{name}-{logs.new_name()}"):
            try:
                job()
            except Exception as error:  # noqa: BLE001 - the scheduler must outlive any job
                logs.incident(log.getChild(name), error)
            else:
                heartbeat.LAST[name] = utc_now()

    return run


def add_jobs(scheduler: BaseScheduler) -> None:
    """Put every job on a scheduler, to run at once and then again and again.

    A run that is still going on is not doubled; that is as it should be, and no news.
    """
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    for name, (job, seconds) in EVERY.items():
        scheduler.add_job(
            guarded(name, job),
            "interval",
            seconds=seconds,
            id=name,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
            next_run_time=datetime.now(UTC),
        )


def start() -> BackgroundScheduler:
    """Start the jobs on threads of this process and return their scheduler, to be shut down."""
    scheduler = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(len(EVERY))}, timezone="UTC"
    )
    add_jobs(scheduler)
    scheduler.start()
    return scheduler


@asynccontextmanager
async def alongside() -> AsyncGenerator[None, None]:
    """Run the jobs for as long as the app that enters this runs."""
    scheduler = start()
    try:
        yield
    finally:
        # A job under way finishes on its thread; waiting for it here would hold up the app's end.
        scheduler.shutdown(wait=False)
