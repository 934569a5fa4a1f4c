from pathlib import Path

import pytest

from parkplace.launcher import install
from parkplace.launcher.commands import LauncherError


def make_postgres(folder: Path, version: str, *, extensions: tuple[str, ...]) -> Path:
    """Lay out programs that answer like a PostgreSQL's, and return their folder."""
    programs, share = folder / "bin", folder / "share"
    (share / "extension").mkdir(parents=True)
    for name in extensions:
        (share / "extension" / f"{name}.control").touch()
    programs.mkdir()
    for name, answer in {
        "postgres": f"postgres (PostgreSQL) {version}",
        "pg_config": str(share),
        "initdb": "",
    }.items():
        (programs / name).write_text(f"#!/bin/sh\necho '{answer}'\n")
        (programs / name).chmod(0o755)
    return programs


def test_the_newest_complete_postgresql_comes_first(tmp_path: Path) -> None:
    folders = [
        make_postgres(tmp_path / version, version, extensions=install.EXTENSIONS)
        for version in ("15.4", "17.0", "16.2")
    ]
    found = install.find(unpacked=tmp_path / "none", folders=folders)
    assert [postgres.major for postgres in found] == [17, 16, 15]
    assert found[0].bin == folders[1]


def test_one_without_postgis_or_too_old_is_no_use(tmp_path: Path) -> None:
    folders = [
        make_postgres(tmp_path / "bare", "17.0", extensions=("btree_gist", "pg_trgm")),
        make_postgres(tmp_path / "old", "13.9", extensions=install.EXTENSIONS),
        tmp_path / "missing",
    ]
    assert install.find(unpacked=tmp_path / "none", folders=folders) == []


def test_data_of_one_version_need_the_programs_of_that_version(tmp_path: Path) -> None:
    folders = [
        make_postgres(tmp_path / version, version, extensions=install.EXTENSIONS)
        for version in ("15.4", "17.0")
    ]
    chosen = install.provide(
        unpacked=tmp_path / "none", say=lambda _: None, major=15, folders=folders
    )
    assert chosen.major == 15


def test_unpacked_packages_are_found_with_what_they_need_around_them(tmp_path: Path) -> None:
    programs = make_postgres(
        tmp_path / "usr/lib/postgresql/15", "15.4", extensions=install.EXTENSIONS
    )
    library = tmp_path / "usr/lib/x86_64-linux-gnu/blas/libblas.so.3"
    library.parent.mkdir(parents=True)
    library.touch()
    [found] = install.find(unpacked=tmp_path, folders=[])
    assert found.bin == programs
    assert str(library.parent) in found.environment["LD_LIBRARY_PATH"].split(":")
    assert found.environment["PROJ_DATA"] == f"{tmp_path}/usr/share/proj"


def test_where_nothing_can_be_installed_the_command_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dnf").write_text("#!/bin/sh\n")
    (tmp_path / "dnf").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LauncherError) as refusal:
        install.provide(unpacked=tmp_path / "none", say=lambda _: None, folders=[])
    message = str(refusal.value)
    assert "sudo dnf install postgresql-server postgresql-contrib postgis" in message
    assert "DATABASE_URL" in message
