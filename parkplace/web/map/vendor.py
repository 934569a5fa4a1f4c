"""Other people's files the pages need, taken from npm's packages when the front end is built."""

import json
import shutil
from pathlib import Path
from typing import Unpack

from reflex.utils.exec import is_prod_mode
from reflex_base.plugins.base import CommonContext, Plugin, PostBuildContext, PostCompileContext

from parkplace.web.build import WEB
from parkplace.web.map.outline import land_script

HERE = Path(__file__).parent
ASSETS = HERE.parents[2] / "assets"

# Development dependencies, because Reflex would pack real ones into every page.
PACKAGES = {
    "leaflet": "1.9.4",
    "world-atlas": "2.0.2",
    "@fontsource-variable/archivo": "5.3.0",
    "@fontsource/archivo-black": "5.3.0",
}

# Where each file goes below the static folder, and where it comes from below `node_modules`.
COPIES = {
    "map/leaflet.js": "leaflet/dist/leaflet.js",
    "map/leaflet.css": "leaflet/dist/leaflet.css",
    "fonts/archivo.woff2": "@fontsource-variable/archivo/files/archivo-latin-wght-normal.woff2",
    "fonts/archivo-ext.woff2": (
        "@fontsource-variable/archivo/files/archivo-latin-ext-wght-normal.woff2"
    ),
    # Of this one the older format is the smaller file, and draws the same.
    "fonts/archivo-black.woff": (
        "@fontsource/archivo-black/files/archivo-black-latin-400-normal.woff"
    ),
    "fonts/archivo-black-ext.woff": (
        "@fontsource/archivo-black/files/archivo-black-latin-ext-400-normal.woff"
    ),
}


class VendorFiles(Plugin):
    """Puts Leaflet, the fonts and the outline of all land where the pages find them."""

    def get_frontend_development_dependencies(
        self,
        **context: Unpack[CommonContext],  # noqa: ARG002 - the hook's shape
    ) -> list[str]:
        """Name the npm packages, in exact versions."""
        return [f"{name}@{number}" for name, number in PACKAGES.items()]

    def post_build(self, **context: Unpack[PostBuildContext]) -> None:
        """Copy the files into the production build."""
        copy_files(WEB / "node_modules", context["static_dir"])

    def post_compile(
        self,
        **context: Unpack[PostCompileContext],  # noqa: ARG002 - the hook's shape
    ) -> None:
        """Copy the files to where the development server finds them."""
        if not is_prod_mode():
            copy_files(WEB / "node_modules", WEB / "public")


def copy_files(packages: Path, static: Path) -> None:
    """Copy and make every file the pages need besides Reflex's own.

    Args:
        packages: The `node_modules` folder.
        static: The folder that is served at `/`.
    """
    for target, source in COPIES.items():
        (static / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(packages / source, static / target)
    topology = json.loads((packages / "world-atlas" / "land-50m.json").read_text())
    (static / "map" / "land.js").write_text(land_script(topology))
    shutil.copyfile(HERE / "board.js", static / "map" / "board.js")
    tokens, board = (ASSETS / "tokens.css").read_text(), (HERE / "board.css").read_text()
    (static / "map" / "board.css").write_text(tokens + board)
