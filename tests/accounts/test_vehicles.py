from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from parkplace.accounts import vehicles
from parkplace.accounts.models import User, Vehicle, VehicleKind
from parkplace.accounts.vehicles import (
    BadSize,
    DefaultNeeded,
    Draft,
    TooManyVehicles,
    VehicleKnown,
    VehicleNotFound,
    VehiclePlateNeeded,
)
from parkplace.core.db import transaction
from parkplace.core.errors import Conflict, DomainError, NotFound
from parkplace.core.ids import new_id
from parkplace.core.plates import BadPlate
from parkplace.core.texts import TextTooLong
from tests.accounts.at_once import at_once
from tests.accounts.people import NOW, person

RED = Draft(plate="klm-4821", region="ny", nickname=" The red one ", kind=VehicleKind.VAN)


@pytest.fixture
def dana(session: Session) -> User:
    return person(session, "Dana")


def add(session: Session, user: User, plate: str, *, is_default: bool = False) -> Vehicle:
    return vehicles.add(
        session, user=user, draft=Draft(plate=plate), is_default=is_default, now=NOW
    )


def defaults(session: Session, user: User) -> list[str]:
    return [vehicle.plate for vehicle in vehicles.of(session, user=user) if vehicle.is_default]


def test_a_plate_is_kept_in_its_one_spelling(session: Session, dana: User) -> None:
    red = vehicles.add(session, user=dana, draft=RED, now=NOW)
    assert (red.plate, red.region, red.nickname) == ("KLM4821", "NY", "The red one")
    assert vehicles.draft_of(red) == replace(
        RED, plate="KLM4821", region="NY", nickname="The red one"
    )


@pytest.mark.parametrize(
    ("draft", "error", "field"),
    [
        (replace(RED, plate=" "), VehiclePlateNeeded, "plate"),
        (replace(RED, plate="KLM/4821"), BadPlate, "plate"),
        (replace(RED, region="N1"), BadPlate, "region"),
        (replace(RED, nickname="n" * 41), TextTooLong, "nickname"),
        (replace(RED, height_cm=49), BadSize, "height_cm"),
        (replace(RED, length_cm=2501), BadSize, "length_cm"),
        (replace(RED, width_cm=401), BadSize, "width_cm"),
    ],
)
def test_what_is_no_vehicle_is_refused(
    session: Session, dana: User, draft: Draft, error: type[DomainError], field: str
) -> None:
    with pytest.raises(error) as raised:
        vehicles.add(session, user=dana, draft=draft, now=NOW)
    assert raised.value.field == field
    assert vehicles.of(session, user=dana) == []


def test_a_plate_stands_once_on_each_persons_list(session: Session, dana: User) -> None:
    red, blue = add(session, dana, "KLM 4821"), add(session, dana, "XYZ 1")
    with pytest.raises(VehicleKnown):
        add(session, dana, "klm4821")
    with pytest.raises(VehicleKnown):
        vehicles.change(
            session, user=dana, vehicle_id=blue.id, draft=vehicles.draft_of(red), now=NOW
        )
    vehicles.add(session, user=dana, draft=Draft(plate="KLM4821", region="D"), now=NOW)
    add(session, person(session, "Sam"), "KLM 4821")


def test_nobody_has_more_than_twenty(session: Session, dana: User) -> None:
    for number in range(vehicles.MOST):
        add(session, dana, f"KLM {number}")
    with pytest.raises(TooManyVehicles):
        add(session, dana, "KLM 20")


def test_the_default_is_the_first_until_another_is_made_it(session: Session, dana: User) -> None:
    red, blue = add(session, dana, "RED"), add(session, dana, "BLUE")
    assert defaults(session, dana) == ["RED"]
    add(session, dana, "GREEN", is_default=True)
    assert defaults(session, dana) == ["GREEN"]
    draft = vehicles.draft_of(blue)
    vehicles.change(session, user=dana, vehicle_id=blue.id, draft=draft, is_default=True, now=NOW)
    assert defaults(session, dana) == ["BLUE"]
    with pytest.raises(DefaultNeeded):
        vehicles.change(
            session, user=dana, vehicle_id=blue.id, draft=draft, is_default=False, now=NOW
        )
    vehicles.remove(session, user=dana, vehicle_id=blue.id)
    assert defaults(session, dana) == ["RED"]
    assert [one.plate for one in vehicles.of(session, user=dana)] == ["RED", "GREEN"]
    assert red.is_default


Deed = Callable[[Session, User, Vehicle], object]
DEEDS: dict[str, Deed] = {
    "read": lambda s, u, v: vehicles.own(s, user=u, vehicle_id=v.id),
    "change": lambda s, u, v: vehicles.change(
        s, user=u, vehicle_id=v.id, draft=Draft(plate="MINE"), now=NOW
    ),
    "remove": lambda s, u, v: vehicles.remove(s, user=u, vehicle_id=v.id),
}


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
@pytest.mark.parametrize("admin", [False, True])
def test_nobody_reaches_anothers_vehicle(
    session: Session, dana: User, deed: Deed, *, admin: bool
) -> None:
    red = add(session, dana, "RED")
    sam = person(session, "Sam")
    sam.is_admin = admin
    with pytest.raises(VehicleNotFound):
        deed(session, sam, red)
    assert [one.plate for one in vehicles.of(session, user=dana)] == ["RED"]
    assert vehicles.of(session, user=sam) == []


def test_what_never_was_is_not_found(session: Session, dana: User) -> None:
    with pytest.raises(VehicleNotFound):
        vehicles.own(session, user=dana, vehicle_id=new_id())


@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["add", "first", "default", "remove"]), st.integers(0, 4)),
        max_size=12,
    )
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whoever_has_a_vehicle_has_one_default(
    session: Session, steps: list[tuple[str, int]]
) -> None:
    with session.begin_nested() as whole:
        user = person(session, f"Driver{new_id().hex}")
        for what, which in steps:
            try:
                _do(session, user, what, which)
            except (Conflict, NotFound):
                continue
            assert len(defaults(session, user)) == min(1, len(vehicles.of(session, user=user)))
        whole.rollback()


def _do(session: Session, user: User, what: str, which: int) -> None:
    there = vehicles.of(session, user=user)
    if what in {"add", "first"}:
        add(session, user, f"P{which}", is_default=what == "first")
    elif there:
        one = there[which % len(there)]
        if what == "remove":
            vehicles.remove(session, user=user, vehicle_id=one.id)
        else:
            vehicles.change(
                session,
                user=user,
                vehicle_id=one.id,
                draft=vehicles.draft_of(one),
                is_default=True,
                now=NOW,
            )


@pytest.mark.usefixtures("committed_database")
def test_of_many_added_at_once_one_is_the_default_and_none_is_there_twice() -> None:
    with transaction() as session:
        dana = person(session, "Dana")

    def try_to(plate: str) -> str:
        try:
            with transaction() as session:
                add(session, dana, plate, is_default=True)
        except VehicleKnown as error:
            return error.code
        return plate

    told = at_once(try_to, ["RED", "BLUE", "RED", "GREEN", "RED", "BLUE"])
    assert told.count("vehicle_known") == 3
    with transaction() as session:
        rows = session.exec(select(Vehicle).where(col(Vehicle.user_id) == dana.id)).all()
    assert sorted(row.plate for row in rows) == ["BLUE", "GREEN", "RED"]
    assert sum(row.is_default for row in rows) == 1
