"""The totals of a run, and its engine: what every `make crash-…` has in common."""

from __future__ import annotations

import json
import os
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from local import aws


@dataclass
class Totals(ABC):
    """The totals of a run. `crash_points` counts the calls at which something failed."""

    crash_points: int = 0
    faults: list[str] = field(default_factory=list)
    """Human-readable descriptions of the problems found."""

    @property
    @abstractmethod
    def clean(self) -> bool:
        """Whether something was tried and nothing went wrong."""

    def line(self) -> str:
        """The totals as one JSON object."""
        return json.dumps({name: value for name, value in asdict(self).items() if name != "faults"})


def report(run: Callable[[str], Totals]) -> int:
    """Start an embedded AWS, call ``run`` with its region and print the totals. Returns 1 when there was a problem."""
    with aws.temporary("laurel-crash-") as engine:
        os.environ.update(engine.client_env)
        totals = run(engine.region)
    for fault in totals.faults:
        print(fault, file=sys.stderr)
    print(totals.line())
    return 0 if totals.clean else 1
