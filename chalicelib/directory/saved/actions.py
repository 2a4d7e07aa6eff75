"""What a recruiter does with their saved people and searches."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.credential import dates
from chalicelib.credential.record import Record
from chalicelib.delivery import mailbox
from chalicelib.delivery.delivery_context import MAX_ATTEMPTS, DeliveryContext
from chalicelib.delivery.holder import access as holder_access
from chalicelib.delivery.links import Purpose
from chalicelib.directory.ports import Ports
from chalicelib.directory.profiles.ports import PublishedStore
from chalicelib.directory.profiles.published import Published
from chalicelib.directory.saved import export
from chalicelib.directory.saved.ports import SavedStore
from chalicelib.directory.saved.saved import Entry, Saved, without
from chalicelib.errors import Conflict, Unavailable
from chalicelib.tasks.task_queue import Task

KIND = "saved_news"
"""The kind of the daily task; its subject is the mailbox."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SavedContext:
    """Dependencies of `actions` and `checking`."""

    store: SavedStore
    published_store: PublishedStore
    delivery_context: DeliveryContext
    records: Callable[[Sequence[str]], Sequence[Record]]
    """The records with these ids that exist."""
    directory: Callable[[], Ports]
    """What searches need; only the daily check searches."""

    def now(self) -> datetime:
        """The current time in UTC."""
        return self.delivery_context.now()


def view(context: SavedContext, email: str) -> tuple[Saved, Mapping[str, Published]]:
    """A person's list and what recruiters see of the people on it. People of whom they see nothing are removed for
    good."""
    digest = mailbox.digest(email)
    found = context.store.saved(digest) or Saved(digest, email)
    shown = shown_people(context, found.people)
    gone = [one.value for one in found.people if one.value not in shown]
    return (change(context, email, lambda one: without(one, *gone)) if gone else found), shown


def own_data(context: SavedContext, email: str) -> dict[str, object]:
    """What is stored of a person's list, with their address. An empty list is not stored."""
    found = context.store.saved(mailbox.digest(email))
    return {
        "email": email,
        "exported_at": dates.write(context.now()),
        "saved": export.to_json(found) if found else None,
    }


def change(context: SavedContext, email: str, step: Callable[[Saved], Saved]) -> Saved:
    """Apply ``step`` to the stored list of a person, and plan its daily check. Raises what ``step`` raises."""
    digest = mailbox.digest(email)
    for _ in range(MAX_ATTEMPTS):
        before = context.store.saved(digest) or Saved(digest, email)
        after = step(before)
        if after == before:
            return before
        try:
            stored = _store(context, after)
        except Conflict:
            continue
        if stored.is_checked:
            plan(context, digest)
        return stored
    raise Unavailable("This list is being changed too often. Try again.", code="storage_busy")


def _store(context: SavedContext, saved: Saved) -> Saved:
    """Store a list, or delete it if it is empty. Raises `Conflict`."""
    if saved.people or saved.searches:
        return context.store.save(saved)
    if saved.version:
        context.store.delete(saved)
    return Saved(saved.mailbox, saved.email)


def set_emails(context: SavedContext, email: str, *, wanted: bool) -> None:
    """Turn the emails on or off. What happened while they were off is not emailed."""
    now = context.now()
    change(context, email, lambda one: one if one.emails is wanted else replace(one, emails=wanted, checked_at=now))


def delete(context: SavedContext, email: str) -> None:
    """Delete the list of a person, with their address."""
    change(context, email, lambda one: replace(one, people=(), searches=()))


def find_link(context: SavedContext, token: str) -> str:
    """The address whose emails the link in one of them turns off. Raises `NotFound`."""
    return holder_access.find(context.delivery_context, token, Purpose.SAVED).email


def shown_people(context: SavedContext, people: Sequence[Entry]) -> Mapping[str, Published]:
    """What recruiters see now of those ``people`` of whom they see anything, by id."""
    now = context.now()
    found = context.published_store.for_recruiters([one.value for one in people])
    return {holder_id: one for holder_id, one in found.items() if one.is_current(now)}


def plan(context: SavedContext, digest: str) -> None:
    """Plan the next daily check of a list, at its own time of the day; an already planned check stays."""
    now = context.now()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    due = midnight + timedelta(seconds=int(digest[:8], 16) % int(_DAY.total_seconds()))
    context.delivery_context.tasks.add([Task(KIND, "", digest, due if due > now else due + _DAY)])
