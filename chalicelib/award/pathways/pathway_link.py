"""What the page of a credential says about a pathway that it is a step of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """An achievement to earn. ``url`` is its enrolment page."""

    achievement_id: str
    name: str
    description: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class PathwayLink:
    """A pathway as shown on the page of a credential that is one of its steps; contains no personal data."""

    pathway_id: str
    pathway: str
    next: tuple[Step, ...]
    """The next steps after that achievement, at most `MAX_NEXT`; empty at the end of the pathway."""
    reward: str | None
    """Name of the pathway's reward."""
    steps: int
    """The number of steps."""
    place: int | None
    """The achievement's place among them, from 1; None if they need not be done in order."""


def write_next(step: Step) -> dict[str, object]:
    """An open step in short form, as JSON."""
    return {"achievement": step.achievement_id, "name": step.name, "url": step.url}
