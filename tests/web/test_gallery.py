"""The components, in a real browser: what people see, press and hear."""

import re
from collections.abc import Generator
from pathlib import Path

import axe_playwright_python
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FilePayload, Locator, Route, expect

from parkplace.web import routes
from tests.web.gallery import Gallery, opened

pytestmark = pytest.mark.timeout(300)  # the first test may have to wait for the build

AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe*.js"))


@pytest.fixture
def gallery(browser: Browser, pages: str) -> Generator[Gallery]:
    with opened(browser, pages) as found:
        yield found


@pytest.mark.parametrize(
    ("path", "width", "theme"),
    [
        (routes.GALLERY, 360, "dark"),
        (routes.GALLERY, 768, "light"),
        (routes.GALLERY, 1280, "dark"),
        (routes.GALLERY_MAP, 360, "light"),
        (routes.GALLERY_MAP, 1280, "dark"),
    ],
)
def test_everybody_can_use_it_and_nothing_complains(
    browser: Browser, pages: str, path: str, width: int, theme: str
) -> None:
    with opened(
        browser,
        pages,
        path=path,
        viewport={"width": width, "height": 800},
        color_scheme=theme,
        reduced_motion="reduce",
    ) as gallery:
        page = gallery.page
        expect(page.locator(".credit").first).to_be_visible()
        assert Axe().run(page).response["violations"] == []
        for frame in page.frames[1:]:
            frame.evaluate(AXE.read_text())
            assert frame.evaluate("() => axe.run({preload: false})")["violations"] == []
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, "the page can be pushed sideways"
        assert gallery.noise == []


def test_a_double_press_is_one(gallery: Gallery) -> None:
    gallery.button("Count").dblclick()
    gallery.button("Dialog from the server").click()
    expect(gallery.page.locator("#from-server")).to_be_visible()
    expect(gallery.heard("pressed")).to_have_count(1)


def test_a_form_is_sent_once_and_carries_what_was_typed(gallery: Gallery) -> None:
    gallery.page.get_by_label("E-mail").fill("dana@example.com")
    gallery.button("Publish").dblclick()
    sent = "form description email from hours kind plate rate tags until"
    expect(gallery.heard(sent)).to_have_count(1)


def test_a_press_after_typing_is_another_one(gallery: Gallery) -> None:
    for address in ("dana@example", "dana@example.com"):
        gallery.page.get_by_label("E-mail").fill(address)
        gallery.button("Publish").click()
    expect(gallery.heard("form description email from hours kind")).to_have_count(2)


def test_a_button_that_waits_takes_no_press(gallery: Gallery) -> None:
    waiting = gallery.page.locator("button[aria-busy=true]")
    expect(waiting).to_have_text("Booking")
    expect(waiting).to_have_attribute("aria-disabled", "true")


def test_a_field_is_tied_to_its_label_hint_and_error(gallery: Gallery) -> None:
    plate = gallery.page.get_by_label("Licence plate")
    expect(plate).to_have_accessible_description(re.compile("Type it as it stands on the car"))
    expect(plate).to_have_attribute("aria-invalid", "true")
    email = gallery.page.get_by_label("E-mail")
    expect(email).to_have_accessible_description("For the receipt.")
    expect(email).to_have_attribute("aria-invalid", "false")


def test_what_cannot_be_taken_back_is_asked_first(gallery: Gallery) -> None:
    dialog = gallery.page.locator("#end-now")
    gallery.button("End now").click()
    expect(dialog).to_be_visible()
    # The harmless answer has the focus.
    expect(gallery.button("Stay until 9:00 pm")).to_be_focused()
    gallery.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(gallery.button("End now")).to_be_focused()
    expect(gallery.heard("confirmed")).to_have_count(0)
    gallery.button("Cancel booking").click()
    gallery.button("End the stay").click()
    expect(dialog).to_be_hidden()
    expect(gallery.heard("confirmed")).to_have_count(1)
    expect(gallery.page.locator(".toast")).to_contain_text("$14.00 is on its way back")


def test_a_dialog_follows_the_state_and_tells_it_when_it_was_closed(gallery: Gallery) -> None:
    dialog = gallery.page.locator("#from-server")
    gallery.button("Dialog from the server").click()
    expect(dialog).to_be_visible()
    gallery.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(gallery.heard("answered")).to_have_count(1)
    expect(gallery.button("Dialog from the server")).to_be_focused()


def test_a_press_on_the_veil_closes_a_dialog(gallery: Gallery) -> None:
    gallery.button("End now").click()
    expect(gallery.page.locator("#end-now")).to_be_visible()
    gallery.page.mouse.click(5, 5)
    expect(gallery.page.locator("#end-now")).to_be_hidden()


def test_what_the_domain_refuses_is_said_in_its_words(gallery: Gallery) -> None:
    gallery.button("Be refused").click()
    expect(gallery.page.locator(".toast.wrong")).to_contain_text("Somebody took this bay")
    expect(gallery.page.get_by_role("alert").filter(has_text="Somebody")).to_have_count(1)


def test_what_breaks_is_owned_up_to_with_a_number(gallery: Gallery) -> None:
    gallery.button("Break something").click()
    expect(gallery.page.locator(".toast.wrong")).to_contain_text(re.compile("number [0-9a-f]{8}"))


