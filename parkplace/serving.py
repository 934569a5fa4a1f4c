"""What `make run` does: everything that is missing is set up, then everything is served.

Each step says what it does when it takes more than a moment, and does nothing when there is
nothing to do. Programs it starts end with it, except the private database, which the next start
finds again.
"""

import os
import secrets
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import httpx
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, pool

from parkplace import demo
from parkplace.core.clock import utc_now
from parkplace.core.db import driver_url, engine, transaction
from parkplace.core.errors import Payment
from parkplace.core.settings import DEMO_PASSWORD, Settings, get_settings
from parkplace.launcher.account import write_private
from parkplace.launcher.commands import LauncherError
from parkplace.launcher.ports import HOST, answers, holder, is_free
from parkplace.launcher.postgres import Cluster, drop_database, ensure_cluster, ensure_database
from parkplace.launcher.processes import Children, Stopped, stop_on_signals
from parkplace.launcher.sandbox import last_sandbox, start_sandbox
from parkplace.payments.answers import WEBHOOK_EVENTS
from parkplace.web import build

ROOT = Path(__file__).parents[1]
DATABASE = "parkplace"
WEBHOOK = "/api/v1/webhooks/stripe"
EVERYWHERE = "0.0.0.0"  # noqa: S104 - compared, not chosen
PATIENCE = 120  # seconds for the first page


def say(text: str) -> None:
    """Tell the person at the terminal, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def private_cluster() -> Cluster:
    """Return the data folder's own PostgreSQL, set up and started when needed.

    Raises:
        LauncherError: It cannot be had; the message says what to do.
    """
    return ensure_cluster(get_settings().data_dir, say=say)


def adopt_surroundings() -> Settings:
    """Complete this process's settings with what the data folder knows, and return them.

    That is the database's URL and the secret key, each made on first use. In production the
    operator gives both.

    Raises:
        LauncherError: There is no database.
    """
    settings = get_settings()
    known: dict[str, str] = {}
    if settings.database_url is None:
        known["DATABASE_URL"] = ensure_database(private_cluster(), DATABASE)
    if "secret_key" not in settings.model_fields_set:
        known["PARKPLACE_SECRET_KEY"] = _secret_key(settings.data_dir)
    # Reflex makes this folder wherever it runs.
    known["REFLEX_UPLOADED_FILES_DIR"] = str(settings.data_dir / "uploads")
    return _with(known)


def adopt_sandbox() -> None:
    """Let this process's payments go to the sandbox that `serve` has running, if it has.

    Where the operator said anything about Stripe, that stands.
    """
    settings = get_settings()
    if _wants_sandbox(settings) and (sandbox := last_sandbox(settings.data_dir)):
        _with(sandbox.environment())


def alembic_config(url: str) -> Config:
    """Return the configuration with which alembic works on a database."""
    config = Config(toml_file=ROOT / "pyproject.toml")
    config.attributes["url"] = url
    return config


def upgrade(url: str) -> None:
    """Bring a database's schema up to date, if it is not."""
    config = alembic_config(url)
    looker = create_engine(driver_url(url), poolclass=pool.NullPool)
    with looker.connect() as connection:
        current = MigrationContext.configure(connection).get_current_heads()
    if set(current) != set(ScriptDirectory.from_config(config).get_heads()):
        say("Bringing the database up to date")
        command.upgrade(config, "head")


def fill_demo() -> None:
    """Add the demo's people and spaces, unless they are there.

    Raises:
        LauncherError: This is production.
    """
    if get_settings().env == "production":
        raise LauncherError(
            "Everyone knows the demo's password: production never has its accounts."
        )
    with transaction() as session:
        if demo.fill(session, now=utc_now()):
            say("Added demo spaces and accounts")


@contextmanager
def scratch_database() -> Generator[str]:
    """Give the URL of a migrated database on the private cluster, dropped when the block ends."""
    cluster = private_cluster()
    name = f"scratch_{os.getpid()}"
    try:
        url = ensure_database(cluster, name)
        upgrade(url)
        yield url
    finally:
        drop_database(cluster, name)


def web_server(*, host: str, port: int) -> list[str]:
    """Return the command that serves the built pages and the API; `build.serving()` goes along."""
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--factory"]
    command += ["--host", host, "--port", str(port), "--log-level", "warning"]
    # Open event streams never end by themselves: after this many seconds they are cut.
    return [*command, "--workers-kill-timeout", "3", "parkplace.parkplace:app"]


