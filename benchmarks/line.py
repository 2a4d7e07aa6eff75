"""One line of the result."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """``ratio`` is value / peer_value: for a rate more is better, for a time or a size less is."""

    bench: str
    value: float
    unit: str
    p50_ms: float | None = None
    p99_ms: float | None = None
    peer: str | None = None
    peer_value: float | None = None

    def __str__(self) -> str:
        ratio = self.value / self.peer_value if self.peer_value else None
        return json.dumps({name: _short(value) for name, value in {**asdict(self), "ratio": ratio}.items()})


def _short(value: object) -> object:
    """A float with four figures: more would be noise."""
    return float(f"{value:.4g}") if isinstance(value, float) else value
