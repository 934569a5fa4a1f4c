"""What Reflex itself has to know; everything else is in `parkplace.core.settings`."""

import os
from urllib.parse import urlsplit

import reflex as rx
from reflex.constants import StateManagerMode
from reflex.plugins.sitemap import SitemapPlugin

from parkplace.core.settings import get_settings
from parkplace.web.build import ActsByName, AnyOrigin, PlainStyles, put_node_on_path
from parkplace.web.map.vendor import VendorFiles

put_node_on_path()

settings = get_settings()
port = int(os.environ.get("PORT") or 8000)


def allowed_origins(public_url: str) -> list[str]:
    """Return the origins whose pages may open the websocket, which carries the session cookie."""
    parts = urlsplit(public_url)
    hosts = [parts.netloc]
    if parts.hostname in {"localhost", "127.0.0.1"} and settings.env != "production":
        number = f":{parts.port}" if parts.port else ""
        hosts = [f"localhost{number}", f"127.0.0.1{number}"]
    return [f"{parts.scheme}://{host}" for host in hosts]


config = rx.Config(
    app_name="parkplace",
    backend_host="127.0.0.1",
    backend_port=port,
    frontend_port=port,
    api_url=f"http://localhost:{port}",
    cors_allowed_origins=allowed_origins(settings.public_url),
    # Pages are small states that can be read again at any time: nothing to keep on disk.
    state_manager_mode=StateManagerMode.REDIS if settings.redis_url else StateManagerMode.MEMORY,
    redis_url=settings.redis_url,
    telemetry_enabled=False,
    show_built_with_reflex=False,
    frontend_compression_formats=["brotli", "gzip"],
    frontend_lazy_bundled_libraries=True,
    plugins=[VendorFiles(), PlainStyles(), ActsByName(), AnyOrigin()],
    # It would list the pages of whoever is signed in, and none of the spaces.
    disable_plugins=[SitemapPlugin],
)
