"""Importing a file of spaces for one host, as often as one likes.

A space is found again by host, source and external id. What the file says is followed each time;
what only a host decides (photos, instructions, approval, a pause) is left alone.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from sqlmodel import Session

from parkplace.accounts.origin import HERE
from parkplace.accounts.queries import user_by_id
from parkplace.accounts.verification import mark_verified
from parkplace.core.db import lock, notify
from parkplace.core.errors import Invalid, NotFound
from parkplace.core.geo import area_topic
from parkplace.core.ids import new_id
from parkplace.core.money import require_currency
from parkplace.spaces.hosts import HostSuspended
from parkplace.spaces.importers import store
from parkplace.spaces.importers.files import read_text
from parkplace.spaces.importers.formats import recognise
from parkplace.spaces.importers.report import ImportReport
from parkplace.spaces.importers.rows import (
    BadRow,
    Defaults,
    Importer,
    Item,
    Rate,
    Row,
    SkippedRow,
)
from parkplace.spaces.importers.store import Known
from parkplace.spaces.importers.values import MOST_MINOR

CHUNK = 1000
MOST_BAYS = 10_000
_MOST_SOURCE = 60

OnProgress = Callable[[int, int], None]


class PriceNeeded(Invalid):
    """Raised when neither the file nor the operator says what an hour costs."""

    code = "import_price_needed"


class BadDefaults(Invalid):
    """Raised for what the operator says about every row, when no space can have it."""

    code = "import_bad_defaults"


class HostUnknown(NotFound):
    """Raised when the host has no account."""

    code = "host_not_found"


def import_spaces(
    session: Session,
    *,
    file: BinaryIO,
    host_id: UUID,
    defaults: Defaults,
    now: datetime,
    source: str | None = None,
    retire_missing: bool = False,
    restore: bool = False,
    on_progress: OnProgress | None = None,
) -> ImportReport:
    """Store the spaces of a file, all of them or, if anything raises, none.

    Args:
        session: The open transaction; commit it to keep what was done.
        file: The file, in any of `formats.FORMATS`, UTF-8.
        host_id: Whose spaces they are; they become a host by it, with a verified address.
        defaults: What to take for rows that do not say it.
        now: The current instant.
        source: By what name to remember them; the format's own if None. Two files of one format
            from two places need two names, or `retire_missing` would take one for the other.
        retire_missing: Whether to retire spaces of this source that the file no longer has.
        restore: Whether to offer retired spaces again that the file has.
        on_progress: Called with the rows done and about how many there are.

    Raises:
        UnreadableFile: The file is of no known format, or broken as a whole.
        PriceNeeded: It names no prices and `defaults` has none.
        BadDefaults: `defaults` or `source` are impossible.
        HostUnknown, HostSuspended: There is no such account, or it may not list anything.
    """
    text = read_text(file)
    importer = recognise(text)
    _check_defaults(defaults, importer, source=source)
    feed = importer.read(text, defaults=defaults)
    name = source or importer.name
    _make_host(session, host_id, now=now)
    # Two imports of one source at once would each make what the other is making.
    lock(session, name="import", key=f"{host_id}:{name}")
    run = _Run(
        session=session,
        host_id=host_id,
        defaults=defaults,
        now=now,
        restore=restore,
        known=store.known(session, host_id=host_id, source=name),
        report=ImportReport(source=name, label=importer.label, unit=feed.unit),
    )
    done = 0
    for chunk in _chunks(feed.items):
        run.take(chunk)
        done += len(chunk)
        if on_progress is not None:
            on_progress(done, max(done, feed.total))
    run.finish(retire_missing=retire_missing)
    return run.report


def _check_defaults(defaults: Defaults, importer: Importer, *, source: str | None) -> None:
    if defaults.rate is None and not importer.has_prices:
        raise PriceNeeded(
            f"{importer.label} name no prices. Say what an hour costs with "
            "--hour-price and --currency."
        )
    if not 1 <= defaults.capacity <= MOST_BAYS:
        raise BadDefaults(f"A space has 1 to {MOST_BAYS:,} bays. Change --capacity.")
    if source is not None and not 1 <= len(source.strip()) <= _MOST_SOURCE:
        raise BadDefaults(f"A source has a name of 1 to {_MOST_SOURCE} letters. Change --source.")
    if defaults.rate is not None and (problem := _rate_problem(defaults.rate)):
        raise BadDefaults(problem)


def _rate_problem(rate: Rate) -> str:
    require_currency(rate.currency)
    if not 0 <= rate.hour_minor <= MOST_MINOR:
        return "The price per hour is negative, or larger than any."
    if rate.day_cap_minor is not None and not rate.hour_minor <= rate.day_cap_minor <= MOST_MINOR:
        return "The day cap is below the price of an hour, or larger than any."
    return ""


def _make_host(session: Session, host_id: UUID, *, now: datetime) -> None:
    host = user_by_id(session, user_id=host_id)
    if host is None:
        raise HostUnknown("There is no such account. Let the host sign up first.")
    if host.suspended_at is not None:
        raise HostSuspended("This host is suspended. Reinstate them first.")
    host.is_host = True
    # Hosts have verified addresses; for this one the operator gives their word.
    mark_verified(session, user=host, actor=None, origin=HERE, now=now)


def _chunks(items: Iterator[Item]) -> Iterator[list[Item]]:
    chunk: list[Item] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


@dataclass(slots=True)
class _Run:
    """One import under way."""

    session: Session
    host_id: UUID
    defaults: Defaults
    now: datetime
    restore: bool
    known: dict[str, Known]
    report: ImportReport
    lines: dict[str, int] = field(default_factory=dict)
    mentioned: set[str] = field(default_factory=set)
    gone: list[UUID] = field(default_factory=list)
    areas: set[str] = field(default_factory=set)

    def take(self, items: list[Item]) -> None:
        """Sort out a chunk of items and store its rows."""
        new: list[tuple[UUID, Row]] = []
        old: list[tuple[UUID, Row]] = []
        for item in items:
            row = self._usable(item)
            before = self.known.get(row.external_id) if row is not None else None
            if row is None:
                continue
            if before is None:
                new.append((new_id(), row))
            elif before.retired and not self.restore:
                self.report.still_retired += 1
            else:
                old.append((before.id, row))
        self._store(new, old)

    def _store(self, new: list[tuple[UUID, Row]], old: list[tuple[UUID, Row]]) -> None:
        created = store.insert(
            self.session,
            store.records(self.session, new, self.defaults, now=self.now),
            host_id=self.host_id,
            source=self.report.source,
            now=self.now,
        )
        updated = store.update(
            self.session,
            store.records(self.session, old, self.defaults, now=self.now),
            now=self.now,
        )
        self.report.created += len(created)
        self.report.updated += len(updated)
        self.report.unchanged += len(old) - len(updated)
        self.areas.update(area_topic(place) for place in (*created, *updated))

    def finish(self, *, retire_missing: bool) -> None:
        """Retire what the file withdrew or no longer has, and signal the map."""
        nameless = sum(bad.external_id is None for bad in self.report.bad)
        if retire_missing and nameless:
            rows = "1 row has" if nameless == 1 else f"{nameless:,} rows have"
            self.report.not_retired = (
                f"Nothing missing was retired: {rows} no id that could be read, so a space "
                "that is there would look missing."
            )
        elif retire_missing:
            missing = self.known.keys() - self.mentioned
            self.gone += [self.known[name].id for name in missing if not self.known[name].retired]
        retired = store.retire(self.session, self.gone, now=self.now)
        self.report.retired = len(retired)
        self.areas.update(area_topic(place) for place in retired)
        for topic in sorted(self.areas):
            notify(self.session, topic=topic)
        if self.report.created >= CHUNK:
            store.measure(self.session)

    def _usable(self, item: Item) -> Row | None:
        if item.external_id is not None:
            self.mentioned.add(item.external_id)
        problem = self._problem(item)
        if problem:
            self.report.bad.append(BadRow(item.line, item.external_id, problem))
        elif isinstance(item, SkippedRow):
            self._skip(item)
        elif isinstance(item, Row):
            self.report.drafts += item.held_back
            for note in item.notes:
                self.report.notes.setdefault(note.text, []).append(item.line)
            return item
        return None

    def _skip(self, item: SkippedRow) -> None:
        self.report.skipped.setdefault(item.reason, []).append(item.line)
        before = self.known.get(item.external_id) if item.external_id is not None else None
        if before is not None and not before.retired:
            self.gone.append(before.id)

    def _problem(self, item: Item) -> str:
        if isinstance(item, BadRow):
            return item.reason
        if isinstance(item, Row) and (problem := self._impossible(item)):
            return problem
        if item.external_id is None:
            return ""
        first = self.lines.setdefault(item.external_id, item.line)
        if first != item.line:
            return f"{self.report.unit.capitalize()} {first} has the same id already."
        return ""

    def _impossible(self, row: Row) -> str:
        rate = row.rate or self.defaults.rate
        if rate is None:
            return "There is no price. Give one in the file, or with --hour-price and --currency."
        capacity = self.defaults.capacity if row.capacity is None else row.capacity
        if not 1 <= capacity <= MOST_BAYS:
            return f"The capacity is {capacity}; a space has 1 to {MOST_BAYS:,} bays."
        return _rate_problem(rate)
