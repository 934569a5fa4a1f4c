"""The parts of the space page."""

import reflex as rx

from parkplace.web import ui
from parkplace.web.frame import FrameState
from parkplace.web.map.bridge import map_frame
from parkplace.web.nearby import found_deeds
from parkplace.web.pages.space.hold_state import HoldState
from parkplace.web.pages.space.state import SpaceState
from parkplace.web.pages.space.view import Picture

STEP = "book-step"


def messages() -> rx.Component:
    """Say what this person should know first: it is theirs already, lost, or not listed."""
    return rx.fragment(
        rx.cond(
            HoldState.lost,
            ui.wrong("This could not be held", HoldState.lost),
            rx.fragment(),
        ),
        rx.cond(
            HoldState.mine,
            ui.done(
                "You have a bay here",
                "It is yours for some or all of this time.",
                ui.button("Open your booking", kind="go", on_click=HoldState.open_mine),
            ),
            rx.fragment(),
        ),
    )


def deed() -> rx.Component:
    """Show the space as a deed: what it is, when, for how much, and Book."""
    card, terms = SpaceState.card, SpaceState.terms
    return rx.el.article(
        rx.el.header(card.neighbourhood, rx.el.small(card.rate), class_name="band"),
        rx.el.div(
            rx.el.h2(card.name),
            rx.el.p(card.address, class_name="bay"),
            rx.el.p(card.facts, class_name="meta"),
            rx.cond(terms.when, _stay(), rx.fragment()),
            _status(),
            rx.cond(terms.state == "free", _book(), rx.fragment()),
            rx.cond(terms.total, _lines(), rx.fragment()),
            _time(),
            class_name="pad",
        ),
        class_name=["deed", "pass", f"band-{card.band}"],
    )


def _stay() -> rx.Component:
    terms = SpaceState.terms
    return rx.el.div(
        rx.el.p(
            rx.el.strong(terms.when),
            rx.el.br(),
            rx.el.span(SpaceState.card.clock, class_name="soft small"),
        ),
        rx.cond(
            terms.total, ui.price_of_stay(terms.total, f"{terms.lasts}, all in"), rx.fragment()
        ),
        class_name="stay",
    )


def _status() -> rx.Component:
    terms = SpaceState.terms
    return rx.el.div(
        rx.match(
            terms.state,
            ("free", rx.el.p(terms.bays, class_name="status free")),
            (
                "taken",
                rx.cond(
                    HoldState.mine,
                    rx.fragment(),
                    rx.el.p(terms.sentence, class_name="status taken"),
                ),
            ),
            ("closed", rx.el.p(terms.sentence, class_name="status taken")),
            ("unlisted", rx.el.p(terms.sentence, class_name="status taken")),
            rx.fragment(),
        ),
        role="status",
    )


def _book() -> rx.Component:
    return ui.button(SpaceState.terms.book, kind="go", wide=True, on_click=HoldState.open)


def _lines() -> rx.Component:
    terms = SpaceState.terms
    return ui.price_lines(
        terms.lines, total=terms.total, total_label="Charged when you leave", opened=True
    )


def _time() -> rx.Component:
    return rx.el.details(
        rx.el.summary("Change the time"),
        _asked_back(),
        ui.form(
            ui.columns(
                ui.datetime_field(
                    "from",
                    "From",
                    hint=SpaceState.card.clock,
                    error=SpaceState.errors["from"],
                    default_value=SpaceState.starts,
                    key=f"from {SpaceState.starts}",
                ),
                ui.datetime_field(
                    "until",
                    "Until",
                    hint=SpaceState.card.clock,
                    error=SpaceState.errors["until"],
                    default_value=SpaceState.ends,
                    key=f"until {SpaceState.ends}",
                ),
            ),
            on_submit=SpaceState.show_time,
            action="Show this time",
            name="time",
            label="When you want to park",
        ),
        class_name="lines",
        open=SpaceState.terms.state == "wrong",
    )


def _asked_back() -> rx.Component:
    asked = SpaceState.asked
    return rx.cond(
        asked.field,
        rx.el.div(
            rx.el.p(asked.sentence, class_name="strong"),
            ui.actions(
                ui.button(asked.first, on_click=SpaceState.choose("first")),
                ui.button(asked.second, on_click=SpaceState.choose("second")),
            ),
            role="alert",
        ),
        rx.fragment(),
    )


def others() -> rx.Component:
    """Offer the nearest spaces that are free, when this one is not, nor theirs already."""
    return rx.cond(
        HoldState.mine,
        rx.fragment(),
        _nearest(),
    )


