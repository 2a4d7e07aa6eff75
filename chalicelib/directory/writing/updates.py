"""Bring holders' listings up to date with what is stored: their published profiles, their credentials and the time.

An update never depends on what has changed. It takes a number, reads what is stored now, and applies it under that
number; every change is followed by an update, so the newest number has everything. Updates can therefore arrive twice,
in any order and from several writers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from chalicelib.delivery import mailbox
from chalicelib.directory import listed
from chalicelib.directory.listing import Listing
from chalicelib.directory.ports import IndexWriter
from chalicelib.directory.profiles.ports import ProfileStore, PublishedStore
from chalicelib.directory.profiles.published import Published
from chalicelib.directory.writing import writer
from chalicelib.directory.writing.step import Delisting, ListingChange
from chalicelib.errors import LaurelError, NotFound
from chalicelib.reports.hosted import HostedReport, HostedReports
from chalicelib.tasks.task_queue import Task, TaskQueue

KIND = "update_listing"
"""The kind of the task that updates a holder's listing when it changes only because time has passed."""
BATCH = 25
"""Holders that are read together: as many items as one read may have."""


@dataclass(frozen=True, slots=True)
class StreamChange:
    """A change of a stored item: of what a holder has published, or of a credential."""

    sequence: str
    """Where it is in the stream."""
    at: datetime
    holder_id: str | None = None
    credential_id: str | None = None


@dataclass(frozen=True, slots=True)
class UpdateContext:
    """Dependencies of the functions below. ``recipient(credential_id)`` is the address that a credential was issued to,
    None if there is none; it raises `NotFound` for a credential that does not exist."""

    index: IndexWriter
    published_store: PublishedStore
    profile_store: ProfileStore
    reports: HostedReports
    recipient: Callable[[str], str | None]
    tasks: TaskQueue
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Update:
    """What was applied of a batch of changes."""

    applied: int
    failed: StreamChange | None
    """The first change that failed, to be delivered again with all after it; None if none did."""
    behind: timedelta
    """How long ago the oldest of them was made."""


def apply_stream(context: UpdateContext, changes: Sequence[StreamChange]) -> Update:
    """Update the listings that ``changes`` concern. Raises what the first change raised, if nothing was applied."""
    applied, failed = len(changes), None
    try:
        update(context, dict.fromkeys(one for change in changes for one in _holders(context, change)))
    except LaurelError:
        applied, failed = _one_by_one(context, changes)
    oldest = min((change.at for change in changes), default=context.clock())
    return Update(applied, failed, max(context.clock() - oldest, timedelta()))


def _one_by_one(context: UpdateContext, changes: Sequence[StreamChange]) -> tuple[int, StreamChange | None]:
    """Apply what comes before the change that fails, so that one bad listing holds up no other for long."""
    for applied, change in enumerate(changes):
        try:
            update(context, _holders(context, change))
        except LaurelError:
            if applied == 0:
                raise
            return applied, change
    return len(changes), None


def update(context: UpdateContext, holder_ids: Iterable[str]) -> None:
    """Update the listings of these holders, who may be shown or not. Raises `Unavailable`: repeat it."""
    for batch in _batched(holder_ids, BATCH):
        _update(context, batch)


def _update(context: UpdateContext, holder_ids: Sequence[str]) -> None:
    numbers = {one: context.index.next_version(one) for one in holder_ids}
    changes, tasks = [], []
    for change, again_at in _current(context, numbers):
        changes.append(change)
        if again_at is not None:
            tasks.append(Task(KIND, "", change.id, again_at))
    context.tasks.add(tasks)
    writer.apply(context.index, changes)


def handle(context: UpdateContext, task: Task) -> None:
    """Update the listing that a task of `KIND` names. Raises as `update`."""
    update(context, [task.subject])


def everyone(context: UpdateContext) -> Iterator[Listing]:
    """The listings of all holders who are shown, for a rebuild. Raises `Unavailable`."""
    for batch in _batched(context.published_store.all_ids(), BATCH):
        numbers = dict.fromkeys(batch, 0) | dict(context.index.versions(batch))
        yield from (change for change, _ in _current(context, numbers) if isinstance(change, Listing))


def _holders(context: UpdateContext, change: StreamChange) -> list[str]:
    """The affected holders. Only the holder to whom a credential was issued can show it."""
    if change.holder_id is not None:
        return [change.holder_id]
    if change.credential_id is None:
        return []
    try:
        email = context.recipient(change.credential_id)
    except NotFound:
        return []
    profile = context.profile_store.profile(mailbox.digest(email)) if email else None
    published = context.published_store.published(profile.holder_id) if profile else None
    return [published.holder_id] if published and change.credential_id in published.credentials else []


def _current(context: UpdateContext, numbers: Mapping[str, int]) -> Iterator[tuple[ListingChange, datetime | None]]:
    """Each holder as stored now, with their update number and the time of the next change that needs no write."""
    published = context.published_store.published_many(list(numbers))
    now = context.clock()
    current = {one: found for one, found in published.items() if found.is_current(now)}
    opened = listed.open_by_id(context.reports, [each for one in current.values() for each in one.credentials])
    for holder_id, number in numbers.items():
        if (found := current.get(holder_id)) is None:
            yield Delisting(holder_id, number), None
        else:
            own = _own(found, opened)
            yield listed.listing_of(found, own, number, now), listed.changes_at(found, own, now)


def _own(published: Published, opened: Mapping[str, HostedReport]) -> list[HostedReport]:
    return [opened[one] for one in published.credentials if one in opened]


def _batched(items: Iterable[str], size: int) -> Iterator[list[str]]:
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch
