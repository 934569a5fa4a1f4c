"""A tile server on this machine that notes who asks, and may have nothing for anybody."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc000000301010018dd8db00000000049454e44ae426082"
)


@dataclass
class TileServer:
    """What it answers, and who asked for what: pairs of a path and a Referer."""

    address: str = ""
    status: int = 200
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    def begin(self, *, status: int) -> None:
        """Forget who asked, and answer everybody like this from now on."""
        self.status = status
        self.asked.clear()


@contextmanager
def tile_server() -> Generator[TileServer]:
    server = TileServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.asked.append((self.path, self.headers.get("Referer")))
            self.send_response(server.status)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Content-Type", "image/png")
            self.end_headers()
            self.wfile.write(PIXEL)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        server.address = f"http://127.0.0.1:{listening.server_port}/{{z}}/{{x}}/{{y}}.png"
        yield server
        listening.shutdown()
        thread.join()
