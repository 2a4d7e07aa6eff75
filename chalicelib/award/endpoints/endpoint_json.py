"""Endpoints and their messages as JSON in requests and responses.

{"url": "https://crm.example/laurel", "kinds": ["issued", "conversion"], "paused": false}
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from chalicelib.award.endpoints.endpoint import Endpoint, Message
from chalicelib.award.endpoints.endpoint_actions import EndpointDraft
from chalicelib.award.input.field_errors import FieldError, flag, integer, only, text
from chalicelib.credential import dates

_ADDED = ("id", "host", "secrets", "created", "failing_since", "paused_because", "messages")
"""Members that only responses have; a changed response can be sent back."""


def read(sent: Mapping[str, object]) -> EndpointDraft:
    """Parse a draft. Raises `FieldError`. The values are checked by `endpoint_actions`."""
    only(sent, ("url", "kinds", "paused", "version", *_ADDED), "")
    kinds = sent.get("kinds")
    if not isinstance(kinds, list) or not all(isinstance(each, str) for each in kinds):
        raise FieldError("/kinds", "This must be a list of event types.")
    version = sent.get("version")
    return EndpointDraft(
        url=text(sent, "url", ""),
        kinds=tuple(kinds),
        paused=flag(sent, "paused", ""),
        version=None if version is None else integer(version, "/version"),
    )


def write(endpoint: Endpoint, *, with_url: bool) -> dict[str, object]:
    """``endpoint`` as a response, without its secrets. A URL often contains a secret of the system that it leads to, so
    only those who manage endpoints get it ``with_url``."""
    return {
        "id": endpoint.id,
        "host": urlsplit(endpoint.url).hostname,
        "url": endpoint.url if with_url else None,
        "kinds": list(endpoint.kinds),
        "paused": endpoint.paused is not None,
        "paused_because": None if endpoint.paused is None else endpoint.paused.value,
        "failing_since": _time(endpoint.failing_since),
        "secrets": [
            {"created": dates.write(each.created), "expires": _time(each.expires)} for each in endpoint.secrets
        ],
        "created": dates.write(endpoint.created),
        "version": endpoint.version,
    }


def write_message(message: Message) -> dict[str, object]:
    """A message as a response."""
    return {
        "id": message.id,
        "kind": message.kind,
        "state": message.state.value,
        "queued": dates.write(message.queued),
        "due": dates.write(message.due) if message.state.value == "waiting" else None,
        "attempts": message.attempts,
        "sent": _time(message.sent),
        "status": message.status,
        "code": message.code,
        "body": json.loads(message.body),
    }


def _time(at: datetime | None) -> str | None:
    return None if at is None else dates.write(at)
