import json
import re
import subprocess
from pathlib import Path

import pytest
import reflex_base
from reflex_base.compiler.templates import vite_config_template

from parkplace.web import build
from parkplace.web.map.vendor import PACKAGES


def test_node_and_npm_of_the_virtual_environment_come_first() -> None:
    folder = build.put_node_on_path()
    versions = [
        subprocess.run([folder / name, "--version"], capture_output=True, text=True, check=True)
        for name in ("node", "npm")
    ]
    node = tuple(int(part) for part in versions[0].stdout.strip().lstrip("v").split("."))
    assert node >= (22, 22)
    assert versions[1].stdout.count(".") == 2


def test_putting_node_on_the_path_twice_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/usr/bin")
    first = build.put_node_on_path()
    second = build.put_node_on_path()
    assert first == second
    assert build.os.environ["PATH"] == f"{first}:/usr/bin"


def test_a_change_anywhere_makes_a_build_due(tmp_path: Path) -> None:
    for folder in ("parkplace/web", "assets", "reflex.lock"):
        (tmp_path / folder).mkdir(parents=True)
    files = ("rxconfig.py", "parkplace/web/a.py", "parkplace/web/b.js", "assets/deeds.css",
             "reflex.lock/package-lock.json")  # fmt: skip
    for file in files:
        (tmp_path / file).write_text("before")
    seen = {build.fingerprint(root=tmp_path)}
    for file in files:
        (tmp_path / file).write_text("after")
        seen.add(build.fingerprint(root=tmp_path))
    assert len(seen) == 1 + len(files)
    assert build.fingerprint(root=tmp_path) in seen


def test_an_address_in_the_build_becomes_the_page_s_own(tmp_path: Path) -> None:
    host = build.urlsplit(build.get_config().api_url).netloc
    (tmp_path / "assets").mkdir()
    file = tmp_path / "assets" / "reflex-env-abc.js"
    file.write_text(f"var e={{PING:`http://{host}/ping`,EVENT:`ws://{host}/_event`}};")
    build.AnyOrigin().post_build(static_dir=tmp_path)
    assert host not in file.read_text()
    assert "PING:`${location.origin}/ping`" in file.read_text()
    assert "EVENT:`${location.origin.replace(`http`,`ws`)}/_event`" in file.read_text()


def test_a_build_of_an_unknown_shape_is_refused(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    with pytest.raises(build.BuildFailed):
        build.AnyOrigin().post_build(static_dir=tmp_path)


def test_reflex_s_own_configuration_of_vite_takes_our_changes() -> None:
    config = vite_config_template(
        base="/", hmr=True, force_full_reload=False, experimental_hmr=False, sourcemap=False
    )
    changed = build.plain_styles(config)
    assert '"safari17.5"' in changed
    assert "find: /^@emotion\\/react$/" in changed
    with pytest.raises(build.BuildFailed):
        build.plain_styles("export default {}")


def test_what_the_server_sends_is_never_run_as_code() -> None:
    template = Path(reflex_base.__file__).parent / ".templates" / "web" / build.EVENTS
    changed = build.by_name(template.read_text())
    assert "act(event.payload.function)" in changed
    assert "eval(event.payload.function)" not in changed
    assert build.by_name(changed) == changed
    with pytest.raises(build.BuildFailed):
        build.by_name("export const state = {}")


def test_every_act_that_is_asked_for_is_there() -> None:
    acts = (build.ROOT / "parkplace/web/acts.js").read_text()
    known = set(re.findall(r"^  (\w+): \(", acts, re.MULTILINE))
    asked = {
        name
        for file in (build.ROOT / "parkplace/web").rglob("*.py")
        for name in re.findall(r"\bact\(\s*\"(\w+)\"", file.read_text())
    }
    assert asked == known


def test_the_lock_holds_the_packages_in_the_versions_we_name() -> None:
    lock = json.loads((build.ROOT / "reflex.lock" / "package-lock.json").read_text())
    locked = {name: lock["packages"][f"node_modules/{name}"]["version"] for name in PACKAGES}
    assert locked == PACKAGES
