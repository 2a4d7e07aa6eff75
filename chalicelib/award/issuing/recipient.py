"""To whom a credential went, as its issuer knows that person: kept beside the record, never in the credential."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from chalicelib.credential.record import Record
from chalicelib.tasks.task_queue import Task


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who got one credential. ``email`` is in lower case; ``zone`` is an IANA time zone, such as `Europe/Berlin`.

    ``notify`` says whether Laurel may write to that person about it.
    """

    credential_id: str
    issuer_id: str
    name: str
    email: str | None = None
    zone: str | None = None
    notify: bool = False


class Holding(NamedTuple):
    """One credential that went to an e-mail address."""

    issuer_id: str
    credential_id: str


class Issued(NamedTuple):
    """Everything that is stored of a new credential in one transaction."""

    record: Record
    recipient: Recipient | None = None
    """None when nobody is known beyond the name in the record."""
    tasks: Sequence[Task] = ()
    """What has to follow."""
