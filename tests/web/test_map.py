"""The map and its bridge, in a real browser."""

import re
from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, expect

from parkplace.web import routes
from tests.web.gallery import Gallery, opened
from tests.web.tiles import TileServer

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def gallery(browser: Browser, pages: str) -> Generator[Gallery]:
    with opened(browser, pages) as found:
        yield found


def test_pins_say_what_a_stay_costs_and_who_they_are(gallery: Gallery) -> None:
    garage = gallery.map.get_by_role("button", name="St Marks Place garage, $14.00 for 3 h")
    expect(garage).to_have_text("$14")
    expect(garage).to_have_attribute("aria-pressed", "true")
    expect(garage).to_have_class(re.compile("band-orange"))
    expect(gallery.map.get_by_role("button", name="23 spaces, zoom in")).to_have_text("23")
    expect(gallery.map.get_by_role("img", name="You are here")).to_have_count(1)


def test_html_in_a_name_stays_text(gallery: Gallery) -> None:
    name = "<b>Washington Square</b> garage, $22.00"
    expect(gallery.map.get_by_role("button", name=name)).to_have_text("$22")
    expect(gallery.map.locator("b")).to_have_count(0)


def test_the_frame_is_closed_off(gallery: Gallery) -> None:
    frame = gallery.page.frames[1]
    assert frame.evaluate("self.origin") == "null"
    escape = "() => { try { return String(parent.document) } catch (e) { return e.name } }"
    assert frame.evaluate(escape) == "SecurityError"
    fetched = frame.evaluate("() => fetch('/api/v1/spaces').then(() => 'sent', () => 'refused')")
    assert fetched == "refused"


def test_a_pin_chooses_a_space(gallery: Gallery) -> None:
    meter = gallery.map.get_by_role("button", name="Elizabeth Street meter")
    meter.click()
    expect(gallery.heard("pin meter")).to_have_count(1)
    expect(meter).to_have_attribute("aria-pressed", "true")
    expect(gallery.map.locator(".selected")).to_have_count(1)


def test_a_pin_can_be_pressed_from_the_keyboard(gallery: Gallery) -> None:
    meter = gallery.map.get_by_role("button", name="Elizabeth Street meter")
    meter.focus()
    gallery.page.keyboard.press("Enter")
    expect(gallery.heard("pin meter")).to_have_count(1)


def test_pins_that_stay_are_the_same_elements(gallery: Gallery) -> None:
    garage = gallery.map.get_by_role("button", name="St Marks Place garage")
    garage.evaluate("element => { element.dataset.mark = 'kept' }")
    garage.focus()
    gallery.button("Fewer pins").evaluate("element => element.click()")
    expect(gallery.map.locator(".pin")).to_have_count(4)
    expect(garage).to_have_attribute("data-mark", "kept")
    expect(garage).to_be_focused()


def test_the_page_s_own_view_is_no_movement_of_the_person(gallery: Gallery) -> None:
    expect(gallery.heard("moved by page to zoom 15")).to_have_count(1)
    expect(gallery.heard("moved by person")).to_have_count(0)


def test_a_dragged_map_is_reported_and_not_pulled_back(gallery: Gallery) -> None:
    expect(gallery.heard("moved by page")).to_have_count(1)
    frame = gallery.page.locator("iframe[title='Map of spaces']")
    frame.scroll_into_view_if_needed()
    box = frame.bounding_box()
    assert box
    mouse = gallery.page.mouse
    mouse.move(box["x"] + 200, box["y"] + 150)
    mouse.down()
    mouse.move(box["x"] + 320, box["y"] + 190, steps=10)
    mouse.up()
    expect(gallery.heard("moved by person to zoom 15")).to_have_count(1)
    # The page sends the new middle back with its next state; the map must not take it as an order.
    gallery.button("Fewer pins").click()
    expect(gallery.map.locator(".pin")).to_have_count(4)
    expect(gallery.heard("moved by")).to_have_count(2)


def test_the_map_moves_and_zooms_from_the_keyboard(gallery: Gallery) -> None:
    expect(gallery.heard("moved by page")).to_have_count(1)
    gallery.map.get_by_role("region", name="Map of spaces").focus()
    gallery.page.keyboard.press("ArrowRight")
    expect(gallery.heard("moved by person to zoom 15")).to_have_count(1)
    gallery.page.keyboard.press("+")
    expect(gallery.heard("moved by person to zoom 16")).to_have_count(1)


def test_a_group_opens_by_coming_closer(gallery: Gallery) -> None:
    expect(gallery.heard("moved by page")).to_have_count(1)
    gallery.map.get_by_role("button", name="Zoom out").click()
    expect(gallery.heard("moved by person to zoom 14")).to_have_count(1)
    gallery.map.get_by_role("button", name="23 spaces, zoom in").click()
    expect(gallery.heard("cluster b")).to_have_count(1)
    expect(
        gallery.heard(re.compile(r"moved by person to zoom 16, -73\.99. to -73\.97."))
    ).to_have_count(1)


