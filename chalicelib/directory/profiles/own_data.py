"""Export everything that is stored about a holder, as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice

from chalicelib.access.models import Session
from chalicelib.access.ports import SessionStore
from chalicelib.credential import dates
from chalicelib.credential.build import credential_url
from chalicelib.credential.record import Record
from chalicelib.delivery import mailbox
from chalicelib.delivery.delivery_context import DeliveryContext
from chalicelib.delivery.delivery_status import Delivery
from chalicelib.delivery.mailbox import Mailbox
from chalicelib.delivery.surveys.survey import MONTHS, Given
from chalicelib.directory.contact.ports import ContactStore
from chalicelib.directory.profiles import own_profile
from chalicelib.directory.profiles.consent import ConsentEntry
from chalicelib.directory.profiles.own_profile import OwnProfile, ProfileContext
from chalicelib.directory.profiles.profile import Profile
from chalicelib.directory.saved import export as saved_export
from chalicelib.directory.saved.ports import SavedStore
from chalicelib.errors import NotFound
from chalicelib.outcomes.outcome import OutcomeStore

MAX_CREDENTIALS = 1_000
"""Maximum credentials in one export: more would take longer than a request may."""
MAX_OUTCOMES = 1_000
"""Maximum outcomes in one export."""


@dataclass(frozen=True, slots=True)
class OwnDataContext:
    """The stores that hold data about a holder."""

    profile_context: ProfileContext
    saved_store: SavedStore
    contact_store: ContactStore
    session_store: SessionStore
    outcome_store: OutcomeStore


def export(context: OwnDataContext, token: str) -> dict[str, object]:
    """Raises `NotFound`, `LinkExpired`, `Forbidden` for a link to one issuer."""
    own = own_profile.view(context.profile_context, token)
    delivery_context, saved_store = context.profile_context.delivery_context, context.saved_store
    outcomes = list(islice(_outcomes(context.outcome_store, own.access.email), MAX_OUTCOMES + 1))
    credentials = list(_credentials(delivery_context, own))
    return {
        "email": own.access.email,
        "exported_at": dates.write(delivery_context.now()),
        "settings": _settings(own.access.mailbox),
        "profile": _profile(own.profile) if own.profile else None,
        "consents": [_entry(entry) for entry in own.entries],
        "reported_senders": list(_reports(context.contact_store, own, delivery_context.now())),
        "saved": saved_export.to_json(saved) if (saved := saved_store.saved(own.access.mailbox.digest)) else None,
        "sign_in_sessions": [_session(one) for one in context.session_store.sessions_of(own.access.email)],
        "credentials": credentials[:MAX_CREDENTIALS],
        "credentials_complete": len(credentials) <= MAX_CREDENTIALS,
        "outcomes": outcomes[:MAX_OUTCOMES],
        "outcomes_complete": len(outcomes) <= MAX_OUTCOMES,
    }


def _settings(box: Mailbox) -> dict[str, object]:
    return {
        "timezone": box.zone,
        "email_language": box.lang,
        "unsubscribed_from": sorted(box.unsubscribed),
        "no_reminders_from": sorted(box.no_reminders),
        "emails_stopped_at": _time(box.forgotten_at),
        "subscribed_again_to": sorted(box.subscribed),
        "view_counts_shown_since": {one: _time(since) for one, since in sorted(box.view_counts_shown.items())},
        "bounced_at": _time(box.bounced_at),
        "complained_at": _time(box.complained_at),
    }


def _profile(profile: Profile) -> dict[str, object]:
    return {
        "id": profile.holder_id,
        "changed_at": _time(profile.changed_at),
        "visibility": {field.value: seen.value for field, seen in profile.visibility.items()},
        **asdict(profile.details),
    }


def _reports(store: ContactStore, own: OwnProfile, now: datetime) -> Iterator[dict[str, object]]:
    """The senders and domains that the holder has reported. Of each, Laurel keeps only a code calculated from it."""
    for one in store.reports_of(own.profile.holder_id, now) if own.profile else ():
        yield {"code": one.sender, "until": _time(one.expires)}


def _session(session: Session) -> dict[str, object]:
    """A session, without the secrets that open it."""
    return {
        "created_at": _time(session.created),
        "last_used_at": _time(session.seen),
        "expires_at": _time(session.expires),
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
            delivery = deliveries.get(record.id)
            yield {**_credential(context.base_url, record, delivery), "survey_answers": _answers(context, delivery)}
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


def _answers(context: DeliveryContext, delivery: Delivery | None) -> list[dict[str, object]]:
    """What the holder answered to surveys about a credential; read only if one was sent."""
    emails = delivery.emails if delivery else {}
    asked = [months for kind, months in MONTHS.items() if kind in emails]
    found = [context.surveys.answer(delivery.issuer_id, delivery.credential_id, months) for months in asked if delivery]
    return [
        {
            "months": one.months,
            **_given(Given(one.at, one.values, one.declined)),
            "earlier": [_given(each) for each in one.earlier],
        }
        for one in found
        if one is not None
    ]


def _given(answer: Given) -> dict[str, object]:
    return {"at": _time(answer.at), "declined": answer.declined, "answers": dict(answer.values)}


def _outcomes(store: OutcomeStore, email: str) -> Iterator[dict[str, object]]:
    """What issuers have imported about the holder, including under the hash of an international domain as written."""
    for person in dict.fromkeys((mailbox.digest(email), mailbox.plain_digest(email))):
        for issuer_id, name in store.of_person(person):
            units = {measure.name: measure.unit for measure in store.measures(issuer_id)}
            for one in store.outcomes(issuer_id, name, person):
                yield {
                    "issuer": issuer_id,
                    "name": name,
                    "unit": units.get(name),
                    "date": one.on.isoformat(),
                    **_value(one.value, one.stored_at),
                    "earlier": [_value(*each) for each in one.earlier],
                }


def _value(value: float, stored_at: datetime) -> dict[str, object]:
    return {"value": value, "imported_at": _time(stored_at)}


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
