"""Detect programs that imitate a browser, by behaviour that no person shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from chalicelib.analytics.event import Event, VisitorClass

MAX_IDENTICAL = 60
"""Maximum identical hits per visitor and credential in a three-minute bucket that still count as a person's. A visitor
is a network and a browser (`visitor.visitor`), so a class of thirty on a school's computers can open one page twice
each."""


def without_repeats(events: Iterable[Event]) -> list[Event]:
    """The ``events`` of a bucket without duplicates. Those of a visitor with more than `MAX_IDENTICAL` identical hits
    become `VisitorClass.REPEATED`."""
    distinct = {event.id: event for event in events}.values()
    hits = Counter(_hit(event) for event in distinct if event.visitor is not None)
    return [
        replace(event, visitor_class=VisitorClass.REPEATED)
        if event.visitor_class is VisitorClass.PERSON and hits[_hit(event)] > MAX_IDENTICAL
        else event
        for event in distinct
    ]


def _hit(event: Event) -> tuple[str | None, str | None, str]:
    return event.visitor, event.credential_id, event.kind.value
