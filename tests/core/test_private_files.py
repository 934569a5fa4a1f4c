import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from parkplace.core.files import END_OF_TIME, Folder
from parkplace.core.private_files import Sealed, Unreadable, private_files
from parkplace.core.settings import get_settings

LATER = datetime.now(UTC) + timedelta(hours=1)
SECRET = b"passport no. 4711"


@pytest.fixture
def sealed(tmp_path: Path) -> Sealed:
    return Sealed(Folder(tmp_path / "private"))


def on_disk(sealed: Sealed, name: str) -> Path:
    assert isinstance(sealed.inner, Folder)
    return sealed.inner.path / name


def test_what_is_put_can_be_read_here_and_nowhere_else(sealed: Sealed) -> None:
    sealed.put("a.paper", SECRET)
    assert sealed.read("a.paper") == SECRET
    stored = on_disk(sealed, "a.paper")
    assert SECRET not in stored.read_bytes()
    assert stat.S_IMODE(stored.stat().st_mode) == 0o600
    assert stat.S_IMODE(stored.parent.stat().st_mode) == 0o700
    assert list(sealed.names(before=LATER)) == ["a.paper"]
    sealed.remove("a.paper", before=END_OF_TIME)
    assert sealed.read("a.paper") is None


def test_the_same_content_never_looks_the_same(sealed: Sealed) -> None:
    sealed.put("a.paper", SECRET)
    sealed.put("b.paper", SECRET)
    assert on_disk(sealed, "a.paper").read_bytes() != on_disk(sealed, "b.paper").read_bytes()


def test_a_file_in_the_place_of_another_cannot_be_opened(sealed: Sealed) -> None:
    sealed.put("a.paper", SECRET)
    on_disk(sealed, "a.paper").rename(on_disk(sealed, "b.paper"))
    with pytest.raises(Unreadable):
        sealed.read("b.paper")


@pytest.mark.parametrize("length", [0, 1, 12, 20, 40])
def test_a_file_that_was_cut_short_cannot_be_opened(sealed: Sealed, length: int) -> None:
    sealed.put("a.paper", SECRET)
    stored = on_disk(sealed, "a.paper")
    stored.write_bytes(stored.read_bytes()[:length])
    with pytest.raises(Unreadable):
        sealed.read("a.paper")


@pytest.mark.parametrize("at", [1, 13, -1])
def test_a_file_in_which_one_bit_was_changed_cannot_be_opened(sealed: Sealed, at: int) -> None:
    sealed.put("a.paper", SECRET)
    stored = on_disk(sealed, "a.paper")
    content = bytearray(stored.read_bytes())
    content[at] ^= 1
    stored.write_bytes(content)
    with pytest.raises(Unreadable):
        sealed.read("a.paper")


def test_under_another_secret_nothing_opens(
    sealed: Sealed, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed.put("a.paper", SECRET)
    monkeypatch.setenv("PARKPLACE_SECRET_KEY", "another secret of the operator's, long enough")
    get_settings.cache_clear()
    with pytest.raises(Unreadable):
        sealed.read("a.paper")


def test_they_lie_apart_from_what_everybody_may_see() -> None:
    inner = private_files().inner
    assert isinstance(inner, Folder)
    assert inner.path == get_settings().private_dir
    assert not inner.path.is_relative_to(get_settings().files_dir)
