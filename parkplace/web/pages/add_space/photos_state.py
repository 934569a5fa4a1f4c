"""The photos of a space that is being listed: stored as they come, kept with it when it is sent."""

from dataclasses import dataclass
from uuid import UUID

import reflex as rx

from parkplace.core import limits
from parkplace.core.errors import DomainError
from parkplace.spaces.photos import PHOTOS_MOST, Picture
from parkplace.web import pictures
from parkplace.web.errors import words
from parkplace.web.session import address, visitor


@dataclass(frozen=True, slots=True)
class Shot:
    """A photo as the form shows it."""

    key: str
    url: str
    name: str


class PhotosState(rx.State):
    """Photos in the order in which drivers will see them."""

    shots: list[Shot] = []
    error: str = ""
    full: bool = False
    _pictures: dict[str, Picture] = {}
    _owner: UUID | None = None

    @rx.event
    async def load(self) -> None:
        """Keep what this person sent in this tab; forget what another one did."""
        self.error = ""
        owner = await self._who()
        if owner != self._owner:
            self._owner = owner
            self._show([])

    @rx.event
    async def sent(self, files: list[rx.UploadFile]) -> None:
        """Store pictures; those that cannot be taken are named, the others stay."""
        self.error = ""
        if await self._who() is None:
            self.error = "You are signed out. Sign in again: what you typed stays here."
            return
        network, refused = limits.network(address(self)), list[str]()
        for file in files:
            if len(self._pictures) >= PHOTOS_MOST:
                refused.append(f"A space has at most {PHOTOS_MOST} photos.")
                break
            try:
                taken = await pictures.keep(file, network=network)
            except DomainError as error:
                refused.append(f"{file.name or 'A file'}: {words(error)}")
            else:
                self._show([*self._pictures.values(), taken])
        self.error = " ".join(refused)

    @rx.event
    async def remove(self, key: str) -> None:
        """Take a photo away."""
        self.error = ""
        self._show([one for one in self._pictures.values() if one.key != key])

    @rx.event
    async def put_first(self, key: str) -> None:
        """Show a photo first: lists show that one."""
        first = [one for one in self._pictures.values() if one.key == key]
        self._show([*first, *(one for one in self._pictures.values() if one.key != key)])

    @rx.event
    async def clear(self) -> None:
        """Begin again: the space is listed."""
        self.error = ""
        self._show([])

    def pictures(self) -> list[Picture]:
        """Return the stored pictures, in order."""
        return list(self._pictures.values())

    def _show(self, kept: list[Picture]) -> None:
        self._pictures = {one.key: one for one in kept}
        self.shots = [
            Shot(key, pictures.address(key), f"Photo {number}")
            for number, key in enumerate(self._pictures, 1)
        ]
        self.full = len(self.shots) >= PHOTOS_MOST

    async def _who(self) -> UUID | None:
        user = await visitor(self)
        return user.id if user else None
