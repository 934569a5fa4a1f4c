"""Column shapes that every table shares; typed `Any`, as SQLModel's own `Field` is."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, DateTime, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from parkplace.core.ids import new_id

# Constraint names that migrations can find again.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Row(SQLModel):
    """What every table's class is made from."""

    # SQLModel declares a descriptor here and documents a plain string.
    __tablename__: ClassVar[str]  # pyright: ignore[reportIncompatibleVariableOverride]


def metadata() -> MetaData:
    """Return the tables of every model imported so far."""
    return SQLModel.metadata


def key() -> Any:
    """A UUIDv7 primary key."""
    return Field(default_factory=new_id, primary_key=True)


def timestamp(*, index: bool = False, optional: bool = False) -> Any:
    """A `timestamptz`."""
    if optional:
        return Field(default=None, sa_type=DateTime(timezone=True), index=index, nullable=True)
    return Field(sa_type=DateTime(timezone=True), index=index, nullable=False)


def json_column(*, optional: bool = False) -> Any:
    """A `jsonb`."""
    if optional:
        return Field(default=None, sa_type=JSONB, nullable=True)
    return Field(sa_type=JSONB, nullable=False)


def one_of(column: str, values: type[StrEnum] | Iterable[str]) -> CheckConstraint:
    """A check that a text column holds one of the words of an enumeration."""
    words = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({words})", name=column)
