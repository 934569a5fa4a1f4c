"""One's own account: profile, safety, vehicles, cards, mail and data."""

import reflex as rx

from parkplace.web import routes
from parkplace.web.frame import FrameState
from parkplace.web.pages.account.cards import cards
from parkplace.web.pages.account.cards_state import CardsState
from parkplace.web.pages.account.data import data
from parkplace.web.pages.account.data_state import DataState
from parkplace.web.pages.account.mail import mail
from parkplace.web.pages.account.mail_state import MailState
from parkplace.web.pages.account.profile import profile
from parkplace.web.pages.account.profile_state import ProfileState
from parkplace.web.pages.account.safety import safety
from parkplace.web.pages.account.sessions_state import SessionsState
from parkplace.web.pages.account.state import AccountState
from parkplace.web.pages.account.two_factor_state import TwoFactorState
from parkplace.web.pages.account.vehicles import vehicles
from parkplace.web.pages.account.vehicles_state import VehiclesState
from parkplace.web.pages.account.ways_state import WaysState


def add_pages(app: rx.App) -> None:
    """Add the pages to the app; what a page shows is read before it is shown."""
    safe = (TwoFactorState.load, SessionsState.load, WaysState.load)
    for page, route, title, reads in (
        (profile, routes.ACCOUNT, "Your account", (ProfileState.load,)),
        (safety, routes.ACCOUNT_SAFETY, "Safety", safe),
        (vehicles, routes.ACCOUNT_VEHICLES, "Your vehicles", (VehiclesState.load,)),
        (cards, routes.ACCOUNT_CARDS, "Your cards", (CardsState.load,)),
        (mail, routes.ACCOUNT_MAIL, "Mail", (MailState.load,)),
        (data, routes.ACCOUNT_DATA, "Your data", (DataState.load,)),
    ):
        app.add_page(
            page,
            route=route,
            title=f"{title} · Park Place",
            on_load=[FrameState.load, AccountState.begin, *reads, AccountState.load],
        )
