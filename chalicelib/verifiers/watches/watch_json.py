"""Watches and deliveries as JSON in requests and responses.

{"credential": "https://laurel.example/c/…", "callback": "https://jobs.example/laurel", "ref": "candidate-17"}
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from chalicelib.award.input.field_errors import FieldError, only, optional
from chalicelib.credential import dates
from chalicelib.verifiers.batch.items import MAX_REF
from chalicelib.verifiers.watches.creating import MAX_LINK, WatchDraft
from chalicelib.verifiers.watches.watch import Delivery, State, Watch


def read(sent: Mapping[str, object]) -> WatchDraft:
    """Parse a draft. Raises `FieldError`. `creating` validates what it refers to."""
    only(sent, ("credential", "receipt", "callback", "email", "ref"), "")
    credential, receipt = _link(sent, "credential"), _link(sent, "receipt")
    if (credential is None) == (receipt is None):
        raise FieldError("/credential", "Send either credential or receipt: an id or a link.")
    ref = optional(sent, "ref", "")
    if ref is not None and not (1 <= len(ref) <= MAX_REF and ref.isprintable()):
        raise FieldError("/ref", f"This must have 1 to {MAX_REF} printable characters.")
    callback, email = _link(sent, "callback"), optional(sent, "email", "")
    if callback is None and email is None:
        raise FieldError("/callback", "Send callback, an https URL, or email, or both.")
    return WatchDraft(callback, credential, receipt, ref, email)


def write(watch: Watch, base_url: str) -> dict[str, object]:
    """``watch`` as a response, without its secrets."""
    link = f"{base_url}/v1/watches/{watch.id}"
    return {
        "id": watch.id,
        "state": "active" if watch.disabled is None else "disabled",
        "credential": {"id": watch.credential_id, "url": watch.url},
        "callback": watch.callback,
        "email": watch.email,
        "ref": watch.ref,
        "verdict": watch.verdict,
        "codes": list(watch.codes),
        "since": _time(watch.since),
        "changes": watch.changes,
        "next_check_at": _time(watch.next_check),
        "secrets": [
            {"created_at": dates.write(each.created), "ends_at": _time(each.expires)} for each in watch.secrets
        ],
        "created_at": dates.write(watch.created),
        "links": {"self": link, "deliveries": f"{link}/deliveries"},
    }


def write_delivery(delivery: Delivery) -> dict[str, object]:
    """A delivery as a response."""
    return {
        "id": delivery.id,
        "type": delivery.type,
        "state": delivery.state.value,
        "queued_at": dates.write(delivery.queued),
        "due_at": dates.write(delivery.due) if delivery.state is State.WAITING else None,
        "attempts": delivery.attempts,
        "attempted_at": _time(delivery.sent),
        "status": delivery.status,
        "code": delivery.code,
        "body": json.loads(delivery.body),
    }


def _link(sent: Mapping[str, object], name: str) -> str | None:
    found = optional(sent, name, "")
    if found is not None and not (1 <= len(found) <= MAX_LINK and found.isprintable()):
        raise FieldError(f"/{name}", f"This must have 1 to {MAX_LINK:,} printable characters.")
    return found


def _time(at: datetime | None) -> str | None:
    return None if at is None else dates.write(at)
