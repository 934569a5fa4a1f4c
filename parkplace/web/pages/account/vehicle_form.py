"""What a vehicle's form says and carries; sizes in metres, as on the signs."""

from decimal import Decimal, InvalidOperation

from parkplace.accounts.models import Vehicle, VehicleKind
from parkplace.accounts.vehicles import HEIGHT, LENGTH, WIDTH, BadSize, Draft

_SIZES = {"height_cm": HEIGHT, "length_cm": LENGTH, "width_cm": WIDTH}


def typed_of(vehicle: Vehicle | None) -> dict[str, str]:
    """Return what a form begins with: a vehicle's own values, or nothing."""
    if vehicle is None:
        return {"kind": VehicleKind.CAR} | dict.fromkeys(
            ("plate", "region", "nickname", *_SIZES), ""
        )
    sizes = {name: _metres(getattr(vehicle, name)) for name in _SIZES}
    return {
        "kind": vehicle.kind,
        "plate": vehicle.plate,
        "region": vehicle.region,
        "nickname": vehicle.nickname,
        **sizes,
    }


def draft(form: dict[str, object]) -> Draft:
    """Return what a form carries.

    Raises:
        BadSize: A size is no number; the error names its field.
    """
    said = {name: str(form.get(name, "")).strip() for name in ("plate", "region", "nickname")}
    kind = str(form.get("kind", ""))
    height, length, width = (_centimetres(form, name) for name in _SIZES)
    return Draft(
        **said,
        kind=VehicleKind(kind) if kind in set(VehicleKind) else VehicleKind.CAR,
        height_cm=height,
        length_cm=length,
        width_cm=width,
    )


def _metres(centimetres: int | None) -> str:
    return "" if centimetres is None else f"{centimetres / 100:g}"


def _centimetres(form: dict[str, object], name: str) -> int | None:
    typed = str(form.get(name, "")).strip().replace(",", ".")
    if not typed:
        return None
    try:
        metres = Decimal(typed)
    except InvalidOperation:
        metres = Decimal("NaN")
    if not metres.is_finite():
        raise BadSize("Give metres, such as 1.95.", field=name)
    least, most = _SIZES[name]
    if not least <= metres * 100 <= most:
        # The service says it in centimetres, which nobody typed here.
        raise BadSize(f"Give metres, from {least / 100:g} to {most / 100:g}.", field=name)
    return round(metres * 100)
