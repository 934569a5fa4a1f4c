"""Spaces in several cities and three people, so that the first look is at something.

Everything here is invented. It goes through the same services as what people type, and doing it
again changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime

import httpx
from sqlmodel import Session

from parkplace.accounts.admins import create_admin
from parkplace.accounts.models import User
from parkplace.accounts.origin import HERE
from parkplace.accounts.queries import user_by_email
from parkplace.accounts.service import register
from parkplace.accounts.verification import mark_verified
from parkplace.core.db import transaction
from parkplace.core.geo import Point
from parkplace.core.settings import DEMO_PASSWORD
from parkplace.payments.flows import onboarding
from parkplace.spaces.drafts import Draft
from parkplace.spaces.hours import Hours, parse_weekly
from parkplace.spaces.models import SpaceKind
from parkplace.spaces.service import create, publish

DOMAIN = "parkplace.example"
_WORKDAYS, _WEEK = range(5), range(7)


@dataclass(frozen=True, slots=True)
class _Spot:
    """A space in one line: prices in minor units, hours as (days, opens, closes)."""

    title: str
    address: str
    at: tuple[float, float]
    kind: SpaceKind
    hour: int
    day: int | None
    currency: str
    bays: int = 1
    tags: str = ""
    hours: tuple[range, str, str] | None = None
    instant: bool = True
    about: str = ""


_STREET, _LOT = SpaceKind.STREET, SpaceKind.LOT
_GARAGE, _DRIVEWAY = SpaceKind.GARAGE, SpaceKind.DRIVEWAY

_SPOTS = (
    _Spot("St Marks Place garage", "12 St Marks Place, New York", (40.7290, -73.9888), _GARAGE,
          450, 2800, "USD", 2, "covered ev", about="Ring bell 3; the gate opens for your plate."),
    _Spot("Elizabeth Street bay", "240 Elizabeth Street, New York", (40.7232, -73.9937), _STREET,
          300, None, "USD", 1, "", (range(6), "08:00", "22:00")),
    _Spot("Bond Street driveway", "31 Bond Street, New York", (40.7262, -73.9932), _DRIVEWAY,
          600, 3600, "USD", 1, "gated", instant=False, about="Room for one car up to 4.9 m."),
    _Spot("Mercer lot", "110 Mercer Street, New York", (40.7239, -73.9995), _LOT,
          900, 4500, "USD", 24, "attended lit"),
    _Spot("Tompkins Square bay", "300 East 10th Street, New York", (40.7277, -73.9818), _STREET,
          250, 1800, "USD"),
    _Spot("Lafayette garage", "420 Lafayette Street, New York", (40.7283, -73.9925), _GARAGE,
          720, 4200, "USD", 12, "covered cctv ev"),
    _Spot("Great Jones yard", "25 Great Jones Street, New York", (40.7270, -73.9938), _LOT,
          480, None, "USD", 6, "gated lit", (_WEEK, "06:00", "24:00")),
    _Spot("Camden Lock yard", "8 Jamestown Road, London", (51.5399, -0.1466), _LOT,
          420, 2400, "GBP", 8, "lit cctv"),
    _Spot("Bermondsey driveway", "91 Bermondsey Street, London", (51.5007, -0.0819), _DRIVEWAY,
          350, 1900, "GBP", 1, "", instant=False),
    _Spot("Shoreditch basement", "14 Curtain Road, London", (51.5238, -0.0817), _GARAGE,
          600, 3200, "GBP", 5, "covered gated"),
    _Spot("Kreuzberg Hof", "Oranienstraße 25, Berlin", (52.5003, 13.4219), _LOT,
          220, 1400, "EUR", 4, "gated"),
    _Spot("Prenzlauer Tiefgarage", "Schönhauser Allee 80, Berlin", (52.5490, 13.4133), _GARAGE,
          280, 1600, "EUR", 30, "covered ev accessible"),
    _Spot("Langstrasse Parkplatz", "Langstrasse 120, Zürich", (47.3786, 8.5262), _STREET,
          300, 2500, "CHF", 3, "", (_WORKDAYS, "07:00", "19:00")),
    _Spot("Roosevelt Row lot", "410 East Roosevelt Street, Phoenix", (33.4586, -112.0666), _LOT,
          200, 1200, "USD", 18, "lit"),
    _Spot("Shimokitazawa corner", "2-24 Kitazawa, Tokyo", (35.6614, 139.6680), _LOT,
          600, 2400, "JPY", 3, "lit"),
    _Spot("Indiranagar porch", "100 Feet Road, Bengaluru", (12.9719, 77.6412), _DRIVEWAY,
          6000, 40000, "INR", 1, "covered"),
    _Spot("Newtown lane", "5 Mary Street, Sydney", (-33.8983, 151.1794), _STREET,
          450, None, "AUD", 2),
)  # fmt: skip


def fill(session: Session, *, now: datetime) -> bool:
    """Add the demo's people and spaces; False if they are there already."""
    if user_by_email(session, email=f"driver@{DOMAIN}") is not None:
        return False
    _person(session, "driver", "Dana Kim", now=now)
    host = _person(session, "host", "Owen Hart", now=now)
    admin = f"admin@{DOMAIN}"
    create_admin(session, email=admin, name="Ada Moss", password=DEMO_PASSWORD, now=now)
    for spot in _SPOTS:
        space = create(session, actor=host, draft=_draft(spot), now=now)
        publish(session, actor=host, space_id=space.id, now=now)
    return True


def bring_host_to_stripe(*, now: datetime) -> None:
    """Let the demo's host be paid: press the one button of the sandbox's questions to hosts.

    Doing it again changes nothing.

    Raises:
        GatewayUnavailable, GatewayRefused, httpx.HTTPError: The sandbox does not play along.
    """
    with transaction() as session:
        host = user_by_email(session, email=f"host@{DOMAIN}")
    if host is None:
        return
    known = onboarding.status(user=host, now=now)
    if known is None or not known.can_be_paid:
        url = onboarding.start(user=host, country="US", now=now)
        httpx.post(url, follow_redirects=False, trust_env=False)
        onboarding.status(user=host, now=now)


def _person(session: Session, role: str, name: str, *, now: datetime) -> User:
    email = f"{role}@{DOMAIN}"
    made = register(session, email=email, name=name, password=DEMO_PASSWORD, now=now)
    mark_verified(session, user=made, actor=None, origin=HERE, now=now)
    return made


def _draft(spot: _Spot) -> Draft:
    lat, lng = spot.at
    return Draft(
        title=spot.title,
        point=Point(lat=lat, lng=lng),
        kind=spot.kind,
        capacity=spot.bays,
        hour_minor=spot.hour,
        day_cap_minor=spot.day,
        currency=spot.currency,
        address=spot.address,
        hours=_hours(spot),
        tags=frozenset(spot.tags.split()),
        instructions=spot.about,
        instant=spot.instant,
    )


def _hours(spot: _Spot) -> Hours | None:
    if spot.hours is None:
        return None
    days, opens, closes = spot.hours
    return parse_weekly([{"day": day, "opens": opens, "closes": closes} for day in days])