def test_a_message_from_elsewhere_is_not_believed(gallery: Gallery) -> None:
    gallery.page.evaluate(
        "window.postMessage({from: 'parkplace-map', kind: 'pin', id: 'forged'}, '*')"
    )
    gallery.map.get_by_role("button", name="Elizabeth Street meter").click()
    expect(gallery.heard("pin meter")).to_have_count(1)
    expect(gallery.heard("pin forged")).to_have_count(0)


def test_a_frame_that_loads_again_gets_everything_again_and_is_heard_once(
    gallery: Gallery,
) -> None:
    gallery.page.evaluate(
        "() => { const frame = document.querySelector('iframe'); frame.src = frame.src }"
    )
    expect(gallery.map.locator(".pin")).to_have_count(8)
    expect(gallery.map.locator(".selected")).to_have_text("$14")
    gallery.map.get_by_role("button", name="Elizabeth Street meter").click()
    expect(gallery.map.locator(".selected")).to_have_text("$9")
    expect(gallery.heard("pin meter")).to_have_count(1)


def test_the_map_is_drawn_in_the_page_s_letters(gallery: Gallery) -> None:
    gallery.page.frames[1].wait_for_function(
        "() => [...document.fonts].some((font) => font.family.includes('Archivo Black')"
        " && font.status === 'loaded')"
    )


def test_a_pin_is_put_down_by_a_press_and_moved_by_arrows(gallery: Gallery) -> None:
    board = gallery.placing.get_by_role("region")
    board.click(position={"x": 300, "y": 150})
    expect(gallery.heard("placed at")).to_have_count(1)
    pin = gallery.placing.get_by_role("button", name="Your space. Arrow keys move it.")
    before = pin.bounding_box()
    pin.focus()
    gallery.page.keyboard.press("ArrowUp")
    gallery.page.keyboard.press("ArrowUp")
    expect(gallery.heard("placed at")).to_have_count(2)
    after = pin.bounding_box()
    assert before
    assert after
    assert before["y"] - after["y"] == pytest.approx(24, abs=1)
    assert after["x"] == pytest.approx(before["x"], abs=1)


def test_a_pin_is_put_down_without_a_pointer(gallery: Gallery) -> None:
    gallery.placing.get_by_role("region").focus()
    gallery.page.keyboard.press("Enter")
    expect(gallery.heard(re.compile(r"placed at 40\.7298., -73\.991"))).to_have_count(1)
    expect(gallery.placing.locator(".placed")).to_be_focused()


def test_a_pin_is_dragged(gallery: Gallery) -> None:
    gallery.placing.get_by_role("region").click(position={"x": 300, "y": 150})
    pin = gallery.placing.locator(".placed")
    expect(pin).to_be_visible()
    box = pin.bounding_box()
    assert box
    mouse = gallery.page.mouse
    mouse.move(box["x"] + 10, box["y"] + 10)
    mouse.down()
    mouse.move(box["x"] + 110, box["y"] + 40, steps=8)
    mouse.up()
    expect(gallery.heard("placed at")).to_have_count(2)


def test_tiles_are_asked_for_by_the_page_which_says_who_it_is(
    browser: Browser, pages_with_tiles: str, tiles: TileServer
) -> None:
    tiles.begin(status=200)
    with opened(browser, pages_with_tiles) as gallery:
        expect(gallery.map.locator(".leaflet-tile-loaded").first).to_be_attached()
        assert gallery.noise == []
    assert all(re.fullmatch(r"/1\d/\d+/\d+\.png", path) for path, _ in tiles.asked)
    # OpenStreetMap's servers, among others, refuse who does not say it.
    assert {referer for _, referer in tiles.asked} == {f"{pages_with_tiles}/"}


def test_a_tile_server_that_refuses_is_left_alone_and_streets_are_drawn(
    browser: Browser, pages_with_tiles: str, tiles: TileServer
) -> None:
    tiles.begin(status=403)
    with opened(browser, pages_with_tiles, path=routes.GALLERY_MAP) as gallery:
        expect(gallery.map.locator(".board .leaflet-tile-pane")).to_be_attached()
        expect(gallery.map.locator(".leaflet-tile")).to_have_count(0)
        expect(gallery.map.locator(".board canvas")).to_have_count(1)
    assert len(tiles.asked) == 1


def test_far_out_the_map_draws_land_and_sea(gallery: Gallery) -> None:
    expect(gallery.heard("moved by page")).to_have_count(1)
    out = gallery.map.get_by_role("button", name="Zoom out")
    for zoom in range(14, 7, -1):
        out.click()
        expect(gallery.heard(f"moved by person to zoom {zoom},")).to_have_count(1)
    expect(gallery.map.locator(".board")).to_have_class(re.compile(r"\bfar\b"))
    gallery.page.frames[1].wait_for_function("() => window.parkplaceLand?.length > 1000")
    expect(gallery.map.locator(".board canvas")).to_have_count(1)
