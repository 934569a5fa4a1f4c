"""Components and design tokens; `from parkplace.web import ui`, then `ui.deed(…)`.

The tokens and the look of everything stand in `assets/tokens.css` and `assets/deeds.css`.
Nothing here knows a page or a state: components take words, flags and events.
"""

from parkplace.web.ui.browser import (
    act,
    close_dialog,
    focus,
    leave_for,
    locate,
    open_dialog,
    post_to,
    rewrite_address,
    toast,
)
from parkplace.web.ui.buttons import button, go_link, icon_button, turn_page
from parkplace.web.ui.choices import Tab, chip, chips, tabs
from parkplace.web.ui.countdown import countdown, instant
from parkplace.web.ui.deeds import (
    Deed,
    actions,
    booking_pass,
    card,
    cards,
    deed,
    deed_item,
    deeds,
    figure,
    plate,
    price_of_stay,
    steps,
)
from parkplace.web.ui.dialogs import confirm, modal
from parkplace.web.ui.feedback import (
    connection_notice,
    done,
    empty,
    waiting_deeds,
    waiting_lines,
    wrong,
)
from parkplace.web.ui.fields import (
    area_field,
    check_field,
    columns,
    datetime_field,
    form_error,
    group,
    password_field,
    select_field,
    text_field,
)
from parkplace.web.ui.files import file_field
from parkplace.web.ui.forms import form
from parkplace.web.ui.icons import ICONS, icon
from parkplace.web.ui.keeping import fill, forget, keep
from parkplace.web.ui.kinds import BANDS, Band, Content, Event, Flag, Text
from parkplace.web.ui.layout import row, section, split, stack
from parkplace.web.ui.lines import PriceLine, price_lines
from parkplace.web.ui.links import link, outside
from parkplace.web.ui.moments import moment
from parkplace.web.ui.once import copy_shown, draw, save_shown, shown_picture, shown_text, write
from parkplace.web.ui.search import search_bar, search_pill, search_sheet
from parkplace.web.ui.shell import (
    Place,
    account_menu,
    bar,
    logo,
    menu_button,
    menu_link,
    page,
    theme_choice,
    title_bar,
)
from parkplace.web.ui.toasts import toasts

__all__ = [
    "BANDS",
    "ICONS",
    "Band",
    "Content",
    "Deed",
    "Event",
    "Flag",
    "Place",
    "PriceLine",
    "Tab",
    "Text",
    "account_menu",
    "act",
    "actions",
    "area_field",
    "bar",
    "booking_pass",
    "button",
    "card",
    "cards",
    "check_field",
    "chip",
    "chips",
    "close_dialog",
    "columns",
    "confirm",
    "connection_notice",
    "copy_shown",
    "countdown",
    "datetime_field",
    "deed",
    "deed_item",
    "deeds",
    "done",
    "draw",
    "empty",
    "figure",
    "file_field",
    "fill",
    "focus",
    "forget",
    "form",
    "form_error",
    "go_link",
    "group",
    "icon",
    "icon_button",
    "instant",
    "keep",
    "leave_for",
    "link",
    "locate",
    "logo",
    "menu_button",
    "menu_link",
    "modal",
    "moment",
    "open_dialog",
    "outside",
    "page",
    "password_field",
    "plate",
    "post_to",
    "price_lines",
    "price_of_stay",
    "rewrite_address",
    "row",
    "save_shown",
    "search_bar",
    "search_pill",
    "search_sheet",
    "section",
    "select_field",
    "shown_picture",
    "shown_text",
    "split",
    "stack",
    "steps",
    "tabs",
    "text_field",
    "theme_choice",
    "title_bar",
    "toast",
    "toasts",
    "turn_page",
    "waiting_deeds",
    "waiting_lines",
    "write",
    "wrong",
]
