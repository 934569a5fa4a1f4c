import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from parkplace.core.files import Folder, files
from parkplace.core.settings import get_settings

LATER = datetime.now(UTC) + timedelta(hours=1)


def test_what_is_put_can_be_read_replaced_and_removed(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "deep" / "files")

    assert folder.read("a-1.webp") is None
    assert list(folder.names(before=LATER)) == []
    folder.put("a-1.webp", b"one")
    folder.put("a-1.webp", b"two")
    assert folder.read("a-1.webp") == b"two"
    assert list(folder.names(before=LATER)) == ["a-1.webp"]
    folder.remove("a-1.webp", before=LATER)
    folder.remove("a-1.webp", before=LATER)
    assert folder.read("a-1.webp") is None


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../secret.txt",
        "/etc/passwd",
        "a/b.webp",
        "a\\b.webp",
        ".hidden",
        "a.webp\n",
        "a\0.webp",
        "A.webp",
        "no-ending",
        "a..webp",
        "a.b.webp",
        "x" * 200 + ".webp",
    ],
)
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    folder = Folder(tmp_path / "files")
    folder.put("real.webp", b"x")

    with pytest.raises(ValueError, match="no name for a file"):
        folder.put(name, b"x")
    assert folder.read(name) is None
    folder.remove(name, before=LATER)
    assert (tmp_path / "secret.txt").read_text() == "secret"
    assert list(folder.names(before=LATER)) == ["real.webp"]


def test_only_the_owner_may_read(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "files")
    folder.put("a.webp", b"x")

    assert stat.S_IMODE((tmp_path / "files").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "files" / "a.webp").stat().st_mode) == 0o600


def test_a_file_that_cannot_be_written_leaves_the_old_one_and_no_rest(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.put("a.webp", b"old")

    with pytest.raises(TypeError):
        folder.put("a.webp", "not bytes")  # pyright: ignore[reportArgumentType]

    assert folder.read("a.webp") == b"old"
    assert os.listdir(tmp_path) == ["a.webp"]  # noqa: PTH208 - hidden ones too


def test_a_file_stored_again_meanwhile_is_not_removed(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.put("a.webp", b"x")
    before = datetime.now(UTC) - timedelta(hours=1)

    assert list(folder.names(before=before)) == []
    folder.remove("a.webp", before=before)

    assert folder.read("a.webp") == b"x"


def test_files_lie_in_the_data_folder() -> None:
    assert files() == Folder(get_settings().files_dir)
