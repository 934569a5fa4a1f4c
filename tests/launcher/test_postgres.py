import os
import signal
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from socket import SO_REUSEADDR, SOL_SOCKET, socket

import psutil
import psycopg2
import pytest

from parkplace.launcher import server
from parkplace.launcher.postgres import (
    Cluster,
    drop_database,
    ensure_cluster,
    ensure_database,
    list_databases,
    remove_cluster,
    stop_cluster,
)


class Listener:
    """Hears what the launcher says, and can be asked about it."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def __call__(self, text: str) -> None:
        self.heard.append(text)


def quiet(_text: str) -> None:
    """Listen to nothing."""


def ask(url: str, statement: str) -> str | None:
    """Run one statement, commit it, and return the first cell of its answer."""
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone() if cursor.description else None
        return None if row is None else str(row[0])


def process_behind(cluster: Cluster) -> psutil.Process:
    """Return the server a cluster is served by."""
    directory = ask(cluster.url(), "SHOW data_directory")
    assert directory is not None
    process = server.process_of(Path(directory))
    assert process is not None
    return process


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Generator[Path]:
    """A data folder with a cluster, shared by the tests that leave it usable."""
    folder = tmp_path_factory.mktemp("home")
    ensure_cluster(folder, say=quiet)
    yield folder
    remove_cluster(folder, say=quiet)


def test_a_running_cluster_is_found_again_without_a_word(data_dir: Path) -> None:
    before = ensure_cluster(data_dir, say=quiet)
    listener = Listener()
    again = ensure_cluster(data_dir, say=listener)
    assert again == before
    assert listener.heard == []


def test_it_belongs_to_nobody_s_terminal_and_outlives_us(data_dir: Path) -> None:
    process = process_behind(ensure_cluster(data_dir, say=quiet))
    assert os.getsid(process.pid) != os.getsid(0)
    assert process.ppid() != os.getpid()


def test_it_listens_on_loopback_only_and_asks_for_the_password(data_dir: Path) -> None:
    cluster = ensure_cluster(data_dir, say=quiet)
    assert ask(cluster.url(), "SHOW listen_addresses") == "127.0.0.1"
    assert not ask(cluster.url(), "SHOW unix_socket_directories")
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(Cluster(cluster.port, "guessed").url())
    password = data_dir / "postgres/password"
    assert password.stat().st_mode & 0o777 == 0o600
    assert data_dir.stat().st_mode & 0o066 == 0


def test_postgis_and_letters_beyond_ascii_are_there(data_dir: Path) -> None:
    cluster = ensure_cluster(data_dir, say=quiet)
    url = ensure_database(cluster, "extended")
    ask(url, "CREATE EXTENSION IF NOT EXISTS postgis; CREATE EXTENSION IF NOT EXISTS pg_trgm")
    ask(url, "CREATE EXTENSION IF NOT EXISTS btree_gist")
    metres = ask(url, "SELECT ST_Distance('POINT(0 0)'::geography, 'POINT(0 1)'::geography)::int")
    assert metres == "110574"
    assert ask(url, "SELECT similarity('Zürichstraße', 'zürichstraße')") == "1.0"


def test_a_database_is_made_once_copied_and_dropped(data_dir: Path) -> None:
    cluster = ensure_cluster(data_dir, say=quiet)
    first = ensure_database(cluster, "first")
    ask(first, "CREATE TABLE bays AS SELECT 7 AS number")
    assert ensure_database(cluster, "first") == first
    copy = ensure_database(cluster, "copy", template="first")
    assert ask(copy, "SELECT number FROM bays") == "7"
    with closing(psycopg2.connect(copy)):
        drop_database(cluster, "copy")
    assert "copy" not in list_databases(cluster)
    assert "first" in list_databases(cluster)


def test_rows_survive_a_server_that_was_killed_outright(data_dir: Path) -> None:
    cluster = ensure_cluster(data_dir, say=quiet)
    url = ensure_database(cluster, "killed")
    ask(url, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number")
    process = process_behind(cluster)
    process.send_signal(signal.SIGKILL)
    again = ensure_cluster(data_dir, say=quiet)
    assert process_behind(again).pid != process.pid
    assert ask(again.url("killed"), "SELECT count(*) FROM kept") == "1000"


def test_after_a_stop_it_comes_back_on_its_port_unless_that_is_taken(data_dir: Path) -> None:
    port = ensure_cluster(data_dir, say=quiet).port
    assert stop_cluster(data_dir, say=quiet)
    assert not stop_cluster(data_dir, say=quiet)
    assert ensure_cluster(data_dir, say=quiet).port == port
    assert stop_cluster(data_dir, say=quiet)
    with socket() as squatter:
        squatter.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        squatter.bind(("127.0.0.1", port))
        squatter.listen()
        other = ensure_cluster(data_dir, say=quiet)
    assert other.port != port
    assert ask(other.url(), "SELECT 1") == "1"


def test_two_starters_at_once_share_one_server_beside_another_folder_s(
    data_dir: Path, tmp_path: Path
) -> None:
    neighbour = ensure_cluster(data_dir, say=quiet)
    try:
        with ThreadPoolExecutor(2) as pool:
            starts = [
                pool.submit(ensure_cluster, tmp_path, say=quiet, durable=False) for _ in range(2)
            ]
            first, second = (start.result() for start in starts)
        assert first == second
        assert first.port != neighbour.port
        assert process_behind(first) != process_behind(neighbour)
        assert ask(first.url(), "SHOW fsync") == "off"
        assert ask(neighbour.url(), "SHOW fsync") == "on"
        ensure_database(first, "only_here")
        assert "only_here" not in list_databases(neighbour)
    finally:
        remove_cluster(tmp_path, say=quiet)
    assert not any((tmp_path / "postgres").glob("[0-9]*"))


def test_a_pid_that_now_belongs_to_another_program_is_not_the_server(tmp_path: Path) -> None:
    (tmp_path / "postmaster.pid").write_text(f"{os.getpid()}\n")
    assert server.process_of(tmp_path) is None


def test_a_zombie_counts_as_dead(tmp_path: Path) -> None:
    (tmp_path / "postgres").symlink_to("/bin/true")
    child = os.posix_spawn(tmp_path / "postgres", ["postgres"], os.environ)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    try:
        assert psutil.Process(child).status() == psutil.STATUS_ZOMBIE
        (tmp_path / "postmaster.pid").write_text(f"{child}\n")
        assert server.process_of(tmp_path) is None
        server.clear_dead(tmp_path)
        assert not (tmp_path / "postmaster.pid").exists()
    finally:
        os.waitpid(child, 0)