def test_good_news_leaves_by_itself_and_bad_news_stays(browser: Browser, pages: str) -> None:
    with opened(browser, pages) as gallery:
        gallery.page.clock.install()
        gallery.page.reload()
        expect(gallery.map.locator(".pin")).to_have_count(8, timeout=30_000)
        gallery.page.clock.run_for(1000)
        gallery.button("A wrong message").click()
        gallery.button("Book for $14.00").click()
        toasts = gallery.page.locator(".toast")
        expect(toasts).to_have_count(2)
        gallery.page.mouse.move(5, 5)
        gallery.page.clock.run_for(7000)
        expect(toasts).to_have_count(1)
        expect(toasts).to_contain_text("The card was declined.")
        toasts.get_by_role("button", name="Close this message").click()
        expect(toasts).to_have_count(0)


def picture(name: str, size: int, kind: str = "image/png") -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": b"x" * size}


def test_files_are_sent_when_they_are_picked(gallery: Gallery) -> None:
    field = gallery.page.get_by_label("Photos")
    field.set_input_files([picture("gate.png", 2000), picture("ramp.png", 10)])
    expect(gallery.heard("file gate.png of 2000 bytes")).to_have_count(1)
    expect(gallery.heard("file ramp.png of 10 bytes")).to_have_count(1)


@pytest.mark.parametrize(
    ("picked", "reason"),
    [
        ([picture("big.png", 10 * 1024 * 1024 + 1)], "big.png is larger than 10 MB"),
        ([picture("a.gif", 1, "image/gif")], "a.gif is not a kind of file we can use"),
        ([picture(f"{number}.png", 1) for number in range(9)], "Choose at most 8 files"),
    ],
)
def test_a_file_that_will_not_do_is_refused_before_it_is_sent(
    gallery: Gallery, picked: list[FilePayload], reason: str
) -> None:
    requests: list[str] = []
    gallery.page.on("request", lambda request: requests.append(request.url))
    field = gallery.page.get_by_label("Photos")
    field.set_input_files(picked)
    expect(field).to_have_accessible_description(re.compile(reason))
    assert not [url for url in requests if "_upload" in url]


def seconds_left(countdown: Locator) -> int:
    minutes, seconds = countdown.locator("strong").inner_text().split(":")
    return 60 * int(minutes) + int(seconds)


def test_a_countdown_is_right_on_a_wrong_clock_and_after_a_pause(
    browser: Browser, pages: str
) -> None:
    with opened(browser, pages) as gallery:
        page = gallery.page
        page.clock.install(time="2001-01-01T00:00:00")
        page.reload()
        hold, over = (page.locator(".countdown.plain").nth(number) for number in (0, 1))
        expect(hold).to_contain_text("9:5", timeout=30_000)
        expect(page.locator(".pass .countdown")).to_contain_text(re.compile(r"1:4[12] h left"))
        before = seconds_left(hold)
        # As when a laptop was closed: no timer ran, and all the time has passed.
        page.clock.fast_forward("00:15")
        expect(over).to_contain_text("The hold has ended.")
        assert before - 30 < seconds_left(hold) <= before - 15
        expect(gallery.heard("ended")).to_have_count(1)


def test_a_chosen_theme_stays_and_reaches_the_map(browser: Browser, pages: str) -> None:
    with opened(browser, pages, color_scheme="light") as gallery:
        page, frame = gallery.page, gallery.map.locator("html")
        expect(frame).to_have_attribute("data-theme", "light")
        gallery.button("Menu of Dana Kim").click()
        gallery.button("Dark").click()
        expect(frame).to_have_attribute("data-theme", "dark")
        expect(page.locator("body")).to_have_css("background-color", "rgb(20, 32, 26)")
        page.reload()
        expect(page.locator("body")).to_have_css("background-color", "rgb(20, 32, 26)")
        expect(frame).to_have_attribute("data-theme", "dark")


def test_the_keyboard_reaches_the_content_first(gallery: Gallery) -> None:
    page = gallery.page
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_the_api_s_pages_are_opened_as_documents(gallery: Gallery) -> None:
    with gallery.page.expect_request(f"**{routes.API_DOCS}") as asked:
        gallery.page.get_by_role("link", name="API", exact=True).click()
    assert asked.value.is_navigation_request()


def test_an_unknown_address_says_so_and_leads_on(browser: Browser, pages: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    answer = page.goto(f"{pages}/no/such/page")
    assert answer
    assert answer.status == 404
    expect(page.get_by_text("There is nothing at this address")).to_be_visible()
    expect(page.get_by_role("link", name="Open the map")).to_be_visible()
    context.close()


def test_signals_come_at_most_once_a_second_and_once_after_a_gap(
    browser: Browser, pages: str
) -> None:
    with opened(browser, pages) as gallery:
        connections: list[str] = []

        def stream(route: Route) -> None:
            """Signal many times, then break off; the second time only open."""
            connections.append(route.request.url)
            told = "data: space:1\n\n" * 20 + "data: space:2\n\n"
            body = told if len(connections) == 1 else ": again\n\n"
            route.fulfill(content_type="text/event-stream", body=f"retry: 1500\n\n{body}")

        gallery.page.route(f"**{routes.LIVE}?*", stream)
        gallery.button("Listen").click()
        # At once, and once more for all that followed within the second.
        expect(gallery.heard("signal space:1")).to_have_count(2)
        expect(gallery.heard("signal space:2")).to_have_count(1)
        expect(gallery.heard("signal *").first).to_be_visible()
        expect(gallery.heard("signal space:1")).to_have_count(2)
        assert connections[0].endswith("/live?topic=space%3A1&topic=space%3A2")
