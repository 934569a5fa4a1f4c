"""The shapes of vehicles."""

from dataclasses import replace
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from parkplace.accounts.models import Vehicle, VehicleKind
from parkplace.accounts.vehicles import HEIGHT, LENGTH, WIDTH, Draft
from parkplace.api.schemas.common import In, InstantOut, Out, Yes

_MOST = 1000  # far beyond what is accepted; the service says the exact bound in words

HeightCm = Annotated[int, Field(strict=True, ge=HEIGHT[0], le=HEIGHT[1], examples=[165])]
LengthCm = Annotated[int, Field(strict=True, ge=LENGTH[0], le=LENGTH[1], examples=[430])]
WidthCm = Annotated[int, Field(strict=True, ge=WIDTH[0], le=WIDTH[1], examples=[180])]


class VehicleIn(In):
    """A vehicle; the first one of a person is their default."""

    plate: str = Field(max_length=_MOST, examples=["KLM 4821"])
    region: str = Field("", max_length=_MOST, examples=["NY"])
    nickname: str = Field("", max_length=_MOST, examples=["The red one"])
    kind: VehicleKind = VehicleKind.CAR
    height_cm: HeightCm | None = None
    length_cm: LengthCm | None = None
    width_cm: WidthCm | None = None
    is_default: Yes = False

    def to_draft(self) -> Draft:
        """Return what the service wants."""
        return Draft(**self.model_dump(exclude={"is_default"}))


class VehicleChangeIn(In):
    """What to change of a vehicle; a size that is null is not known any more."""

    plate: str = Field("", max_length=_MOST)
    region: str = Field("", max_length=_MOST)
    nickname: str = Field("", max_length=_MOST)
    kind: VehicleKind = VehicleKind.CAR
    height_cm: HeightCm | None = None
    length_cm: LengthCm | None = None
    width_cm: WidthCm | None = None
    is_default: Yes | None = None

    def changed(self, before: Draft) -> Draft:
        """Return what is said about the vehicle with this change."""
        return replace(before, **self.model_dump(exclude_unset=True, exclude={"is_default"}))


class VehicleOut(Out):
    """A vehicle, as its driver sees it; sizes in centimetres."""

    id: UUID
    plate: str
    region: str
    nickname: str
    kind: VehicleKind
    height_cm: int | None
    length_cm: int | None
    width_cm: int | None
    is_default: bool
    created_at: InstantOut
    updated_at: InstantOut

    @classmethod
    def of(cls, vehicle: Vehicle) -> Self:
        """Return a vehicle in its shape."""
        return cls.model_validate(vehicle)


class VehiclesOut(Out):
    """Somebody's vehicles, the default first; there are twenty at most."""

    items: list[VehicleOut]
    next_cursor: None = None
