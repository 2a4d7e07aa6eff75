"""The daily check of a list: email its owner about revoked credentials of saved people and new matches of searches.

"New" means listed, or having received a credential, since the last check. The email is sent before the check is
stored, so a crash in between repeats it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.credential.build import credential_url
from chalicelib.credential.record import Record, State
from chalicelib.delivery import email_events
from chalicelib.delivery.emails import saved_news
from chalicelib.delivery.emails.parts.email_content import EmailContent, Kind
from chalicelib.delivery.emails.saved_news import Match, Revoked
from chalicelib.delivery.limits.reputation import SIGN_IN
from chalicelib.delivery.links import Purpose
from chalicelib.delivery.mailbox import suppression_reason
from chalicelib.delivery.ports import NotSent
from chalicelib.directory.contact.message import quoted_name
from chalicelib.directory.profiles.published import Published
from chalicelib.directory.saved import searches
from chalicelib.directory.saved.actions import SavedContext, change, shown_people
from chalicelib.directory.saved.saved import Entry, Saved, without
from chalicelib.directory.search import SearchRequest, search
from chalicelib.errors import Refused, Unavailable
from chalicelib.language.languages import DEFAULT
from chalicelib.tasks.task_queue import Task

LAG = timedelta(minutes=10)
"""How far a check stays behind the current time: the directory index lags a few seconds behind changes."""
MAX_NEW = 20
"""New matches of a search that are counted; from this number on, the email says "at least"."""
MAX_REVOKED = 20
"""Revoked credentials that an email lists."""


@dataclass(frozen=True, slots=True)
class _Window:
    """The time that a check covers."""

    since: datetime | None
    until: datetime

    def has(self, at: datetime, entry: Entry) -> bool:
        """Whether ``at`` is in it, and after ``entry`` was saved."""
        since = max(entry.since, self.since) if self.since else entry.since
        return since < at <= self.until


def handle(context: SavedContext, task: Task) -> None:
    """Check the list that a task of `KIND` names, and plan the next check. Raises `Unavailable`."""
    saved = context.store.saved(task.subject)
    if saved is None or not saved.is_checked:
        return
    people = shown_people(context, saved.people)
    gone = [one.value for one in saved.people if one.value not in people]
    window = _Window(saved.checked_at, context.now() - LAG)
    box = context.delivery_context.mailbox(saved.email)
    if suppression_reason(box, Kind.SAVED_NEWS, context.now()) is None:
        _send_news(context, saved, people, window)
    until = max(window.until, saved.checked_at or window.until)
    change(context, saved.email, lambda one: replace(without(one, *gone), checked_at=until))


def _send_news(context: SavedContext, saved: Saved, people: Mapping[str, Published], window: _Window) -> None:
    revoked = tuple(_revoked(context, saved, people, window))
    matches = tuple(_matches(context, saved, window))
    if not revoked and not matches:
        return
    delivery_context = context.delivery_context
    turn_off, link = delivery_context.link(Purpose.SAVED, saved.email)
    delivery_context.store.add_links((link,))
    page = f"{delivery_context.base_url}/directory/saved"
    content = saved_news.news(saved.email, revoked[:MAX_REVOKED], matches, page, turn_off, saved.lang or DEFAULT)
    _send(context, content)


def _send(context: SavedContext, content: EmailContent) -> None:
    """Raises `NotSent`. An email whose result is unknown counts as sent: missing one is better than repeating it."""
    try:
        message_id = context.delivery_context.mailer().send(content)
    except NotSent:
        raise
    except (Refused, Unavailable):
        return
    email_events.count_sent(context.delivery_context, message_id, SIGN_IN, content)


def _revoked(
    context: SavedContext, saved: Saved, people: Mapping[str, Published], window: _Window
) -> Iterator[Revoked]:
    shown = {one: found for entry in saved.people if (found := people.get(entry.value)) for one in found.credentials}
    entries = {entry.value: entry for entry in saved.people}
    for record in context.records(list(shown)):
        person = shown[record.id]
        if _was_revoked(record) and window.has(record.status.at, entries[person.holder_id]):
            yield Revoked(
                quoted_name(person.details.name), credential_url(context.delivery_context.base_url, record.id)
            )


def _was_revoked(record: Record) -> bool:
    return record.status.state is State.REVOKED and not record.corrected and record.taken_down is None


def _matches(context: SavedContext, saved: Saved, window: _Window) -> Iterator[Match]:
    known = {one.value for one in saved.people}
    for entry in saved.searches:
        try:
            query = searches.query_of(entry.value)
        except Refused:  # the directory no longer has a filter that it uses
            continue
        hits = search(SearchRequest(query, limit=MAX_NEW), context.directory(), context.now()).hits
        new = [one for one in hits if window.has(one.listing.recent_at, entry) and one.listing.id not in known]
        if new:
            yield Match(quoted_name(searches.label(entry.value)), len(new), at_least=len(new) == MAX_NEW)
