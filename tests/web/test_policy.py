"""What pages may do, by what was built."""

from collections.abc import Generator
from pathlib import Path

import pytest

from parkplace.core.settings import get_settings
from parkplace.web.policy import inline_hashes, page_policy, policy

# echo -n 'alert(1)' | openssl dgst -sha256 -binary | base64
ALERT = "bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI="


@pytest.fixture(autouse=True)
def _chosen(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    monkeypatch.setenv("TILE_URL", "none")
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


def directive(whole: str, name: str) -> str:
    found = [part for part in whole.split("; ") if part.partition(" ")[0] == name]
    assert len(found) == 1
    return found[0].partition(" ")[2]


def test_a_script_is_known_by_its_hash() -> None:
    html = '<script>alert(1)</script><script src="/a.js"></script><p>alert(1)</p>'
    assert inline_hashes(html) == {ALERT}
    assert inline_hashes('<script type="module" async="">alert(1)</script>') == {ALERT}
    assert inline_hashes("<script>alert(1)\n</script>") != {ALERT}


def test_nothing_runs_but_what_was_built() -> None:
    whole = policy({ALERT})
    assert directive(whole, "default-src") == "'none'"
    assert directive(whole, "script-src") == f"'self' 'sha256-{ALERT}'"
    assert directive(whole, "style-src") == "'self'"
    assert directive(whole, "frame-ancestors") == "'none'"
    assert directive(whole, "base-uri") == "'none'"
    assert directive(whole, "form-action") == "'self'"
    assert "unsafe" not in whole


def test_each_page_runs_its_own_scripts(tmp_path: Path) -> None:
    (tmp_path / "sign-in").mkdir()
    for name in ("index", "sign-in", "404"):
        (tmp_path / f"{name}.html").write_text(f"<script>{name}</script>")
    (tmp_path / "sign-in" / "index.html").write_text("<script>again</script>")
    of = page_policy(tmp_path)

    def scripts(*texts: str) -> str:
        html = "".join(f"<script>{text}</script>" for text in texts)
        return policy(inline_hashes(html))

    assert of("/") == of("/index.html") == scripts("index")
    assert of("/sign-in") == of("/sign-in/") == scripts("sign-in", "again")
    assert of("/spaces/0192") == of("/no/such/page") == scripts("404")


def test_before_a_build_nothing_inline_runs(tmp_path: Path) -> None:
    assert directive(page_policy(tmp_path)("/"), "script-src") == "'self'"


@pytest.mark.parametrize(
    ("public_url", "socket"),
    [
        ("http://localhost:8000", "ws://localhost:8000"),
        ("https://park.example", "wss://park.example"),
    ],
)
def test_pages_talk_to_where_they_are_served(
    monkeypatch: pytest.MonkeyPatch, public_url: str, socket: str
) -> None:
    monkeypatch.setenv("PARKPLACE_PUBLIC_URL", public_url)
    get_settings.cache_clear()
    assert directive(policy(()), "connect-src") == f"'self' {socket}"


@pytest.mark.parametrize(
    ("template", "origins"),
    [
        ("https://tile.example/{z}/{x}/{y}.png", "https://tile.example"),
        ("http://127.0.0.1:9/{z}/{x}/{y}", "http://127.0.0.1:9"),
        (
            "https://{s}.tile.example/{z}/{x}/{y}{r}.png",
            "https://a.tile.example https://b.tile.example https://c.tile.example",
        ),
        ("/tiles/{z}/{x}/{y}.png", ""),
    ],
)
def test_and_to_the_tile_server(
    monkeypatch: pytest.MonkeyPatch, template: str, origins: str
) -> None:
    monkeypatch.setenv("TILE_URL", template)
    get_settings.cache_clear()
    assert directive(policy(()), "connect-src") == f"'self' ws://localhost:8000 {origins}".strip()
