import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlmodel import Session, func, select
from typer.testing import CliRunner

from parkplace import cli
from parkplace.accounts.queries import user_by_email
from parkplace.core.db import transaction
from parkplace.core.errors import DomainError
from parkplace.spaces.importers.rows import Defaults, Rate
from parkplace.spaces.importers.service import import_spaces
from parkplace.spaces.models import Space, Street
from tests.factories import NOW, owen
from tests.spaces.importers.real import real
from tests.spaces.importers.test_service import COLUMNS, GARAGE

ROOT = Path(__file__).parents[3]
METERS = "Meter Number,Status,Meter_Hours,Borough,On_Street\n"


def count(session: Session, table: type[Space | Street]) -> int:
    return session.exec(select(func.count()).select_from(table)).one()


def test_new_york_s_meters_come_in_and_change_nothing_again(committed_database: str) -> None:
    assert committed_database
    file = real("nyc_parking_meters.csv")
    with transaction() as session:
        owen(session)
    price = ("--hour-price", "4.50", "--day-cap", "27", "--currency", "USD")
    command = ("import-spaces", str(file), "--host", "Owen@Example.com", *price)
    done = subprocess.run(
        [sys.executable, "-m", "parkplace", *command],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("New York meters: 12,466 new, 0 changed, 0 unchanged, 0 retired.")
    assert "Skipped: The meter is retired: 1,218 rows (lines " in done.stdout
    with transaction() as session, file.open("rb") as opened:
        host = user_by_email(session, email="owen@example.com")
        assert host is not None
        again = import_spaces(
            session,
            file=opened,
            host_id=host.id,
            defaults=Defaults(rate=Rate(450, 2700, "USD")),
            now=NOW,
            retire_missing=True,
        )
        assert count(session, Space) == again.unchanged == 12_466
    assert (again.created, again.updated, again.retired) == (0, 0, 0)
    assert (len(again.bad), again.drafts) == (0, 73)
    assert sum(len(lines) for lines in again.skipped.values()) == 15_406 - 12_466


def test_streets_are_imported(session: Session, tmp_path: Path) -> None:
    file = tmp_path / "streets"
    line = '{"type": "LineString", "coordinates": [[-73.98, 40.72], [-73.97, 40.73]]}'
    street = f'{{"properties": {{"name": "Avenue A", "highway": "primary"}}, "geometry": {line}}}'
    file.write_text(f'{{"type": "FeatureCollection", "features": [{street}]}}', encoding="utf-8")
    done = CliRunner().invoke(cli.app, ["import-streets", str(file)])
    assert done.stdout == "Streets: 1 new or changed, 0 unchanged.\n"
    assert count(session, Street) == 1


def test_bad_rows_are_listed_and_the_rest_is_kept(session: Session, tmp_path: Path) -> None:
    owen(session)
    session.commit()
    file = tmp_path / "spaces.txt"
    bad = GARAGE.replace("40.7290", "95")
    file.write_text(f"{COLUMNS}\n{GARAGE}\n{bad}\n", encoding="utf-8")
    done = CliRunner().invoke(
        cli.app, ["import-spaces", str(file), "--host", "owen@example.com", "--source", "east"]
    )
    assert done.exit_code == 0
    assert done.stdout.splitlines()[1:] == [
        "1 row cannot be imported:",
        "  line 3: Latitude lies between -90 and 90.",
    ]
    assert session.exec(select(Space)).one().source == "east"


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        (f"{COLUMNS}\n{GARAGE}\n", ("nobody@example.com",), "no account here"),
        (f"{COLUMNS}\n{GARAGE}\n", ("nobody",), "not an e-mail address"),
        ("hello", ("owen@example.com",), "none of the known formats"),
        (METERS, ("owen@example.com", "--hour-price", "4.50"), "currency is missing"),
        (METERS, ("owen@example.com",), "Say what an hour costs with --hour-price"),
        (
            METERS,
            ("owen@example.com", "--hour-price", "free", "--currency", "USD"),
            "not a number",
        ),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    session: Session, tmp_path: Path, text: str, options: tuple[str, ...], said: str
) -> None:
    owen(session)
    session.commit()
    file = tmp_path / "file"
    file.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(cli.app, ["import-spaces", str(file), "--host", *options])
    assert isinstance(done.exception, DomainError), "which the program prints without a traceback"
    assert said in str(done.exception)
    assert count(session, Space) == 0
