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
    EmailChanged,
    EmailChangeNew,
    EmailChangeOld,
    EmailChangeTaken,
    Ended,
    FreshLink,
    IdentityApproved,
    IdentityRejected,
    Message,
    NewDevice,
    PasswordChanged,
    PaymentAction,
    PaymentFailed,
    Reinstated,
    ReportReceived,
    Requested,
    ResetPassword,
    SafetyNotice,
    Stay,
    Suspended,
    VerifyEmail,
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
    SafetyNotice(title="A way in", happened="It changed.", url=URL, network="203.0.113.0/24"),
    Suspended(why="Your garage is not there.\nTwo drivers say so.", url=URL),
    Reinstated(url=URL),
    IdentityApproved(url=URL),
    IdentityRejected(why="The picture is too dark.", url=URL),
    VerifyEmail(url=URL),
    ResetPassword(url=URL),
    PasswordChanged(url=URL),
    EmailChangeOld(email="dana@new.example", url=URL),
    EmailChangeNew(url=URL),
    EmailChangeTaken(url=URL),
    EmailChanged(email="dana@new.example", url=URL),
    NewDevice(device="Firefox on Linux", network="203.0.113.0/24", at=NOW, url=URL),
)
