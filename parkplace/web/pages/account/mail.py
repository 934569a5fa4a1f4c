"""The page of what we write to somebody."""

import reflex as rx

from parkplace.accounts.models import HourCycle, OptionalLetter
from parkplace.web import routes, ui
from parkplace.web.pages.account.mail_state import MailState
from parkplace.web.pages.account.parts import account_page

_LETTERS = {
    OptionalLetter.CONFIRMED: "A booking is confirmed, with its pass",
    OptionalLetter.CHANGED: "A booking was changed",
    OptionalLetter.REQUESTED: "Somebody asks for one of your spaces",
    OptionalLetter.REPORT_RECEIVED: "We have a report of yours",
}
_HOURS = [
    (str(HourCycle.AUTO), "As usual there"),
    (str(HourCycle.H12), "6:00 PM"),
    (str(HourCycle.H24), "18:00"),
]
_LOCALES = [
    ("", "As in the United States"),
    ("en_GB", "As in Britain"),
    ("en_CA", "As in Canada"),
    ("en_AU", "As in Australia"),
    ("en_IE", "As in Ireland"),
]


def mail() -> rx.Component:
    """Show which letters somebody gets, and how they are written."""
    state = MailState
    return account_page(
        ui.card(
            "Letters",
            ui.form(
                ui.group(
                    "Write to me when",
                    *(_letter(kind, label) for kind, label in _LETTERS.items()),
                    hint="What concerns money, safety or a stay that will not take place is "
                    "always written.",
                ),
                ui.columns(
                    ui.select_field(
                        "locale",
                        "Days and numbers",
                        _LOCALES,
                        default_value=state.locale,
                        error=state.wrong["locale"],
                    ),
                    ui.select_field("hours", "Times", _HOURS, default_value=state.hours),
                ),
                on_submit=state.save,
                action="Save",
                pending=state.busy,
                error=state.wrong[""],
                name="letters",
                label="Letters",
            ),
            band="sky",
        ),
        active=routes.ACCOUNT_MAIL,
    )


def _letter(kind: OptionalLetter, label: str) -> rx.Component:
    return ui.check_field(f"letter_{kind}", label, default_checked=MailState.wanted[str(kind)])