def serve(*, host: str, port: int) -> None:
    """Serve everything on one port until Ctrl-C.

    Raises:
        LauncherError: Something is missing that could not be set up, or has stopped by itself.
    """
    stop_on_signals()
    with Children() as children:
        try:
            _start(children, host=host, port=port)
            ended = children.wait()
        except Stopped:
            say("\nStopping")
            return
    raise LauncherError(f"{ended} has stopped by itself; what stands above says why.")


def _start(children: Children, *, host: str, port: int) -> None:
    if not is_free(port, host=host):
        raise LauncherError(
            f"Port {port} is taken by {holder(port)}.\n"
            f"    Stop that, or choose another: make run PORT={port + 1}"
        )
    settings = adopt_surroundings()
    assert settings.database_url is not None
    upgrade(settings.database_url)
    with_demo = settings.demo and settings.env != "production"
    if with_demo:
        fill_demo()
    _build(children)
    environment = _environment(settings, port)
    sandbox_is_up: Callable[[], None] | None = None
    if _wants_sandbox(settings):
        sandbox, sandbox_is_up = start_sandbox(
            children,
            data_dir=settings.data_dir,
            webhook_url=f"http://{HOST}:{port}{WEBHOOK}",
            webhook_events=WEBHOOK_EVENTS,
            environment=environment,
            root=ROOT,
        )
        environment |= sandbox.environment()
    _start_web_server(children, host=host, port=port, environment=environment)
    if sandbox_is_up is not None:
        sandbox_is_up()
        if with_demo:
            _let_demo_host_be_paid(environment)
    say(_where_to_click(environment["PARKPLACE_PUBLIC_URL"], demo=with_demo))


def _let_demo_host_be_paid(environment: dict[str, str]) -> None:
    """Have the demo's host able to be paid in the sandbox; without that, all else works."""
    _with({name: environment[name] for name in environment if name.startswith("STRIPE_")})
    try:
        demo.bring_host_to_stripe(now=utc_now())
    except (Payment, httpx.HTTPError) as error:
        say(f"The demo's host cannot be paid: {error}")


def _start_web_server(
    children: Children, *, host: str, port: int, environment: dict[str, str]
) -> None:
    server = children.start(
        "The web server",
        web_server(host=host, port=port),
        environment={**environment, **build.serving()},
        folder=ROOT,
    )
    home = f"http://{host if host != EVERYWHERE else HOST}:{port}/"
    if not answers(home, while_true=lambda: server.poll() is None, seconds=PATIENCE):
        raise LauncherError("The web server does not answer; what stands above says why.")


def _build(children: Children) -> None:
    if build.due():
        say("Building the pages: about a minute the first time, a quarter of that later")
        # A program of its own, so that a Ctrl-C ends it with everything it started.
        command = [sys.executable, "-m", "parkplace", "build"]
        if not children.run("The build", command, folder=ROOT):
            raise LauncherError("Park Place was not started.")


def _wants_sandbox(settings: Settings) -> bool:
    said = settings.stripe_api_key is not None or settings.stripe_base_url is not None
    return not said and settings.env != "production"


def _with(known: dict[str, str]) -> Settings:
    os.environ.update(known)
    get_settings.cache_clear()
    engine.cache_clear()
    return get_settings()


def _environment(settings: Settings, port: int) -> dict[str, str]:
    """Return what the programs we start inherit; links point to this port unless told otherwise."""
    public = settings.public_url
    if "public_url" not in settings.model_fields_set:
        public = f"http://localhost:{port}"
    return {**os.environ, "PARKPLACE_PUBLIC_URL": public, "PORT": str(port)}


def _secret_key(data_dir: Path) -> str:
    """Return the key this data folder signs with, made on first use."""
    file = data_dir / "secret_key"
    if not file.exists():
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(file, secrets.token_urlsafe(48))
    return file.read_text()


def _where_to_click(url: str, *, demo: bool) -> str:
    people = f' · sign in as driver@, host@ or admin@parkplace.example, "{DEMO_PASSWORD}"'
    return f"\nPark Place is open at {url}{people if demo else ''} · Ctrl-C stops it"
