"""The result of one scenario."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Result:
    """What one attack did."""

    scenario: str
    requests: int
    """HTTP requests of the attacker."""
    cost_usd: float
    """What they cost the operator, at the prices in `abuse.prices`."""
    locked_out: tuple[str, ...] = ()
    """Who else could no longer do what they came for; nobody, if the limits are right."""
    sent: int = 0
    """Emails to third parties, or requests to other people's hosts."""
    within_budget: bool = True
    """Whether cost and what was sent stayed within the documented limits."""
    details: Mapping[str, float] = field(default_factory=dict)
    """Measured values of this scenario, by name."""

    @property
    def withstood(self) -> bool:
        """Whether the attack failed."""
        return self.within_budget and not self.locked_out

    def line(self) -> str:
        """The result as one line of JSON."""
        return json.dumps(
            {
                "scenario": self.scenario,
                "requests": self.requests,
                "cost_usd": round(self.cost_usd, 4),
                "locked_out": list(self.locked_out),
                "sent": self.sent,
                "within_budget": self.within_budget,
                "withstood": self.withstood,
                **{name: round(value, 3) for name, value in self.details.items()},
            }
        )
