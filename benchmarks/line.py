"""A line of the benchmark result."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """``ratio`` is value / peer_value: higher is better for a rate, lower is better for a time or a size.

    ``p50_ratio`` is peer_p50_ms / p50_ms, so higher is better there too.
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
    """Round a float to four significant figures; further digits are noise."""
    return float(f"{value:.4g}") if isinstance(value, float) else value
