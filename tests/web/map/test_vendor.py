import json
from pathlib import Path

from parkplace.web.build import ROOT
from parkplace.web.map import vendor

LAND = {
    "transform": {"scale": [1, 1], "translate": [0, 0]},
    "arcs": [[[0, 0], [1, 0], [0, 1], [-1, 0], [0, -1]]],
    "objects": {"land": {"geometries": [{"type": "Polygon", "arcs": [[0]]}]}},
}


def test_every_file_lands_where_the_pages_look_for_it(tmp_path: Path) -> None:
    packages, static = tmp_path / "node_modules", tmp_path / "static"
    for source in vendor.COPIES.values():
        file = packages / source
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source)
    (packages / "world-atlas").mkdir()
    (packages / "world-atlas" / "land-50m.json").write_text(json.dumps(LAND))
    vendor.copy_files(packages, static)
    for target, source in vendor.COPIES.items():
        assert (static / target).read_text() == source
    assert (static / "map" / "land.js").read_text().startswith("window.parkplaceLand=[[")
    assert "--paper" in (static / "map" / "board.css").read_text()
    assert "parkplaceBoard" in (static / "map" / "board.js").read_text()


def test_every_copy_comes_from_a_package_with_a_version() -> None:
    for source in vendor.COPIES.values():
        assert any(source.startswith(f"{name}/") for name in vendor.PACKAGES)


def test_the_stylesheet_names_fonts_that_are_there() -> None:
    named = (ROOT / "assets" / "fonts.css").read_text()
    fonts = [target for target in vendor.COPIES if target.startswith("fonts/")]
    assert fonts
    assert all(f"url(/{font})" in named for font in fonts)
