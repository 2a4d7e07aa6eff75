"""The attacks. To add one: a module here with a function `run() -> Result`, and one line in `SCENARIOS`.

They run over the in-memory ports of the tests, with their own clock, so that a day takes seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from abuse.result import Result
from abuse.scenarios import (
    deferred_emails,
    event_flood,
    holder_flood,
    impostor_emails,
    many_issuers,
    message_flood,
    sign_in_flood,
    slow_credentials,
)

SCENARIOS: Mapping[str, Callable[[], Result]] = {
    "sign-in-flood": sign_in_flood.run,
    "slow-credentials": slow_credentials.run,
    "impostor-emails": impostor_emails.run,
    "many-issuers": many_issuers.run,
    "holder-flood": holder_flood.run,
    "deferred-emails": deferred_emails.run,
    "event-flood": event_flood.run,
    "message-flood": message_flood.run,
}
