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
    """It was issued to a holder who had one of the issuer before."""
    DELIVERED = "delivered"
    OPENED = "opened"
    VIEWED = "viewed"
    SHARED = "shared"
    REFERRED = "referred"
    RENEWED = "renewed"
    EXPIRED = "expired"
    """Its end date came, in the month of the step, and it was not revoked before."""
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
"""Stages whose time after issue is a key figure. The others have no hours, so that their steps are few."""


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
            hours = max(0, at - issued) // 3600 if stage in _TIMED else 0
            yield Step(_month(issued), achievement, stage.value, hours)
    end = first.get(EXPIRY)
    if end is None or first.get(Kind.REVOKED.value, end) < end:
        return
    yield Step(_month(end), achievement, Stage.EXPIRED.value, 0)
    if first.get(Kind.RENEWED.value, end) < end:
        yield Step(_month(end), achievement, Stage.RENEWED_IN_TIME.value, 0)


def _month(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m")
