import os
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socket import socket

from parkplace.launcher.ports import answers, holder, is_free, remembered_port


class Page(BaseHTTPRequestHandler):
    """Answers every GET with a short page."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"open")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Say nothing."""


@contextmanager
def page() -> Generator[int]:
    with HTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_a_port_is_remembered_while_it_is_free(tmp_path: Path) -> None:
    memory = tmp_path / "port"
    port = remembered_port(memory)
    assert remembered_port(memory) == port
    with socket() as squatter:
        squatter.bind(("127.0.0.1", port))
        squatter.listen()
        assert not is_free(port)
        assert str(os.getpid()) in holder(port)
        assert remembered_port(memory) != port
    assert int(memory.read_text()) != port


def test_waiting_for_a_page_ends_when_it_answers() -> None:
    with page() as port:
        assert answers(f"http://127.0.0.1:{port}/", while_true=lambda: True, seconds=10)


def test_waiting_ends_when_there_is_nothing_left_to_wait_for(tmp_path: Path) -> None:
    closed = f"http://127.0.0.1:{remembered_port(tmp_path / 'port')}/"
    looks = iter([True, True, False])
    assert not answers(closed, while_true=lambda: next(looks), seconds=60)
    assert not answers(closed, while_true=lambda: True, seconds=0.1)
