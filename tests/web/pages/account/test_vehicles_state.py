import asyncio

from sqlmodel import Session, select

from parkplace.accounts import vehicles
from parkplace.accounts.models import User, Vehicle
from parkplace.accounts.vehicles import Draft
from parkplace.web.pages.account.vehicles_state import VehiclesState
from tests import factories as make
from tests.factories import NOW
from tests.web.pages.visiting import all_of, at, cookie

FORM = {"plate": "klm 4821", "region": "ny", "kind": "van", "nickname": "", "height_cm": "1,95"}


def tab(session: Session, user: User) -> VehiclesState:
    state = at(VehiclesState(), "/account/vehicles", cookie=cookie(session, user))
    asyncio.run(state.load())
    return state


def test_a_vehicle_is_added_changed_and_removed(session: Session) -> None:
    state = tab(session, make.dana(session))
    assert state.cars == []
    asyncio.run(all_of(state.add()))

    sent = asyncio.run(all_of(state.save(FORM)))

    assert sent[:2] == ["close vehicle", "focus add-vehicle"]
    [car] = state.cars
    assert (car.name, car.plate, car.region, car.facts) == ("Van", "KLM4821", "NY", "1.95 m high")
    assert car.is_default

    asyncio.run(all_of(state.edit(car.id)))
    assert (state.editing, state.typed["height_cm"], state.typed["kind"]) == (car.id, "1.95", "van")
    asyncio.run(all_of(state.save(state.typed | {"nickname": "Bus", "height_cm": ""})))
    [car] = state.cars
    assert (car.name, car.facts) == ("Bus", "Van")

    state.ask(car.id)
    asyncio.run(all_of(state.remove()))
    assert state.cars == []
    assert session.exec(select(Vehicle)).all() == []


def test_what_is_wrong_is_said_at_its_field_in_metres(session: Session) -> None:
    state = tab(session, make.dana(session))
    asyncio.run(all_of(state.add()))
    for field, typed, said in (
        ("plate", "", "Give the vehicle's licence plate."),
        ("height_cm", "tall", "Give metres, such as 1.95."),
        ("height_cm", "0.2", "Give metres, from 0.5 to 5."),
        ("length_cm", "NaN", "Give metres, such as 1.95."),
        ("width_cm", "1e9", "Give metres, from 0.3 to 4."),
    ):
        [focus] = asyncio.run(all_of(state.save(FORM | {field: typed})))
        assert focus == f"focus field-{field}"
        assert state.wrong == {field: said}
    assert state.cars == []


def test_another_can_be_the_first_choice(session: Session) -> None:
    dana = make.dana(session)
    for plate in ("ONE", "TWO"):
        vehicles.add(session, user=dana, draft=Draft(plate=plate), now=NOW)
    state = tab(session, dana)
    assert [car.plate for car in state.cars] == ["ONE", "TWO"]

    asyncio.run(all_of(state.make_default(state.cars[1].id)))

    assert [(car.plate, car.is_default) for car in state.cars] == [("TWO", True), ("ONE", False)]


def test_sam_reaches_no_vehicle_of_danas(session: Session) -> None:
    dana = make.dana(session)
    hers = vehicles.add(session, user=dana, draft=Draft(plate="HERS"), now=NOW)
    state = tab(session, make.sam(session))

    [edited] = asyncio.run(all_of(state.edit(str(hers.id))))
    state.ask(str(hers.id))
    [removed, _] = asyncio.run(all_of(state.remove()))
    [preferred] = asyncio.run(all_of(state.make_default("no id at all")))

    for said in (edited, removed, preferred):
        assert "There is no such vehicle." in said
    assert session.exec(select(Vehicle.plate)).all() == ["HERS"]
