from pathlib import Path

import pytest

from parkplace.launcher import chromium
from parkplace.launcher.commands import LauncherError


def test_the_one_that_was_named_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = tmp_path / "my-chromium"
    named.write_text("#!/bin/sh\necho Chromium 150.0\n")
    named.chmod(0o755)
    monkeypatch.setenv("PARKPLACE_CHROMIUM", str(named))
    assert chromium.ensure_chromium(say=lambda _: None) == named


def test_a_named_one_that_does_not_run_is_no_silent_download(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARKPLACE_CHROMIUM", str(tmp_path / "nowhere"))
    assert chromium.find() is None
    with pytest.raises(LauncherError, match="nowhere, which does not run"):
        chromium.ensure_chromium(say=lambda _: None)


def test_one_on_the_path_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "chromium").write_text("#!/bin/sh\necho Chromium 150.0\n")
    (tmp_path / "chromium").chmod(0o755)
    monkeypatch.delenv("PARKPLACE_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert chromium.find() == tmp_path / "chromium"
