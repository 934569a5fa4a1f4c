"""The add-space page: who lists, what was typed, how it will look, and publishing it."""

import secrets
from collections.abc import AsyncGenerator
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from parkplace.core import clock
from parkplace.core.errors import DomainError, Invalid
from parkplace.spaces.drafts import Draft
from parkplace.web import routes, ui
from parkplace.web.errors import FORM, words
from parkplace.web.pages.add_space import view, week
from parkplace.web.pages.add_space.photos_state import PhotosState
from parkplace.web.pages.add_space.publishing import list_space
from parkplace.web.run import aside, run
from parkplace.web.session import SignedOut, session_token, visitor
from parkplace.web.words import locale_of

WAITING, STRANGER, UNVERIFIED, READY = "waiting", "stranger", "unverified", "ready"
# Where the focus goes for fields that are more than one input.
_FOCUS = {"spot": "find", "kind": "kind-street", "weekly": "open-0", "photo": "photos"}


class AddSpaceState(rx.State):
    """A space that is being listed.

    Attributes:
        email: The address of whoever lists, while it is not verified.
        kept: Under which name the browser keeps what was typed.
        notes: By weekday, what its hours mean where that is not plain.
        wrong: How many fields need a look.
    """

    stage: str = WAITING
    email: str = ""
    kept: str = ""
    preview: view.Preview = view.Preview()
    notes: dict[str, str] = {}
    errors: dict[str, str] = {}
    wrong: int = 0
    pending: bool = False
    _key: str = ""
    _sent: bool = False

    @rx.event
    async def load(self) -> AsyncGenerator[EventSpec | None, None]:
        """Look who lists; a listing goes on until it is sent, however often it is loaded."""
        self.stage, self.pending = WAITING, False
        self._say({})
        yield
        user = await visitor(self)
        if user is None:
            self.stage = STRANGER
            return
        if user.email_verified_at is None:
            self.stage, self.email = UNVERIFIED, user.email
            return
        if self._sent or not self._key:
            self._key, self._sent = secrets.token_urlsafe(24), False
        self.kept = f"add-space {user.id}"
        self.stage = READY

    @rx.event
    async def typed(self, form: dict[str, Any]) -> None:
        """Draw the deed of what was typed so far; what was wrong and is right now is no error."""
        given = view.texts(form)
        locale = locale_of(self.router.headers.accept_language)
        self.preview = await aside(lambda: view.preview(given, locale=locale))
        self.notes = week.notes(given)
        if self.errors:
            still = view.read(given).errors
            self._say({name: still[name] for name in self.errors if name in still})

    @rx.event
    async def submit(self, form: dict[str, Any]) -> AsyncGenerator[EventSpec | None, None]:
        """Publish the space, or save it as a draft, or say what is wrong."""
        given = view.texts(form)
        read = view.read(given)
        if read.draft is None:
            yield self._refuse(read.errors)
            return
        self.pending = True
        self._say({})
        yield
        listed = given.get("listing") != view.DRAFT
        try:
            events = await self._list(read.draft, listed=listed)
        except SignedOut:
            self.stage = STRANGER
            return
        except DomainError as error:
            name = view.field_of(error) if isinstance(error, Invalid) else FORM
            yield self._refuse({name if name in view.ORDER else FORM: words(error)})
            return
        finally:
            self.pending = False
        for event in events:
            yield event

    async def _list(self, draft: Draft, *, listed: bool) -> list[Any]:
        photos = (await self.get_state(PhotosState)).pictures()
        token, key, now = session_token(self), self._key, clock.utc_now()
        space_id = await run(
            lambda session: list_space(
                session,
                token=token,
                draft=draft,
                pictures=photos,
                listed=listed,
                key=key,
                now=now,
            )
        )
        self._sent = True
        done = (
            "Published. Drivers can find it now."
            if listed
            else "Saved as a draft. Publish it under Host."
        )
        return [
            ui.forget(self.kept),
            PhotosState.clear,
            rx.redirect(routes.space(space_id)),
            ui.toast(done),
        ]

    def _refuse(self, errors: dict[str, str]) -> EventSpec | None:
        self._say(errors)
        first = next((name for name in view.ORDER if name in errors), None)
        if first is None:
            return None
        return ui.focus(f"field-{_FOCUS.get(first, first.replace('weekly', 'opens'))}")

    def _say(self, errors: dict[str, str]) -> None:
        self.errors, self.wrong = errors, len(errors)
