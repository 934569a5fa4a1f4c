"""The map's document: Leaflet set up by folium, for a sandboxed frame.

The document carries no data and no text of anybody's: spaces arrive as messages from the page
(see `bridge`), are put in as text, and the frame may neither fetch nor open anything. It is the
same for everybody, so it can be cached.
"""

import base64
import hashlib
import json
import re
from dataclasses import asdict, dataclass
from typing import Any

import folium
from branca.element import Figure, MacroElement
from folium.template import Template

from parkplace.web import routes

WORLD = (25.0, 0.0)  # what is seen until the page says where to look
WORLD_ZOOM = 2
CLOSEST_ZOOM = 20
NO_TILES = "none"  # what an operator writes, as an empty variable means the default


@dataclass(frozen=True, slots=True)
class Credit:
    """Whom the map's ground is owed to: what is written, and where it leads."""

    text: str
    href: str = ""


OPENSTREETMAP = Credit("© OpenStreetMap contributors", "https://www.openstreetmap.org/copyright")

WORDS = {
    "map": "Map of spaces",
    "help": "Arrow keys move the map, plus and minus zoom. The list holds the same spaces.",
    "cluster": "{count} spaces, zoom in",
    "here": "You are here",
    "placed": "Here",
    "placedHelp": "Your space. Arrow keys move it.",
}


class Sheet(Figure):
    """The HTML document around the map, in a language and with zooming left to the person."""

    _template = Template(
        """<!DOCTYPE html>
<html lang="en">
<head>
<title>{{ this.title|e }}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
{{ this.header.render(**kwargs) }}
</head>
<body>
{{ this.html.render(**kwargs) }}
<script>
{{ this.script.render(**kwargs) }}
</script>
</body>
</html>
"""
    )


class Board(folium.Map):
    """A folium map whose Leaflet is served by us, and which nothing else is loaded into."""

    # By name, each its own: folium puts both kinds into one list.
    default_js = [
        ("leaflet_js", f"{routes.MAP_FILES}/leaflet.js"),
        ("board_js", f"{routes.MAP_FILES}/board.js"),
    ]
    default_css = [
        ("leaflet_css", f"{routes.MAP_FILES}/leaflet.css"),
        ("board_css", f"{routes.MAP_FILES}/board.css"),
    ]

    _template = Template(
        """
        {% macro html(this, kwargs) %}
        <div id="{{ this.get_name() }}" class="board"></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {
            center: {{ this.location|tojson }},
            ...{{ this.options|tojavascript }}
        });
        {% endmacro %}
        """
    )

    def __init__(self) -> None:
        super().__init__(
            location=WORLD,
            zoom_start=WORLD_ZOOM,
            tiles=None,
            attribution_control=False,
            world_copy_jump=True,
        )
        self.options |= {"min_zoom": WORLD_ZOOM, "max_zoom": CLOSEST_ZOOM}
        # A fixed name keeps the document the same from one request to the next.
        self._id = "board"


class Bridge(MacroElement):
    """The end of the bridge that is inside the frame: `board.js`, with its settings."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        parkplaceBoard({{ this._parent.get_name() }}, {{ this.settings|tojson }});
        {% endmacro %}
        """
    )

    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__()
        self._name = "Bridge"
        self._id = "bridge"
        self.settings = settings


def document(*, tile_url: str = "", credit: Credit | None = None, max_zoom: int = 19) -> str:
    """Return the HTML of the map.

    Args:
        tile_url: Template of a tile server, with `{z}`, `{x}` and `{y}`. Empty or `none` for none:
            then the map draws land and coast, and the streets the page sends.
        credit: Whom the ground is owed to; OpenStreetMap's contributors by default.
        max_zoom: The closest zoom the tile server has.

    Raises:
        ValueError: The template lacks one of its three parts.
    """
    if tile_url == NO_TILES:
        tile_url = ""
    missing = [part for part in ("{z}", "{x}", "{y}") if part not in tile_url]
    if tile_url and missing:
        raise ValueError(f"the tile address needs {', '.join(missing)}: {tile_url}")
    tiles = {"url": tile_url, "maxZoom": max_zoom} if tile_url else None
    board = Board()
    board.add_child(
        Bridge(
            {
                "tiles": tiles,
                "credit": asdict(credit or OPENSTREETMAP),
                "land": f"{routes.MAP_FILES}/land.js",
                "words": WORDS,
            }
        )
    )
    sheet = Sheet(title=WORDS["map"])
    sheet.add_child(board)
    return sheet.render()


def headers(html: str) -> dict[str, str]:
    """Return the response headers for a document made by `document`.

    The policy lets exactly this document's scripts run, names no server that may be talked to,
    and puts it into a sandbox even when it is opened by itself.
    """
    scripts = re.findall(r"<script>(.*?)</script>", html, flags=re.DOTALL)
    hashes = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    policy = (
        "default-src 'none'",
        f"script-src 'self' {hashes}",
        "style-src 'self'",
        "img-src blob: data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
        "sandbox allow-scripts",
    )
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": "; ".join(policy),
        "Cache-Control": "public, max-age=300",
        "ETag": f'"{hashlib.sha256(html.encode()).hexdigest()[:16]}"',
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def settings_of(html: str) -> dict[str, Any]:
    """Return the settings a document carries; what tests and curious people look at."""
    found = re.search(r"parkplaceBoard\(\w+, (\{.*\})\);", html)
    if found is None:
        raise ValueError("no map in this document")
    return json.loads(found.group(1))
