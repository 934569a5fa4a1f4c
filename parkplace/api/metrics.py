"""`/metrics`: what Prometheus reads; not for strangers."""

import hmac
import ipaddress
import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import PlainTextResponse, Response

from parkplace.api.deps import NowDep
from parkplace.api.errors import SignInNeeded
from parkplace.api.problems import problems
from parkplace.bookings import numbers
from parkplace.core import db, heartbeats, meters
from parkplace.core.errors import Forbidden
from parkplace.core.live import hub
from parkplace.core.settings import get_settings
from parkplace.notifications import queries as letters

log = logging.getLogger(__name__)
router = APIRouter(tags=["operations"])

KEPT = 15.0  # seconds: however often somebody looks, the database is asked no more than that
# What shows that a request came through a proxy, so that its peer says nothing about who asks.
_FORWARDED = ("x-forwarded-for", "x-real-ip", "forwarded", "via")
_token = HTTPBearer(
    auto_error=False, scheme_name="metrics", description="`PARKPLACE_METRICS_TOKEN`."
)


class MetricsClosed(Forbidden):
    """Raised when somebody else than the operator's own machines asks for figures."""

    code = "metrics_closed"


@dataclass(slots=True)
class Figures:
    """What the database said about itself, some seconds ago."""

    taken: float = 0.0
    bookings: dict[str, int] = field(default_factory=dict[str, int])
    letters: int = 0
    jobs: dict[str, datetime] = field(default_factory=dict[str, datetime])
    reached: bool = False


_figures = Figures()
_lock = threading.Lock()


def _operators_only(
    request: Request, token: Annotated[HTTPAuthorizationCredentials | None, Depends(_token)]
) -> None:
    wanted = get_settings().metrics_token
    if wanted is not None:
        sent = token.credentials if token else ""
        if not hmac.compare_digest(sent.encode(), wanted.get_secret_value().encode()):
            raise SignInNeeded("Send PARKPLACE_METRICS_TOKEN as Authorization: Bearer.")
    elif not _is_at_home(request):
        raise MetricsClosed("Set PARKPLACE_METRICS_TOKEN to read this from elsewhere.")


@router.get(
    "/metrics",
    response_class=PlainTextResponse,
    responses=problems(401, 403),
    dependencies=[Depends(_operators_only)],
    openapi_extra={"security": [{}]},  # on the machine itself, while no token is set
)
def metrics(now: NowDep) -> Response:
    """Return the figures of this process and of the database, as Prometheus reads them.

    They are for whoever sends the operator's token, or, where there is none, for this machine.
    """
    figures = _fresh()
    own = generate_latest(meters.REGISTRY)
    asked = generate_latest(_Asked(figures, now=now))
    headers = {"Cache-Control": "no-store", "Content-Type": CONTENT_TYPE_LATEST}
    return Response(own + asked, headers=headers)


def _is_at_home(request: Request) -> bool:
    """Whether a request comes from this machine or a trusted network, and through nobody else."""
    if request.client is None or any(name in request.headers for name in _FORWARDED):
        return False
    try:
        address = ipaddress.ip_address(request.client.host)
    except ValueError:
        return False
    networks = get_settings().trusted_proxies
    return address.is_loopback or any(address in network for network in networks)


def _fresh() -> Figures:
    """Return what the database says, asked at most every `KEPT` seconds."""
    global _figures  # noqa: PLW0603 - one process, one cache
    with _lock:
        if time.monotonic() - _figures.taken > KEPT or not _figures.taken:
            _figures = _ask()
        return _figures


def _ask() -> Figures:
    try:
        with db.reading() as session:
            return Figures(
                taken=time.monotonic(),
                bookings=numbers.open_by_status(session),
                letters=letters.waiting(session),
                jobs=heartbeats.all_of(session),
                reached=True,
            )
    except SQLAlchemyError as error:
        log.warning("no figures of the database: %s", type(error).__name__)
        return Figures(taken=time.monotonic())


class _Asked(Collector):
    """Figures that are looked up when somebody reads, and not counted as they happen."""

    def __init__(self, figures: Figures, *, now: datetime) -> None:
        self._figures = figures
        self._now = now

    def collect(self) -> Iterator[Metric]:
        figures = self._figures
        yield _gauge("parkplace_database_up", "Whether the database answered.", figures.reached)
        yield _gauge("parkplace_live_streams", "Event streams open now.", hub().count())
        if not figures.reached:
            return
        yield _gauges("parkplace_connections", "Connections in use.", "pool", db.connections())
        yield _gauges(
            "parkplace_bookings", "Bookings that are not over.", "status", figures.bookings
        )
        yield _gauge("parkplace_outbox_letters", "Letters that wait.", figures.letters)
        yield _gauges(
            "parkplace_job_seconds_since_success",
            "Since a job last ended well.",
            "job",
            {
                name.removeprefix(heartbeats.JOB): (self._now - at).total_seconds()
                for name, at in figures.jobs.items()
                if name.startswith(heartbeats.JOB)
            },
        )


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=value)


def _gauges(
    name: str, meaning: str, label: str, values: dict[str, int] | dict[str, float]
) -> Metric:
    family = GaugeMetricFamily(name, meaning, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family
