"""What became of a report, for whoever has its link."""

import reflex as rx

from parkplace.core.errors import NotFound
from parkplace.web.pages.reports import view
from parkplace.web.pages.reports.reading import status
from parkplace.web.run import run
from parkplace.web.words import locale_of

WAITING, FOUND, GONE = "waiting", "found", "gone"


class StatusState(rx.State):
    """A report by its link; `filed` says that it was sent a moment ago."""

    stage: str = WAITING
    report: view.Status = view.Status()
    filed: bool = False

    @rx.event
    async def load(self) -> None:
        """Read the report."""
        # The link is the right to see it: read from the address each time, kept nowhere.
        token = self.router.url.path.rstrip("/").rsplit("/", 1)[-1]
        locale = locale_of(self.router.headers.accept_language)
        self.filed = "filed" in self.router.url.query_parameters
        try:
            self.report = await run(lambda session: status(session, token=token, locale=locale))
        except NotFound:
            self.stage, self.report = GONE, view.Status()
            return
        self.stage = FOUND
