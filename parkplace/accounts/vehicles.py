"""The vehicles somebody drives. Each person's first is their default, and there is always one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from parkplace.accounts.models import User, Vehicle, VehicleKind
from parkplace.accounts.standing import person
from parkplace.core.errors import Conflict, Invalid, NotFound
from parkplace.core.plates import BadPlate, clean_plate, clean_region
from parkplace.core.texts import clean_text

MOST = 20
NICKNAME_MOST = 40
# In centimetres, from a folded scooter to a coach.
HEIGHT, LENGTH, WIDTH = (50, 500), (50, 2500), (30, 400)


class VehicleNotFound(NotFound):
    """Raised for a vehicle that does not exist, or is somebody else's."""

    code = "vehicle_not_found"


class VehicleKnown(Conflict):
    """Raised for a plate that is among the person's vehicles already."""

    code = "vehicle_known"


class TooManyVehicles(Conflict):
    """Raised when somebody has as many vehicles as one person drives."""

    code = "too_many_vehicles"


class VehiclePlateNeeded(Invalid):
    """Raised for a vehicle without a plate, by which nobody could tell whose it is."""

    code = "plate_needed"


class BadSize(Invalid):
    """Raised for a height, length or width that no vehicle has."""

    code = "bad_size"


class DefaultNeeded(Invalid):
    """Raised when the default would be none."""

    code = "default_needed"


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody says about a vehicle; sizes in centimetres, None where they do not know."""

    plate: str
    region: str = ""
    nickname: str = ""
    kind: VehicleKind = VehicleKind.CAR
    height_cm: int | None = None
    length_cm: int | None = None
    width_cm: int | None = None


def of(session: Session, *, user: User) -> list[Vehicle]:
    """Return somebody's vehicles, the default first, then the newest."""
    query = select(Vehicle).where(col(Vehicle.user_id) == user.id)
    order = (col(Vehicle.is_default).desc(), col(Vehicle.id).desc())
    return list(session.exec(query.order_by(*order).limit(MOST)))


def own(session: Session, *, user: User, vehicle_id: UUID) -> Vehicle:
    """Return one of somebody's vehicles.

    Raises:
        VehicleNotFound: There is none of theirs.
    """
    query = select(Vehicle).where(col(Vehicle.id) == vehicle_id, col(Vehicle.user_id) == user.id)
    found = session.exec(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise VehicleNotFound("There is no such vehicle. Look for it among yours.")
    return found


def add(
    session: Session, *, user: User, draft: Draft, is_default: bool = False, now: datetime
) -> Vehicle:
    """Write a vehicle down; the first one is the default.

    Raises:
        AccountUnknown: The person was deleted meanwhile.
        VehiclePlateNeeded, BadPlate, BadSize, TextTooLong, BadText: The error names the field.
        VehicleKnown: They have it already.
        TooManyVehicles: They have twenty.
    """
    values = _checked(draft)
    # Whoever changes a person's vehicles holds the person's row, so they come one after another.
    person(session, user_id=user.id)
    before = of(session, user=user)
    if len(before) >= MOST:
        raise TooManyVehicles(f"You have {MOST} vehicles. Remove one first.")
    _refuse_known(before, values)
    added = Vehicle(user_id=user.id, created_at=now, updated_at=now, **values)
    session.add(added)
    session.flush()
    if is_default or not before:
        _make_default(session, added)
    return added


def draft_of(vehicle: Vehicle) -> Draft:
    """Return what is said about a vehicle now, to change some of it with `dataclasses.replace`."""
    return Draft(
        plate=vehicle.plate,
        region=vehicle.region,
        nickname=vehicle.nickname,
        kind=VehicleKind(vehicle.kind),
        height_cm=vehicle.height_cm,
        length_cm=vehicle.length_cm,
        width_cm=vehicle.width_cm,
    )


def changing(session: Session, *, user: User, vehicle_id: UUID) -> Vehicle:
    """Return one of somebody's vehicles for a change; no other is made until this one is through.

    Raises:
        AccountUnknown: The person was deleted meanwhile.
        VehicleNotFound: There is none of theirs.
    """
    person(session, user_id=user.id)
    return own(session, user=user, vehicle_id=vehicle_id)


def change(
    session: Session,
    *,
    user: User,
    vehicle_id: UUID,
    draft: Draft,
    is_default: bool | None = None,
    now: datetime,
) -> Vehicle:
    """Replace what is said about a vehicle; bookings made before keep the plate they have.

    Raises:
        DefaultNeeded: It is the default, and would not be any more.
        As `changing` and `add` do.
    """
    vehicle = changing(session, user=user, vehicle_id=vehicle_id)
    if is_default is False and vehicle.is_default:
        raise DefaultNeeded("Make another vehicle the default instead.", field="is_default")
    values = _checked(draft)
    _refuse_known([one for one in of(session, user=user) if one.id != vehicle.id], values)
    for column, value in values.items():
        setattr(vehicle, column, value)
    vehicle.updated_at = now
    session.flush()
    if is_default:
        _make_default(session, vehicle)
    return vehicle


def remove(session: Session, *, user: User, vehicle_id: UUID) -> None:
    """Forget a vehicle; after the default, the one that was added first is the default.

    Raises:
        As `changing` does.
    """
    vehicle = changing(session, user=user, vehicle_id=vehicle_id)
    was_default = vehicle.is_default
    session.delete(vehicle)
    session.flush()
    rest = sorted(of(session, user=user), key=lambda other: other.id)
    if was_default and rest:
        _make_default(session, rest[0])


def _make_default(session: Session, vehicle: Vehicle) -> None:
    if vehicle.is_default:
        return
    query = select(Vehicle).where(col(Vehicle.user_id) == vehicle.user_id, col(Vehicle.is_default))
    for before in session.exec(query):
        before.is_default = False
    session.flush()
    vehicle.is_default = True
    session.flush()


def _refuse_known(others: list[Vehicle], values: dict[str, Any]) -> None:
    if (values["plate"], values["region"]) in {(one.plate, one.region) for one in others}:
        raise VehicleKnown("This vehicle is on your list already.", field="plate")


def _checked(draft: Draft) -> dict[str, Any]:
    plate = clean_plate(draft.plate)
    if not plate:
        raise VehiclePlateNeeded("Give the vehicle's licence plate.", field="plate")
    return {
        "plate": plate,
        "region": _region(draft.region),
        "nickname": clean_text(draft.nickname, field="nickname", most=NICKNAME_MOST),
        "kind": draft.kind,
        "height_cm": _size(draft.height_cm, HEIGHT, "height_cm"),
        "length_cm": _size(draft.length_cm, LENGTH, "length_cm"),
        "width_cm": _size(draft.width_cm, WIDTH, "width_cm"),
    }


def _region(typed: str) -> str:
    try:
        return clean_region(typed)
    except BadPlate as error:
        error.field = "region"
        raise


def _size(given: int | None, bounds: tuple[int, int], field: str) -> int | None:
    least, most = bounds
    if given is not None and not least <= given <= most:
        raise BadSize(f"Give centimetres, from {least} to {most}.", field=field)
    return given
