"""Links on the page of a credential: to share it, to earn the same, and to next steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.analytics.channel import Channel
from chalicelib.credential import dates
from chalicelib.credential.achievement import achievement_url
from chalicelib.delivery.holder import sharing
from chalicelib.delivery.holder.sharing import MAX_NAME, WORDS, SharedCredential
from chalicelib.http.html import request_language, text
from chalicelib.http.public.credential.credential_facts import Facts
from chalicelib.http.public.credential.credential_view import HostedView, Recorded
from chalicelib.language.phrase import phrase
from chalicelib.language.translation import translation


@dataclass(frozen=True, slots=True)
class ShareLinks:
    """Links to share a valid credential. The last two are for the script of the page."""

    credential_id: str
    platforms: tuple[tuple[str, str, Channel], ...]
    """Text, URL and channel."""
    copy_url: str
    device_url: str


@dataclass(frozen=True, slots=True)
class Recommended:
    """An achievement to earn next, and why."""

    name: str
    url: str
    reason: str


@dataclass(frozen=True, slots=True)
class OnwardLinks:
    """Links to the issuer's current catalogue. Nothing in them is part of the signed credential."""

    achievement: str
    issuer: str
    enrol: str | None
    recommended: tuple[Recommended, ...]


def share_links(hosted: HostedView, recorded: Recorded, facts: Facts) -> ShareLinks:
    """Build the links from verified text alone, with sentences in the reader's language."""
    language = translation(request_language.current().code)
    shared = SharedCredential(
        name=language.own(facts.title)[:MAX_NAME],
        issuer=language.own(facts.issuer.name),
        url=hosted.canonical_url,
        credential_id=hosted.id,
        valid_from=facts.valid_from or recorded.status.at,
        valid_until=facts.valid_until,
        by_holder=False,
    )
    platforms = [
        (words, sharing.address(target, shared, language), Channel(target.value)) for target, words in WORDS.items()
    ]
    return ShareLinks(
        hosted.id,
        (*platforms, (phrase("Send by email"), sharing.email(shared, language), Channel.EMAIL)),
        sharing.link(hosted.canonical_url, Channel.COPY),
        sharing.link(hosted.canonical_url, Channel.DEVICE),
    )


def onward_links(hosted: HostedView, facts: Facts, base_url: str) -> OnwardLinks | None:
    """Build the links to the issuer's catalogue, unless the record names another issuer than the credential."""
    onward = hosted.onward
    if onward is None or hosted.issuer is None or hosted.issuer.did != facts.issuer.did:
        return None
    return OnwardLinks(
        achievement=achievement_url(base_url, onward.achievement_id),
        issuer=f"{base_url}/issuers/{hosted.issuer.id}",
        enrol=f"{base_url}/go/{onward.enrolment}" if onward.enrolment else None,
        recommended=tuple(
            Recommended(
                text.optional_text(each.name) or phrase("Untitled achievement"),
                achievement_url(base_url, each.id),
                text.sentence(each.reason),
            )
            for each in onward.recommended
        ),
    )


def structured_data(url: str, facts: Facts) -> Mapping[str, object] | None:
    """A schema.org `EducationalOccupationalCredential`; None for an issuer with an unconfirmed name."""
    if not facts.issuer.vouched:
        return None
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "EducationalOccupationalCredential",
        "url": url,
        "name": facts.title,
        "recognizedBy": {"@type": "Organization", "name": facts.issuer.name},
    }
    optional = {
        "description": facts.description,
        "credentialCategory": facts.kind,
        "image": facts.image,
        "datePublished": dates.write(facts.valid_from) if facts.valid_from else None,
        "expires": dates.write(facts.valid_until) if facts.valid_until else None,
        "competencyRequired": [skill.text for skill in facts.skills] or None,
    }
    return data | {name: value for name, value in optional.items() if value is not None}
