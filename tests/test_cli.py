import os
import pty
import re
import subprocess
import sys
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path
from socket import socket

import pytest
from sqlalchemy import create_engine, text
from sqlmodel import select

from parkplace.accounts.models import User
from parkplace.accounts.queries import user_by_email
from parkplace.accounts.service import sign_in
from parkplace.core.db import driver_url, transaction
from parkplace.launcher.postgres import remove_cluster
from parkplace.notifications.models import Email
from tests import factories

ROOT = Path(__file__).parents[1]
PASSWORD = "plum harbour trellis nine"


def parkplace(*words: str, typed: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the operator's and return how it went."""
    return subprocess.run(
        [sys.executable, "-m", "parkplace", *words],
        capture_output=True,
        check=False,
        text=True,
        cwd=ROOT,
        env={**os.environ, **environment},
        input=typed,
    )


def tables(url: str) -> set[str]:
    engine = create_engine(driver_url(url))
    with engine.connect() as connection:
        found = connection.execute(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        )
        names = {str(row[0]) for row in found}
    engine.dispose()
    return names


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Generator[Path]:
    """A data folder of its own; whatever cluster it gets is removed."""
    folder = tmp_path_factory.mktemp("operator")
    yield folder
    remove_cluster(folder, say=lambda _: None)


def test_every_command_says_what_it_does() -> None:
    helped = parkplace("--help")
    assert helped.returncode == 0
    for command in ("serve", "build", "jobs", "create-admin", "db"):
        assert re.search(rf"\b{command}\b\s+[A-Z]", helped.stdout)


def test_the_schema_goes_up_and_all_the_way_down_and_up_again(committed_database: str) -> None:
    assert "bookings" in tables(committed_database)
    assert parkplace("db", "downgrade", "base").returncode == 0
    assert "bookings" not in tables(committed_database)
    assert parkplace("db", "upgrade").returncode == 0
    assert "bookings" in tables(committed_database)


def test_one_step_down_takes_no_quoting(committed_database: str) -> None:
    done = parkplace("db", "downgrade", "-1")
    assert done.returncode == 0, done.stderr
    assert parkplace("db", "upgrade", "head").returncode == 0
    assert "bookings" in tables(committed_database)


def test_the_operator_makes_an_admin_with_an_account_of_their_own(committed_database: str) -> None:
    assert committed_database
    command = ("create-admin", "Ada@example.com", "--name", "Ada Moss")
    silent = parkplace(*command)
    assert silent.returncode == 1
    assert "--password-stdin" in silent.stderr
    weak = parkplace(*command, "--password-stdin", typed="admin\n")
    assert weak.returncode == 1
    assert "A password has 10 to" in weak.stderr
    made = parkplace(*command, "--password-stdin", typed=f"{PASSWORD}\n")
    assert made.stdout == "Ada Moss is an admin.\n"
    assert PASSWORD not in made.stdout + made.stderr
    with transaction() as session:
        ada = sign_in(session, email="ada@example.com", password=PASSWORD)
    assert ada.is_admin
    assert ada.email_verified_at is not None


def test_somebody_whose_address_is_verified_is_made_an_admin_without_a_password(
    committed_database: str,
) -> None:
    assert committed_database
    with transaction() as session:
        email = factories.sam(session).email
    assert parkplace("create-admin", email).stdout == "Sam is an admin.\n"
    with transaction() as session:
        sam = user_by_email(session, email=email)
    assert sam is not None
    assert sam.is_admin


def test_a_password_is_asked_for_twice_on_a_terminal(committed_database: str) -> None:
    assert committed_database
    typed = [PASSWORD, "something else entirely", PASSWORD, PASSWORD]
    shown = on_a_terminal("create-admin", "ada@example.com", lines=typed)
    assert shown.count("Password:") == 2
    assert shown.count("Repeat for confirmation:") == 2
    assert "ada is an admin." in shown
    assert PASSWORD not in shown


def on_a_terminal(*words: str, lines: list[str]) -> str:
    """Run a command on a terminal, answer each question with a line, return what it showed."""
    controller, terminal = pty.openpty()
    command = [sys.executable, "-m", "parkplace", *words]
    process = subprocess.Popen(
        command, stdin=terminal, stdout=terminal, stderr=terminal, cwd=ROOT, start_new_session=True
    )
    os.close(terminal)
    shown = ""
    for line in lines:
        shown += _until_asked(controller)
        os.write(controller, f"{line}\n".encode())
    with suppress(OSError):  # a terminal whose program has ended
        while piece := os.read(controller, 1000):
            shown += piece.decode()
    os.close(controller)
    assert process.wait() == 0, shown
    return shown


def _until_asked(controller: int) -> str:
    shown = ""
    while not shown.endswith(": "):
        shown += os.read(controller, 1000).decode()
    return shown


def test_the_operator_helps_somebody_who_lost_their_second_factor(committed_database: str) -> None:
    assert committed_database
    with transaction() as session:
        sam = factories.sam(session)
        email = sam.email
    refused = parkplace("drop-second-factor", email)
    assert (refused.returncode, "Two-factor sign-in is off" in refused.stderr) == (1, True)
    with transaction() as session:
        session.get_one(User, sam.id).two_factor_at = factories.NOW
    done = parkplace("drop-second-factor", email)
    assert done.stdout == "Sam signs in without a code.\n", done.stderr
    with transaction() as session:
        assert not session.get_one(User, sam.id).two_factor
        told = session.exec(select(Email.subject)).all()
    assert told == ["Two-factor sign-in is off"]


def test_the_private_database_is_made_found_checked_stopped_and_erased(data_dir: Path) -> None:
    private = {"PARKPLACE_DATA_DIR": str(data_dir), "DATABASE_URL": ""}
    first = parkplace("db", "url", **private)
    assert "Making a private PostgreSQL" in first.stdout
    url = first.stdout.splitlines()[-1]
    assert re.fullmatch(r"postgresql://parkplace:[^@]+@127\.0\.0\.1:\d+/parkplace", url)
    assert parkplace("db", "url", **private).stdout.splitlines() == [url]
    checked = parkplace("db", "check", **private)
    assert "No new upgrade operations detected" in checked.stdout, checked.stderr
    assert parkplace("db", "stop", **private).stdout == "Stopped\n"
    assert parkplace("db", "stop", **private).stdout == "It was not running\n"
    assert parkplace("db", "erase", "--yes", **private).returncode == 0
    assert "Making a private PostgreSQL" in parkplace("db", "url", **private).stdout


def test_erasing_asks_first(data_dir: Path) -> None:
    refused = parkplace("db", "erase", PARKPLACE_DATA_DIR=str(data_dir))
    assert refused.returncode != 0
    assert f"Delete the database of {data_dir}" in refused.stdout


def test_unsafe_production_does_not_start_and_says_why_without_secrets() -> None:
    refused = parkplace(
        "serve",
        PARKPLACE_ENV="production",
        DATABASE_URL="",
        SMTP_URL="smtp://parkplace:very-secret@mail.example",
    )
    assert refused.returncode == 1
    assert "not safe for production" in refused.stderr
    assert "DATABASE_URL is not set" in refused.stderr
    assert "very-secret" not in refused.stderr + refused.stdout


def test_a_taken_port_is_said_with_who_has_it_and_what_to_type() -> None:
    with socket() as squatter:
        squatter.bind(("127.0.0.1", 0))
        squatter.listen()
        port = squatter.getsockname()[1]
        refused = parkplace("serve", "--port", str(port))
    assert refused.returncode == 1
    assert f"Port {port} is taken by process {os.getpid()}" in refused.stderr
    assert f"make run PORT={port + 1}" in refused.stderr
