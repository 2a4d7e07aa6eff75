"""The recipient of a credential, as known to its issuer. Stored beside the record, never in the credential."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from chalicelib.credential.record import Record
from chalicelib.tasks.task_queue import Task


@dataclass(frozen=True, slots=True)
class Recipient:
    """The recipient of a credential. ``email`` is in lower case; ``zone`` is an IANA timezone, like `Europe/Berlin`.

    ``notify`` says whether Laurel may email the recipient about it.
    """

    credential_id: str
    issuer_id: str
    name: str
    email: str | None = None
    zone: str | None = None
    notify: bool = False
    lang: str | None = None
    """The language of emails to the recipient, a key of `LANGUAGES`; None for English."""


class Holding(NamedTuple):
    """A credential that was issued to an email address."""

    issuer_id: str
    credential_id: str


class Issued(NamedTuple):
    """All items stored for a new credential in one transaction."""

    record: Record
    recipient: Recipient | None = None
    """None when only the holder name in the record is known."""
    tasks: Sequence[Task] = ()
    """Follow-up tasks."""
