"""A holder's public profile for programs: as JSON, and as schema.org data for search engines."""

from __future__ import annotations

from chalicelib.credential import dates
from chalicelib.directory.profiles.consent import Audience
from chalicelib.http.directory.holder_view import Card, HolderView
from chalicelib.http.public.credential.credential_links import structured_data


def to_json(view: HolderView) -> dict[str, object]:
    """Serialize a profile: verified contents, and separately the holder's own statements."""
    return {
        "id": view.id,
        "url": view.url,
        "checked_at": dates.write(view.checked_at),
        "contact": {"url": f"{view.url}/contact", "sign_in": view.contact is Audience.RECRUITERS}
        if view.contact
        else None,
        "more": view.more,
        "stated_by_holder": {
            "name": view.name,
            "headline": view.headline,
            "place": view.place,
            "languages": list(view.languages),
            "links": list(view.links),
            "open_to": [one.value for one in view.open_to],
        },
        "credentials": [_credential(card) for card in (*view.valid, *view.expired)],
        "skills": [
            {
                "name": one.skill.text,
                "url": one.skill.url,
                "credentials": [card.badge.id for card in one.credentials],
            }
            for one in view.skills
        ],
    }


def person(view: HolderView) -> dict[str, object]:
    """A schema.org `Person`; credentials only of issuers whose names are confirmed."""
    data: dict[str, object] = {"@context": "https://schema.org", "@type": "Person", "url": view.url}
    credentials = [found for card in view.valid if (found := structured_data(card.badge.url, card.facts))]
    optional: dict[str, object] = {
        "name": view.name,
        "description": view.headline,
        "homeLocation": {"@type": "Place", "name": view.place} if view.place else None,
        "knowsLanguage": list(view.languages),
        "sameAs": list(view.links),
        "knowsAbout": [
            one.skill.text for one in view.skills if any(card.facts.issuer.vouched for card in one.credentials)
        ],
        "hasCredential": [{k: v for k, v in one.items() if k != "@context"} for one in credentials],
    }
    return data | {name: value for name, value in optional.items() if value}


def _credential(card: Card) -> dict[str, object]:
    facts = card.facts
    return {
        "id": card.badge.id,
        "url": card.badge.url,
        "verdict": card.badge.verdict,
        "title": facts.title,
        "holder": facts.holder,
        "issuer": {
            "id": facts.issuer.did,
            "name": facts.issuer.name,
            "name_confirmed": facts.issuer.vouched,
            "identity": facts.issuer.behind,
        },
        "valid_from": dates.write(facts.valid_from) if facts.valid_from else None,
        "valid_until": dates.write(facts.valid_until) if facts.valid_until else None,
        "image": card.badge.claims.image if card.badge.claims else None,
    }
