"""The attacks. To add one: a module here with a function `run() -> Result`, and one line in `SCENARIOS`.

They run over the in-memory ports of the tests, with their own clock, so that a day takes seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from abuse.result import Result
from abuse.scenarios import many_issuers, slow_credentials

SCENARIOS: Mapping[str, Callable[[], Result]] = {
    "slow-credentials": slow_credentials.run,
    "many-issuers": many_issuers.run,
}
