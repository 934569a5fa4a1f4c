"""The operator's door: `python -m parkplace …`. It parses, calls one thing, and prints."""

import json
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from alembic import command
from alembic.util.exc import CommandError
from dotenv import load_dotenv
from pydantic import ValidationError
from rich.console import Console
from rich.progress import Progress

from parkplace import serving
from parkplace.accounts.admins import create_admin, needs_password
from parkplace.accounts.emails import normalised
from parkplace.accounts.origin import HERE
from parkplace.accounts.queries import user_by_email
from parkplace.core.clock import utc_now
from parkplace.core.db import transaction
from parkplace.core.errors import DomainError
from parkplace.core.settings import get_settings
from parkplace.launcher.commands import LauncherError
from parkplace.launcher.postgres import remove_cluster, stop_cluster
from parkplace.launcher.processes import Stopped
from parkplace.notifications.two_factor import drop
from parkplace.spaces.importers.rows import Defaults
from parkplace.spaces.importers.service import HostUnknown, import_spaces
from parkplace.spaces.importers.values import rate
from parkplace.spaces.streets import import_streets
from parkplace.web import build

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Run and look after Park Place.")
database = typer.Typer(no_args_is_help=True, help="The database and its schema.")
app.add_typer(database, name="db")


def main() -> None:
    """Run one command; what went wrong is said in a sentence, without a traceback."""
    load_dotenv(serving.ROOT / ".env")
    try:
        app()
    except Stopped:
        sys.exit(130)
    except ValidationError as error:
        sys.exit("\n".join(_said(error)))
    except (LauncherError, build.BuildFailed, DomainError, CommandError) as error:
        sys.exit(str(error))


@app.command()
def serve(
    *,
    host: Annotated[str, typer.Option(envvar="HOST", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="PORT", min=1, max=65535)] = 8000,
) -> None:
    """Set up what is missing, then serve everything until Ctrl-C."""
    serving.serve(host=host, port=port)


@app.command("build")
def build_pages() -> None:
    """Build the pages if they are not up to date."""
    build.ensure()


@app.command()
def jobs() -> None:
    """Run the jobs as a process of their own until Ctrl-C."""
    from parkplace.jobs.__main__ import main as run_jobs  # noqa: PLC0415 - it brings the domain

    serving.adopt_surroundings()
    serving.adopt_sandbox()
    run_jobs()


@app.command()
def openapi() -> None:
    """Print the description of the REST API."""
    from parkplace.api.app import make_api  # noqa: PLC0415 - it brings the domain

    typer.echo(json.dumps(make_api().openapi(), indent=1, ensure_ascii=False))


@app.command()
def demo() -> None:
    """Add the demo's people and spaces, unless they are there."""
    serving.adopt_surroundings()
    serving.fill_demo()


@app.command("create-admin")
def create_an_admin(
    email: Annotated[str, typer.Argument(help="Their e-mail address.")],
    *,
    name: Annotated[str, typer.Option(help="What to call them, if they have no account.")] = "",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
) -> None:
    """Make somebody an admin, with an account if they have none; asks for its password."""
    serving.adopt_surroundings()
    with transaction() as session:
        asks = needs_password(session, email=email)
    password = _password(piped=password_stdin) if asks else ""
    called = name or email.strip().partition("@")[0]
    with transaction() as session:
        admin = create_admin(session, email=email, name=called, password=password, now=utc_now())
    typer.echo(f"{admin.name} is an admin.")


@app.command("drop-second-factor")
def drop_second_factor(
    email: Annotated[str, typer.Argument(help="E-mail address of their account.")],
) -> None:
    """Let somebody who lost their app and their recovery codes sign in with their password."""
    serving.adopt_surroundings()
    with transaction() as session:
        name = drop(session, email=email, origin=HERE, now=utc_now()).name
    typer.echo(f"{name} signs in without a code.")


