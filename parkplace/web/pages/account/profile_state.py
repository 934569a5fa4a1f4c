"""What somebody says about themself: name, picture, address, and whether they host."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Any

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import Session

from parkplace.accounts import guard, profiles
from parkplace.accounts.models import User
from parkplace.accounts.origin import Origin
from parkplace.accounts.profiles import ProfileChanges
from parkplace.core import clock
from parkplace.core.db import transaction
from parkplace.core.errors import DomainError
from parkplace.notifications.account_letters import change_email
from parkplace.spaces.hosting import become_host, stop_hosting
from parkplace.web import ui
from parkplace.web.errors import by_field, words
from parkplace.web.frame import FrameState
from parkplace.web.pages.account.own import locked, portrait, taken
from parkplace.web.run import aside, run
from parkplace.web.session import address, origin, require_user, session_token, visitor

HOSTING = "hosting"  # the button that changes it


class ProfileState(rx.State):
    """Somebody's profile.

    Attributes:
        photo: The address of their picture; empty when there is none.
        busy: Which part waits for its answer.
        wrong: What is wrong with the profile, by field.
        photo_error: What is wrong with the picture.
        email_error: What is wrong with the new address.
    """

    name: str = ""
    public_name: str = ""
    about: str = ""
    email: str = ""
    verified: bool = False
    hosts: bool = False
    photo: str = ""
    busy: str = ""
    wrong: dict[str, str] = {}
    photo_error: str = ""
    email_error: str = ""

    @rx.event
    async def load(self) -> None:
        """Read what there is."""
        self.busy, self.wrong, self.photo_error, self.email_error = "", {}, "", ""
        user = await visitor(self)
        if user is not None:
            self._show(user)

    @rx.event
    async def save(self, form: dict[str, Any]) -> AsyncGenerator[Any, None]:
        """Keep what was typed."""
        token, now = session_token(self), clock.utc_now()
        changes = ProfileChanges(
            name=str(form.get("name", "")),
            public_name=str(form.get("public_name", "")),
            about=str(form.get("about", "")),
        )

        def change(session: Session) -> User:
            user = require_user(session, token)
            return profiles.change(session, user=user, changes=changes, now=now)

        self.busy, self.wrong = "profile", {}
        yield
        try:
            self._show(await run(change))
        except DomainError as error:
            self.wrong = by_field(error)
            yield ui.focus(f"field-{error.field}")
        else:
            yield ui.toast("Saved.")
            yield FrameState.load
        finally:
            self.busy = ""

    @rx.event
    async def send_photo(self, files: list[rx.UploadFile]) -> AsyncGenerator[Any, None]:
        """Show another picture from now on."""
        self.photo_error = ""
        token, where = session_token(self), address(self)
        try:
            for file in files[:1]:
                self._show(await taken(file, token=token, address=where))
                yield ui.toast("Your picture is up.")
        except DomainError as error:
            self.photo_error = words(error)

    @rx.event
    async def remove_photo(self) -> AsyncGenerator[Any, None]:
        """Show no picture any more."""
        token, now = session_token(self), clock.utc_now()

        def remove(session: Session) -> tuple[User, str | None]:
            user = require_user(session, token)
            return user, profiles.remove_photo(session, user=user, now=now)

        try:
            user, unused = await run(remove)
        except DomainError as error:
            self.photo_error = words(error)
            return
        await aside(lambda: profiles.drop_photo(unused))
        self._show(user)
        yield ui.focus("field-photo")
        yield ui.toast("Your picture is gone.")

    @rx.event
    async def move(self, form: dict[str, Any]) -> AsyncGenerator[EventSpec | None, None]:
        """Begin to move the account to another address."""
        token, now, typed = session_token(self), clock.utc_now(), str(form.get("new_email", ""))
        where = origin(self)
        self.busy, self.email_error = "email", ""
        yield
        try:
            await aside(lambda: _begin_move(token, typed, where=where, now=now))
        except DomainError as error:
            self.email_error = words(error)
            yield ui.focus("field-new_email")
        else:
            yield ui.fill("new_email", "")
            yield ui.toast("Letters are on their way to both addresses. Both have to agree.")
        finally:
            self.busy = ""

    @rx.event
    async def host(self, hosts: bool) -> AsyncGenerator[Any, None]:  # noqa: FBT001 - Reflex calls it
        """Become a host, or stop being one."""
        token = session_token(self)
        decide = become_host if hosts else stop_hosting

        def change(session: Session) -> User:
            user = locked(session, token)
            decide(session, user=user)
            return user

        self.busy = "host"
        yield
        try:
            self._show(await run(change))
        except DomainError as error:
            yield ui.toast(words(error), kind="wrong")
        else:
            yield ui.focus(HOSTING)
            yield FrameState.load
        finally:
            self.busy = ""

    def _show(self, user: User) -> None:
        self.name, self.public_name, self.about = user.name, user.public_name, user.about
        self.email, self.verified = user.email, user.email_verified_at is not None
        self.hosts, self.photo = user.is_host, portrait(user)


def _begin_move(token: str | None, typed: str, *, where: Origin, now: datetime) -> None:
    """Write to both addresses; it blocks."""
    with transaction() as session:
        user = require_user(session, token)
    quiet = not guard.change_email(user_id=user.id, email=typed, address=where.address)
    with transaction() as session:
        own = locked(session, token)
        change_email(session, user=own, email=typed, quiet=quiet, origin=where, now=now)
