"""How far each credential got, and how fast, as numbers by month."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum

from chalicelib.analytics.counts.counts import EXPIRY, Counts, Seen, Step, Touch
from chalicelib.analytics.event import RETURNING, Kind


class Stage(StrEnum):
    """A stage in the life of a credential, reached when it happens for the first time. People only."""

    ISSUED = "issued"
    RETURNING = "returning"
    """It was issued to a holder who already had a credential from this issuer."""
    DELIVERED = "delivered"
    OPENED = "opened"
    VIEWED = "viewed"
    SHARED = "shared"
    REFERRED = "referred"
    RENEWED = "renewed"
    EXPIRED = "expired"
    """It reached its end date, in the step's month, without being revoked first."""
    RENEWED_IN_TIME = "renewed_in_time"
    """It was renewed before its end date, which is in the month of the step."""


_KINDS: Mapping[str, Stage] = {
    Kind.ISSUED.value: Stage.ISSUED,
    RETURNING: Stage.RETURNING,
    Kind.DELIVERED.value: Stage.DELIVERED,
    Kind.OPENED.value: Stage.OPENED,
    Kind.VIEW.value: Stage.VIEWED,
    Kind.SHARED.value: Stage.SHARED,
    Kind.REFERRAL.value: Stage.REFERRED,
    Kind.RENEWED.value: Stage.RENEWED,
}
_TIMED = frozenset({Stage.VIEWED, Stage.SHARED, Stage.REFERRED})
"""Stages whose time after issue is a key figure. The others are not timed, which keeps the number of steps small."""
_EXACT = frozenset({Kind.ISSUED.value, Kind.REVOKED.value, Kind.RENEWED.value, EXPIRY})
"""Kinds whose times are compared with each other."""
HOUR = 3600


def journeys(touches: Mapping[Touch, Seen]) -> dict[Step, int]:
    """Count the credentials in ``touches``, which are of all time, by step. A credential whose issue was not recorded
    is not counted."""
    firsts: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for touch, seen in touches.items():
        firsts[touch.achievement, touch.credential][touch.kind] = seen.first
    steps: Counter[Step] = Counter()
    for (achievement, _), first in firsts.items():
        steps.update(_steps(achievement, first))
    return dict(steps)


def first_events(touches: Mapping[Touch, Seen]) -> dict[Touch, Seen]:
    """What `journeys` needs of ``touches`` if all others are later: the first time of the kinds that are counted, in
    whole hours after issue if it is timed, and at issue if only its kind matters. It takes half of the space."""
    issued = {touch[:2]: seen.first for touch, seen in touches.items() if touch.kind == Kind.ISSUED.value}
    return {
        touch: Seen(1, _rounded(touch.kind, seen.first, issued.get(touch[:2])))
        for touch, seen in touches.items()
        if touch.kind in _KINDS or touch.kind in _EXACT
    }


def _rounded(kind: str, first: int, issued: int | None) -> int:
    if issued is None or kind in _EXACT:
        return first
    return issued + (max(0, first - issued) // HOUR * HOUR if _KINDS[kind] in _TIMED else 0)


def with_journeys(counts: Counts) -> Counts:
    """Add the journeys to ``counts`` of all time."""
    return replace(counts, journeys=journeys(counts.touches))


def _steps(achievement: str, first: Mapping[str, int]) -> Iterator[Step]:
    """The steps of one credential, from the ``first`` time of each kind."""
    issued = first.get(Kind.ISSUED.value)
    if issued is None:
        return
    for kind, at in first.items():
        if stage := _KINDS.get(kind):
            hours = max(0, at - issued) // HOUR if stage in _TIMED else 0
            yield Step(_month(issued), achievement, stage.value, hours)
    end = first.get(EXPIRY)
    if end is None or first.get(Kind.REVOKED.value, end) < end:
        return
    yield Step(_month(end), achievement, Stage.EXPIRED.value, 0)
    if first.get(Kind.RENEWED.value, end) < end:
        yield Step(_month(end), achievement, Stage.RENEWED_IN_TIME.value, 0)


def _month(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m")