@app.command("import-spaces")
def import_space_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    *,
    host: Annotated[str, typer.Option(help="E-mail address of the host whose spaces they are.")],
    hour_price: Annotated[str, typer.Option(help="Price per hour where the file has none.")] = "",
    day_cap: Annotated[str, typer.Option(help="The most that 24 hours cost.")] = "",
    currency: Annotated[str, typer.Option(help="Currency of these, such as USD.")] = "",
    capacity: Annotated[int, typer.Option(help="Bays of a space, if the file has none.")] = 1,
    source: Annotated[str | None, typer.Option(help="Name of the file's place of origin.")] = None,
    retire_missing: Annotated[bool, typer.Option(help="Retire what the file lacks.")] = False,
    restore: Annotated[bool, typer.Option(help="Offer retired spaces of the file again.")] = False,
) -> None:
    """Import spaces from New York meters, OpenStreetMap, ParkAPI or our CSV (docs/import.md)."""
    defaults = Defaults(
        rate=rate(hour_price=hour_price, day_cap=day_cap, currency=currency), capacity=capacity
    )
    serving.adopt_surroundings()
    with file.open("rb") as opened, _progress("Importing spaces") as tell, transaction() as session:
        owner = user_by_email(session, email=normalised(host))
        if owner is None:
            raise HostUnknown(f"{host} has no account here. Let the host sign up first.")
        report = import_spaces(
            session,
            file=opened,
            host_id=owner.id,
            defaults=defaults,
            now=utc_now(),
            source=source,
            retire_missing=retire_missing,
            restore=restore,
            on_progress=tell,
        )
    typer.echo("\n".join(report.lines()))


@app.command("import-streets")
def import_street_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
) -> None:
    """Import named street lines from GeoJSON, for the map and for search without a network."""
    serving.adopt_surroundings()
    with (
        file.open("rb") as opened,
        _progress("Importing streets") as tell,
        transaction() as session,
    ):
        report = import_streets(session, file=opened, on_progress=tell)
    typer.echo("\n".join(report.lines()))


@database.command()
def url() -> None:
    """Print the URL of the database, which is set up and started first when it is private."""
    typer.echo(serving.adopt_surroundings().database_url)


@database.command()
def upgrade(revision: Annotated[str, typer.Argument()] = "head") -> None:
    """Bring the schema forwards to a revision."""
    command.upgrade(serving.alembic_config(_url()), revision)


@database.command(context_settings={"ignore_unknown_options": True})
def downgrade(revision: str) -> None:
    """Take the schema back to a revision, such as `-1`."""
    command.downgrade(serving.alembic_config(_url()), revision)


@database.command()
def check() -> None:
    """Say whether the migrations lead to exactly the tables the code describes."""
    with serving.scratch_database() as scratch:
        command.check(serving.alembic_config(scratch))


@database.command()
def migration(message: str) -> None:
    """Write a migration from what the code describes and the migrations lack; then read it."""
    with serving.scratch_database() as scratch:
        command.revision(serving.alembic_config(scratch), message=message, autogenerate=True)


@database.command()
def stop() -> None:
    """Stop the private database; the next start finds its rows again."""
    stopped = stop_cluster(get_settings().data_dir, say=serving.say)
    typer.echo("Stopped" if stopped else "It was not running")


@database.command()
def erase(*, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Delete the private database with everything in it."""
    data_dir = get_settings().data_dir
    if not yes:
        typer.confirm(f"Delete the database of {data_dir} for good?", abort=True)
    remove_cluster(data_dir, say=serving.say)


@contextmanager
def _progress(title: str) -> Generator[Callable[[int, int], None]]:
    """Show a bar on standard error, so that what is printed can be piped."""
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _url() -> str:
    url = serving.adopt_surroundings().database_url
    assert url is not None
    return url


def _password(*, piped: bool) -> str:
    if piped:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        sys.exit("There is no terminal to ask for a password on. Pipe it in: --password-stdin.")
    return typer.prompt("Password", hide_input=True, confirmation_prompt=True)


def _said(error: ValidationError) -> list[str]:
    """Return what is wrong with the settings, without the values, which may be secret."""
    return [
        f"{'.'.join(map(str, one['loc']))}: {one['msg'].removeprefix('Value error, ')}".lstrip(": ")
        for one in error.errors(include_input=False, include_url=False)
    ]