def _nearest() -> rx.Component:
    return rx.cond(
        SpaceState.nearest,
        rx.el.section(
            rx.el.h2("Free nearby for that time"),
            found_deeds(SpaceState.nearest),
            class_name="stack",
            aria_label="Free nearby for that time",
        ),
        rx.fragment(),
    )


def photos() -> rx.Component:
    """Show the pictures in a row that can be pushed along."""
    pictures = SpaceState.card.pictures
    return rx.cond(
        pictures,
        rx.el.ul(
            rx.foreach(pictures, _photo), class_name="shots", aria_label="Photos", tab_index=0
        ),
        rx.fragment(),
    )


def _photo(picture: Picture) -> rx.Component:
    return rx.el.li(
        rx.el.img(
            src=picture.source,
            src_set=picture.sources,
            sizes="(min-width: 60rem) 30rem, 80vw",
            alt=picture.caption,
            loading="lazy",
            # Reflex would make a style of them, which no stylesheet could change.
            custom_attrs={"width": picture.width, "height": picture.height},
        )
    )


def description() -> rx.Component:
    """Show what the host says, as text whatever is in it."""
    card = SpaceState.card
    return rx.el.section(
        rx.el.h2("About this space"),
        rx.foreach(card.description, rx.el.p),
        rx.el.p(card.host, class_name="soft"),
        rx.cond(card.approval, rx.el.p(card.approval, class_name="soft"), rx.fragment()),
        class_name="stack tight",
        aria_label="About this space",
    )


def opening_hours() -> rx.Component:
    """List when it is open, in its own time."""
    return rx.el.section(
        rx.el.h2("Opening hours"),
        rx.el.ul(rx.foreach(SpaceState.card.hours, rx.el.li)),
        rx.el.p(SpaceState.card.clock, class_name="soft small"),
        class_name="stack tight",
        aria_label="Opening hours",
    )


def where() -> rx.Component:
    """Show where it is."""
    return rx.el.section(
        rx.el.h2("Where it is"),
        map_frame(
            pins=SpaceState.pins,
            selected=SpaceState.card.id,
            center=SpaceState.center,
            zoom=16,
            boxed=True,
            label="Map with this space",
        ),
        rx.el.p(SpaceState.card.address, class_name="soft"),
        class_name="stack tight",
        aria_label="Where it is",
    )


def booking_step() -> rx.Component:
    """Ask for what is needed to book: who, and which vehicle."""
    terms = SpaceState.terms
    return ui.modal(
        rx.el.p(
            rx.el.strong(terms.when), rx.el.br(), f"{terms.lasts}, ", rx.el.strong(terms.total)
        ),
        ui.form(
            rx.cond(HoldState.email, _account(), _guest()),
            _vehicle(),
            _terms_of_payment(),
            on_submit=HoldState.hold,
            action="Hold for 10 minutes",
            pending=HoldState.pending,
            error=HoldState.errors[""],
            name="book",
            label="Book this space",
        ),
        dialog_id=STEP,
        title=f"Book {SpaceState.card.name}",
        opened=HoldState.opened,
        on_close=HoldState.close,
        sheet=True,
    )


def _account() -> rx.Component:
    return rx.el.p("Signed in as ", rx.el.strong(HoldState.email), ".")


def _guest() -> rx.Component:
    return ui.stack(
        ui.text_field(
            "email",
            "E-mail",
            kind="email",
            hint="Your pass and your receipt are sent there.",
            error=HoldState.errors["email"],
            auto_complete="email",
        ),
        rx.el.p(
            "Have an account? ", ui.link("Sign in", href=HoldState.sign_in), class_name="small"
        ),
        gap="tight",
    )


def _vehicle() -> rx.Component:
    return ui.columns(
        ui.text_field(
            "plate",
            "Licence plate",
            hint="You can add or change it later.",
            error=HoldState.errors["plate"],
            default_value=HoldState.plate,
            auto_complete="off",
            auto_capitalize="characters",
        ),
        ui.text_field(
            "plate_region",
            "Plate's state or country (optional)",
            hint="Such as NY or D.",
            error=HoldState.errors["plate_region"],
            default_value=HoldState.region,
            auto_complete="off",
            auto_capitalize="characters",
        ),
    )


def _terms_of_payment() -> rx.Component:
    return rx.el.p(
        "Next you save a card",
        rx.cond(FrameState.sandbox, " in the payment sandbox, where no money is real", ""),
        ". Nothing is charged until you leave. ",
        SpaceState.card.approval,
        class_name="soft small",
    )
