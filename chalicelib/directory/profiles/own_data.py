"""Export everything that is stored about a holder, as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime

from chalicelib.credential import dates
from chalicelib.credential.build import credential_url
from chalicelib.credential.record import Record
from chalicelib.delivery.delivery_context import DeliveryContext
from chalicelib.delivery.delivery_status import Delivery
from chalicelib.delivery.mailbox import Mailbox
from chalicelib.directory.profiles import own_profile
from chalicelib.directory.profiles.consent import ConsentEntry
from chalicelib.directory.profiles.own_profile import OwnProfile, ProfileContext
from chalicelib.directory.profiles.profile import Profile
from chalicelib.errors import NotFound

MAX_CREDENTIALS = 1_000
"""Credentials in one export: more would take longer than a request may."""


def export(context: ProfileContext, token: str) -> dict[str, object]:
    """Raises `NotFound`, `LinkExpired`, `Forbidden` for a link to one issuer."""
    own = own_profile.view(context, token)
    delivery_context = context.delivery_context
    credentials = list(_credentials(delivery_context, own))
    return {
        "email": own.access.email,
        "exported_at": dates.write(delivery_context.now()),
        "settings": _settings(own.access.mailbox),
        "profile": _profile(own.profile) if own.profile else None,
        "consents": [_entry(entry) for entry in own.entries],
        "credentials": credentials[:MAX_CREDENTIALS],
        "credentials_complete": len(credentials) <= MAX_CREDENTIALS,
    }


def _settings(mailbox: Mailbox) -> dict[str, object]:
    return {
        "timezone": mailbox.zone,
        "email_language": mailbox.lang,
        "unsubscribed_from": sorted(mailbox.unsubscribed),
        "no_reminders_from": sorted(mailbox.no_reminders),
        "bounced_at": _time(mailbox.bounced_at),
        "complained_at": _time(mailbox.complained_at),
    }


def _profile(profile: Profile) -> dict[str, object]:
    return {
        "id": profile.holder_id,
        "changed_at": _time(profile.changed_at),
        "visibility": {field.value: seen.value for field, seen in profile.visibility.items()},
        **asdict(profile.details),
    }


def _entry(entry: ConsentEntry) -> dict[str, object]:
    return {
        "number": entry.number,
        "at": _time(entry.at),
        "text_version": entry.text_version,
        "decisions": [
            {
                "subject": one.subject,
                "audience": one.audience,
                "granted": one.granted,
                "expires_at": _time(one.expires_at),
            }
            for one in entry.decisions
        ],
    }


def _credentials(context: DeliveryContext, own: OwnProfile) -> Iterator[dict[str, object]]:
    """Issuer by issuer; one more than `MAX_CREDENTIALS` if there are more."""
    left = MAX_CREDENTIALS + 1
    for issuer_id in context.archive.holder_issuers(own.access.email, None, left):
        places = context.archive.holdings(issuer_id, own.access.email, None, left)
        left -= len(places)
        ids = [place.credential_id for place in places]
        deliveries = context.store.find_deliveries(issuer_id, ids)
        for record in _records(context, ids):
            yield _credential(context.base_url, record, deliveries.get(record.id))
        if left <= 0:
            return


def _records(context: DeliveryContext, ids: Iterable[str]) -> Iterator[Record]:
    for credential_id in ids:
        with suppress(NotFound):
            yield context.archive.record(credential_id)


def _credential(base_url: str, record: Record, delivery: Delivery | None) -> dict[str, object]:
    url = credential_url(base_url, record.id)
    return {
        "id": record.id,
        "url": url,
        "download": f"{url}/credential.json",
        "issuer": record.issuer_id,
        "holder_name": record.holder_name,
        "issued_at": _time(record.issued_at),
        "valid_until": _time(record.valid_until),
        "status": record.status.state,
        "delivery": _delivery(delivery) if delivery else None,
    }


def _delivery(delivery: Delivery) -> dict[str, object]:
    return {
        "state": delivery.state,
        "emails": {kind: _time(attempt.sent_at) for kind, attempt in sorted(delivery.emails.items())},
        "delivered_at": _time(delivery.delivered_at),
        "opened_at": _time(delivery.opened_at),
        "shared_at": _time(delivery.shared_at),
        "bounced_at": _time(delivery.bounced_at),
        "complained_at": _time(delivery.complained_at),
    }


def _time(at: datetime | None) -> str | None:
    return dates.write(at) if at else None
