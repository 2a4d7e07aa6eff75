"""One line of the result."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """``ratio`` is value / peer_value: for a rate more is better, for a time or a size less is.

    ``p50_ratio`` is peer_p50_ms / p50_ms, so that there too more is better.
    """

    bench: str
    value: float
    unit: str
    p50_ms: float | None = None
    p99_ms: float | None = None
    peer: str | None = None
    peer_value: float | None = None
    peer_p50_ms: float | None = None

    def __str__(self) -> str:
        ratio = self.value / self.peer_value if self.peer_value else None
        p50_ratio = self.peer_p50_ms / self.p50_ms if self.peer_p50_ms and self.p50_ms else None
        members = {**asdict(self), "ratio": ratio, "p50_ratio": p50_ratio}
        return json.dumps({name: _short(value) for name, value in members.items()})


def _short(value: object) -> object:
    """A float with four figures: more would be noise."""
    return float(f"{value:.4g}") if isinstance(value, float) else value
