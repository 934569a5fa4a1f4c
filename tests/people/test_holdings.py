"""No table that names a person can be forgotten, when they ask what is kept or when they leave."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import Table

from parkplace.accounts.models import User
from parkplace.core.columns import metadata
from parkplace.people.holdings import EXPORTED, NOT_EXPORTED, ON_LEAVING

PRODUCT = Path(__file__).parents[2] / "parkplace"
# How columns are called that say who somebody is, or by what others know them.
_NAMES = re.compile(
    r"email|address|plate|phone|name$|(user|driver|host|owner|actor|subject|reporter|person)_id$"
    r"|_by$|scope|customer"
)
# Columns that are called like that and say nothing of a person, and why.
_NOBODY = {
    "schedules": "zones and hours",
    "streets": "streets have names",
    "heartbeats": "jobs have names",
    "departures": "stands in both lists as what it is",
}
_SECRET = re.compile(r"hash|secret|token|stripe_id|^url$|digest")


def tables() -> dict[str, Table]:
    for models in sorted(PRODUCT.glob("*/models.py")):
        import_module(f"parkplace.{models.parent.name}.models")
    return dict(metadata().tables)


def belongs(table: Table) -> bool:
    """Whether a table's rows go with their person by themselves."""
    return any(
        key.column.table.name == User.__tablename__ and key.ondelete == "CASCADE"
        for key in table.foreign_keys
    )


def names_somebody(table: Table) -> bool:
    refers = any(key.column.table.name == User.__tablename__ for key in table.foreign_keys)
    return refers or any(_NAMES.search(column.name) for column in table.columns)


NAMING = sorted(
    name for name, table in tables().items() if names_somebody(table) and name not in _NOBODY
)


def test_the_tables_that_name_people_are_found() -> None:
    assert {"users", "bookings", "vehicles", "emails", "audit_entries", "reports"} <= set(NAMING)


@pytest.mark.parametrize("name", NAMING)
def test_what_names_somebody_is_shown_to_them_or_says_why_not(name: str) -> None:
    shown = {holding.table for holding in EXPORTED}
    assert (name in shown) != (name in NOT_EXPORTED), f"{name}: put it into people/holdings.py"


@pytest.mark.parametrize("name", NAMING)
def test_what_names_somebody_says_what_becomes_of_it_when_they_leave(name: str) -> None:
    assert belongs(tables()[name]) or ON_LEAVING.get(name), f"{name}: see people/forgetting.py"


def test_what_stands_in_the_lists_exists() -> None:
    known = set(tables())
    assert {holding.table for holding in EXPORTED} <= known
    assert set(NOT_EXPORTED) | set(ON_LEAVING) | set(_NOBODY) <= known
    assert all(NOT_EXPORTED.values())
    sections = [holding.section for holding in EXPORTED]
    assert len(sections) == len(set(sections))


@pytest.mark.parametrize("holding", EXPORTED, ids=lambda holding: holding.table)
def test_no_secret_is_shown_and_what_is_left_out_exists(holding: object) -> None:
    found = next(one for one in EXPORTED if one is holding)
    columns = {column.name for column in found.rows_of().columns}
    assert set(found.without) <= columns
    shown = {name for name in columns - set(found.without) if _SECRET.search(name)}
    assert not shown


def test_every_column_of_an_account_has_a_value_to_go_back_to() -> None:
    kept = {"id", "created_at", "email", "name", "password_hash", "suspended_at", "deleted_at"}
    for name, field in User.model_fields.items():
        assert name in kept or not field.is_required(), name
