"""What this process counts of itself, for Prometheus; each process answers for itself alone.

Counting costs microseconds and needs no database. What is asked of the database is added by the
door when somebody looks (`api.metrics`).
"""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)

REQUESTS = Counter(
    "parkplace_requests",
    "Answers, by the route's template; what no route has is `other`.",
    ("method", "route", "status"),
    registry=REGISTRY,
)
SECONDS = Histogram(
    "parkplace_request_seconds",
    "Time from a request's arrival until its answer begins.",
    ("route",),
    # A search takes milliseconds, a sign-in as long as argon2 asks, a card page as Stripe does.
    buckets=(0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=REGISTRY,
)
SOCKETS = Gauge("parkplace_websockets", "Pages that are open now.", registry=REGISTRY)
TRANSACTIONS = Counter(
    "parkplace_transactions",
    "Transactions of this process, by how they ended.",
    ("outcome",),
    registry=REGISTRY,
)
COMMITTED, ROLLED_BACK = (TRANSACTIONS.labels(how) for how in ("committed", "rolled_back"))
