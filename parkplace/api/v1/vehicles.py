"""Vehicles: what somebody drives, so that a plate is typed once."""

from uuid import UUID

from fastapi import APIRouter, Response

from parkplace.accounts import vehicles
from parkplace.api.deps import KeyDep, NowDep, UserDep
from parkplace.api.etags import IfMatchDep, require_match, tag, tagged
from parkplace.api.problems import problems
from parkplace.api.schemas.vehicles import VehicleChangeIn, VehicleIn, VehicleOut, VehiclesOut
from parkplace.core.db import transaction
from parkplace.core.idempotency import once

router = APIRouter(prefix="/vehicles", tags=["vehicles"])


@router.get("", responses=problems(401))
def mine(user: UserDep) -> VehiclesOut:
    """Return one's vehicles, the default first."""
    with transaction() as session:
        found = vehicles.of(session, user=user)
        return VehiclesOut(items=[VehicleOut.of(vehicle) for vehicle in found])


@router.post("", status_code=201, responses=problems(401, 403, 404, 409, 422))
def add(
    body: VehicleIn, user: UserDep, response: Response, now: NowDep, key: KeyDep = None
) -> VehicleOut:
    """Write a vehicle down. The first one is the default; a plate stands on the list once."""

    def first_time() -> dict[str, object]:
        added = vehicles.add(
            session, user=user, draft=body.to_draft(), is_default=body.is_default, now=now
        )
        return VehicleOut.of(added).model_dump(mode="json")

    with transaction() as session:
        answer = once(
            session,
            scope=f"POST vehicles {user.id}",
            key=key,
            request=body.model_dump(mode="json"),
            now=now,
            answer=first_time,
        )
    out = VehicleOut.model_validate(answer)
    return tagged(response, out)


@router.get("/{vehicle_id}", responses=problems(401, 404, 422))
def read(vehicle_id: UUID, user: UserDep, response: Response) -> VehicleOut:
    """Return one of one's vehicles."""
    with transaction() as session:
        out = VehicleOut.of(vehicles.own(session, user=user, vehicle_id=vehicle_id))
    return tagged(response, out)


@router.patch("/{vehicle_id}", responses=problems(401, 403, 404, 409, 412, 422))
def change(
    *,
    vehicle_id: UUID,
    body: VehicleChangeIn,
    user: UserDep,
    response: Response,
    now: NowDep,
    if_match: IfMatchDep,
) -> VehicleOut:
    """Change a vehicle, or make it the default; bookings made before keep the plate they have."""
    with transaction() as session:
        before = vehicles.changing(session, user=user, vehicle_id=vehicle_id)
        require_match(if_match, tag(VehicleOut.of(before)))
        changed = vehicles.change(
            session,
            user=user,
            vehicle_id=vehicle_id,
            draft=body.changed(vehicles.draft_of(before)),
            is_default=body.is_default,
            now=now,
        )
        out = VehicleOut.of(changed)
    return tagged(response, out)


@router.delete("/{vehicle_id}", status_code=204, responses=problems(401, 403, 404, 422))
def remove(vehicle_id: UUID, user: UserDep) -> None:
    """Forget a vehicle; after the default, the one that was added first is the default."""
    with transaction() as session:
        vehicles.remove(session, user=user, vehicle_id=vehicle_id)
