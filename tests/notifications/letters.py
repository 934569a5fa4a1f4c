"""One message of each kind, about Dana's stay in Owen's garage."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from parkplace.core.money import Money
from parkplace.core.times import Period
from parkplace.notifications.messages import (
    Cancelled,
    Changed,
    Confirmed,
    Cost,
    CostLine,
    Declined,
    Ended,
    FreshLink,
    Message,
    PaymentAction,
    PaymentFailed,
    ReportReceived,
    Requested,
    Stay,
    Welcome,
)

NOW = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
URL = "https://parking.example.com/g/token"

STAY = Stay(
    booking_id=UUID("01980000-0000-7000-8000-000000000001"),
    reference="8Q4-KX2H",
    space="St Marks Place garage",
    neighbourhood="East Village",
    address="12 St Marks Place, New York",
    bay=2,
    period=Period(NOW + 6 * HOUR, NOW + 9 * HOUR),
    timezone="America/New_York",
    plate="NY KLM4821",
)
COST = Cost(
    (CostLine("3 h at $4.00 an hour", Money(1200, "USD")), CostLine("Fee", Money(200, "USD"))),
    Money(1400, "USD"),
)
FREE = Cost((CostLine("3 h, free", Money(0, "USD")),), Money(0, "USD"))
CARD = "Visa ···· 4242"

EVERY_KIND: tuple[Message, ...] = (
    Welcome(url=URL),
    Confirmed(stay=STAY, cost=COST, url=URL, card=CARD, instructions="Ring bell 3.\nBay 2."),
    Requested(stay=STAY, cost=COST, url=URL, answer_by=NOW + 2 * HOUR),
    Declined(stay=STAY, url=URL, why="The gate is broken"),
    Changed(stay=replace(STAY, changes=1), cost=COST, url=URL),
    Cancelled(stay=replace(STAY, changes=2), by="the host", url=URL),
    Ended(stay=STAY, cost=COST, url=URL, card=CARD),
    PaymentFailed(stay=STAY, due=COST.total, url=URL, card=CARD, next_try=NOW + timedelta(days=1)),
    PaymentAction(stay=STAY, due=COST.total, url=URL, card=CARD),
    FreshLink(reference=STAY.reference, url=URL),
    ReportReceived(plate="KLM4821", problem="in my bay", url=URL, region="NY"),
)
