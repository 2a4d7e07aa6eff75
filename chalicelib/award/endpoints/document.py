"""An event as systems outside of Laurel get it: the body of a message, or the detail on an event bus."""

from __future__ import annotations

import json
from datetime import datetime

from chalicelib.analytics.counts.channels import channel_of
from chalicelib.analytics.event import Event, Kind
from chalicelib.award.endpoints.endpoint import TEST
from chalicelib.credential import dates
from chalicelib.credential.build import credential_url


def of_event(event: Event, base_url: str) -> dict[str, object]:
    """The ``event`` by the structure of Standard Webhooks ("Payload structure"). It contains no personal data, and
    nothing about the visitor except channel and country. A message to a holder names no achievement: it may have one
    holder only."""
    credential = event.credential_id
    link = None if credential is None else {"id": credential, "url": credential_url(base_url, credential)}
    return {
        "type": event.kind.value,
        "timestamp": dates.write(event.at),
        "data": {
            "id": event.id,
            "issuer": event.issuer_id,
            "achievement": None if event.kind is Kind.CONTACTED else event.achievement_id or None,
            "credential": link,
            "target": event.target,
            "channel": channel_of(event) or None,
            "country": event.country,
        },
    }


def of_test(issuer_id: str, now: datetime) -> dict[str, object]:
    """A message that tests an endpoint."""
    return {"type": TEST, "timestamp": dates.write(now), "data": {"issuer": issuer_id}}


def text(document: dict[str, object]) -> str:
    """The body of a message."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
