"""The stages that credentials reached, and how fast, counted by day of issue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum

from chalicelib.analytics.counts.counts import Counts, Seen, Step, Touch
from chalicelib.analytics.event import Kind


class Stage(StrEnum):
    """A stage in the life of a credential, reached when it happens for the first time. People only."""

    ISSUED = "issued"
    DELIVERED = "delivered"
    OPENED = "opened"
    VIEWED = "viewed"
    SHARED = "shared"
    REFERRED = "referred"
    RENEWED = "renewed"


_KINDS: Mapping[str, Stage] = {
    Kind.ISSUED.value: Stage.ISSUED,
    Kind.DELIVERED.value: Stage.DELIVERED,
    Kind.OPENED.value: Stage.OPENED,
    Kind.VIEW.value: Stage.VIEWED,
    Kind.SHARED.value: Stage.SHARED,
    Kind.REFERRAL.value: Stage.REFERRED,
    Kind.RENEWED.value: Stage.RENEWED,
}


def journeys(touches: Mapping[Touch, Seen]) -> dict[Step, int]:
    """Count the credentials in ``touches``, which are of all time, by step. A credential whose issue was not recorded
    is not counted."""
    issued = {(touch.achievement, touch.credential): seen.first for touch, seen in _of(touches, Stage.ISSUED)}
    steps: Counter[Step] = Counter()
    for touch, seen in touches.items():
        stage, start = _KINDS.get(touch.kind), issued.get((touch.achievement, touch.credential))
        if stage is not None and start is not None:
            day = datetime.fromtimestamp(start, UTC).date().isoformat()
            steps[Step(day, touch.achievement, stage.value, max(0, seen.first - start) // 3600)] += 1
    return dict(steps)


def with_journeys(counts: Counts) -> Counts:
    """Add the journeys to ``counts`` of all time."""
    return replace(counts, journeys=journeys(counts.touches))


def _of(touches: Mapping[Touch, Seen], stage: Stage) -> list[tuple[Touch, Seen]]:
    return [(touch, seen) for touch, seen in touches.items() if _KINDS.get(touch.kind) is stage]
