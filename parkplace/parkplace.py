"""The composition root: the Reflex app with its pages, the API in front, the last error handler."""

import reflex as rx
from starlette.types import ASGIApp

from parkplace.api import live
from parkplace.api.app import make_api, templates
from parkplace.core import logs
from parkplace.core.settings import get_settings
from parkplace.front.front import Front
from parkplace.jobs.schedule import alongside
from parkplace.web import routes
from parkplace.web.errors import event_name, handle_exception
from parkplace.web.map.route import MAP_ROUTE
from parkplace.web.pages import account, add_space, booking, bookings, host, people, reports, space
from parkplace.web.pages import map as map_page
from parkplace.web.pages.gallery import page as gallery
from parkplace.web.pages.gallery.state import GalleryState
from parkplace.web.policy import page_policy
from parkplace.web.ui.app import HEAD, STYLESHEETS, not_found, wraps

api = make_api()
# In front of the pages, so that no page's address can hide it.
api.router.routes.insert(0, MAP_ROUTE)


class ParkPlace(rx.App):
    """Reflex's app, with the front before everything it serves."""

    def __call__(self) -> ASGIApp:
        """Return what a server serves."""
        logs.configure(otherwise=event_name)
        return Front(super().__call__(), pages=page_policy(), routes=templates(api))


app = ParkPlace(
    html_lang="en",
    head_components=HEAD,
    stylesheets=STYLESHEETS,
    reset_style=False,
    toaster=None,
    app_wraps=wraps(),
    backend_exception_handler=handle_exception,
    api_transformer=api,
)

# The lifespan of what stands in front of the pages never runs by itself.
app.register_lifespan_task(live.lifespan)
if get_settings().jobs:
    app.register_lifespan_task(alongside)

app.add_page(not_found, route="404", title="Nothing here · Park Place")
map_page.add_pages(app)
space.add_pages(app)
booking.add_pages(app)
bookings.add_pages(app)
people.add_pages(app)
add_space.add_pages(app)
host.add_pages(app)
account.add_pages(app)
reports.add_pages(app)
if get_settings().env != "production":
    app.add_page(gallery.gallery, route=routes.GALLERY, title="Gallery", on_load=GalleryState.load)
    app.add_page(
        gallery.gallery_map, route=routes.GALLERY_MAP, title="Map", on_load=GalleryState.load
    )
