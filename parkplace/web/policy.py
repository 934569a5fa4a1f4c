"""What our pages may do: their content security policy, made from what was built.

Reflex and React Router put a few scripts into each page; exactly those may run, known by their
hashes, and nothing that anybody else gets into a page. Pages talk to this server and to the tile
server of the map, show pictures of ours, and lie in nobody's frame.
"""

import base64
import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import urlsplit

from parkplace.core.settings import get_settings
from parkplace.web.build import STATIC
from parkplace.web.map.document import NO_TILES

_SCRIPT = re.compile(r"<script(?P<given>[^>]*)>(?P<text>.*?)</script>", re.DOTALL)
_FALLBACK = "404.html"  # also what pages with an id in their address begin as
_SUBDOMAINS = "abc"  # what stands for {s} in the address of a tile


def page_policy(static: Path = STATIC) -> Callable[[str], str]:
    """Return what gives the policy of the page at a path.

    Args:
        static: The folder of the built pages; read once, here.
    """
    hashes: defaultdict[str, set[str]] = defaultdict(set)
    for file in sorted(static.rglob("*.html")):
        inside = file.relative_to(static).as_posix()
        scripts = inline_hashes(file.read_text())
        for path in {_address(inside), f"/{inside}"}:
            hashes[path] |= scripts
    policies = {path: policy(scripts) for path, scripts in hashes.items()}
    fallback = policies.get(f"/{_FALLBACK}", policy(()))

    def of(path: str) -> str:
        return policies.get(path.rstrip("/") or "/", fallback)

    return of


def inline_hashes(html: str) -> set[str]:
    """Return the hashes of the scripts that stand in a document itself."""
    return {
        base64.b64encode(hashlib.sha256(found["text"].encode()).digest()).decode()
        for found in _SCRIPT.finditer(html)
        if "src=" not in found["given"]
    }


def policy(hashes: Iterable[str]) -> str:
    """Return the policy of a page whose own scripts have these hashes."""
    scripts = "".join(f" 'sha256-{one}'" for one in sorted(hashes))
    settings = get_settings()
    talk = [*_sockets(settings.public_url), *_tiles(settings.tile_url)]
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self'{scripts}",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            " ".join(("connect-src 'self'", *talk)),
            "frame-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def _address(file: str) -> str:
    """Return the address under which a page's file is served."""
    return "/" + file.removesuffix(".html").removesuffix("index").rstrip("/")


def _sockets(public_url: str) -> list[str]:
    """Name our websocket: not every browser counts it among `'self'`."""
    parts = urlsplit(public_url)
    return [f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}"]


def _tiles(template: str) -> list[str]:
    """Return the origins that the map's tiles come from; the page fetches them for the frame."""
    parts = urlsplit(template)
    if template == NO_TILES or not parts.netloc:
        return []
    hosts = {parts.netloc.replace("{s}", part) for part in _SUBDOMAINS}
    return [f"{parts.scheme}://{host}" for host in sorted(hosts)]
