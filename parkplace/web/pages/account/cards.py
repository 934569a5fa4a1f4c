"""The page of the cards that somebody keeps."""

import reflex as rx

from parkplace.web import routes, ui
from parkplace.web.frame import FrameState
from parkplace.web.pages.account import view
from parkplace.web.pages.account.cards_state import ADD, DIALOG, CardsState
from parkplace.web.pages.account.parts import account_page, thing


def cards() -> rx.Component:
    """Show which cards somebody keeps."""
    state = CardsState
    return account_page(
        rx.cond(state.unsure, ui.wrong("Not known yet", state.unsure), rx.fragment()),
        rx.cond(
            state.cards,
            ui.stack(
                rx.el.ul(rx.foreach(state.cards, _card), class_name="deeds"),
                ui.row(_add()),
            ),
            ui.empty(
                "No cards yet",
                "Save one, and you pay for a booking with one press. A card that you book with is "
                "kept too.",
                _add(),
            ),
        ),
        _where(),
        ui.confirm(
            dialog_id=DIALOG,
            question="Remove this card?",
            detail=rx.el.p(
                rx.el.strong(state.asked_label),
                " is forgotten here and at Stripe. To use it again, you type it again.",
            ),
            action="Remove it",
            on_confirm=state.remove,
        ),
        active=routes.ACCOUNT_CARDS,
    )


def _add() -> rx.Component:
    return ui.button(
        "Add a card",
        id=ADD,
        kind="go",
        on_click=CardsState.add,
        pending=CardsState.busy == "add",
    )


def _where() -> rx.Component:
    return rx.el.p(
        rx.cond(
            FrameState.sandbox,
            "You type the card on the page of the payment sandbox. No card is real here: its page "
            "lists the numbers that it takes.",
            "You type the card on Stripe's page. We never see its number, only its last digits.",
        ),
        class_name="soft small",
    )


def _card(card: view.Card) -> rx.Component:
    state = CardsState
    return thing(
        card.label,
        rx.el.p(
            card.expiry,
            rx.cond(card.expired, rx.el.span("Expired", class_name="tag"), rx.fragment()),
            class_name="row",
        ),
        ui.row(
            rx.cond(
                card.is_default | card.expired,
                rx.fragment(),
                ui.button(
                    "Make it the first choice",
                    on_click=state.make_default(card.id),
                    pending=state.busy == card.id,
                    aria_label=f"Make {card.label} the first choice",
                ),
            ),
            ui.button(
                "Remove",
                on_click=state.ask(card.id, card.label),
                aria_label=f"Remove {card.label}",
            ),
        ),
        first=card.is_default,
        remark="First choice",
        band="green",
    )
