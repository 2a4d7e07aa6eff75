"""Links that open a platform's sharing page for a credential, filled in.

Every link to the credential in them names its channel (`?via=`), so that the views that it brings are credited to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from urllib.parse import quote, urlencode

from chalicelib.analytics.channel import PARAMETER, Channel
from chalicelib.language.phrase import Phrase, phrase
from chalicelib.language.translation import ENGLISH, Translation


class SharePlatform(StrEnum):
    """A platform to share on, and its channel."""

    LINKEDIN_PROFILE = Channel.LINKEDIN_PROFILE
    LINKEDIN_POST = Channel.LINKEDIN_POST
    FACEBOOK = Channel.FACEBOOK
    X = Channel.X
    WHATSAPP = Channel.WHATSAPP


ORIGINS = (
    "https://www.linkedin.com",
    "https://www.facebook.com",
    "https://x.com",
    "https://wa.me",
)
"""Origins of all links that `address` returns."""
WORDS = {
    SharePlatform.LINKEDIN_PROFILE: "Add to LinkedIn profile",
    SharePlatform.LINKEDIN_POST: "Post on LinkedIn",
    SharePlatform.FACEBOOK: "Share on Facebook",
    SharePlatform.X: "Post on X",
    SharePlatform.WHATSAPP: "Share on WhatsApp",
}
MAX_NAME = 200
"""Maximum characters of a name in a link, the same as for achievements and issuers."""


@dataclass(frozen=True, slots=True)
class SharedCredential:
    """A credential's details as shared on a platform."""

    name: str
    issuer: str
    url: str
    """URL of the public page, without a channel."""
    credential_id: str
    valid_from: datetime
    """The date that the public page shows (`signed_content.start_as_signed`)."""
    valid_until: datetime | None
    by_holder: bool = True
    """Whether the holder is known to be the one who shares it."""


def link(url: str, channel: Channel) -> str:
    """The URL of a credential's page as shared on ``channel``; the canonical URL has no channel."""
    return f"{url}?{urlencode({PARAMETER: channel.value})}"


def email(shared: SharedCredential, language: Translation = ENGLISH) -> str:
    """A `mailto:` link (RFC 6068) with subject and text, and no recipient."""
    body = f"{language.text(_sentence(shared))}\n\n{link(shared.url, Channel.EMAIL)}"
    fields = {"subject": _name(shared.name), "body": body.replace("\n", "\r\n")}
    return f"mailto:?{urlencode(fields, quote_via=quote, safe='')}"


def address(target: SharePlatform, shared: SharedCredential, language: Translation = ENGLISH) -> str:
    """The URL that opens ``target``'s sharing page for ``shared``; always starts with one of `ORIGINS`."""
    url, sentence = link(shared.url, Channel(target.value)), language.text(_sentence(shared))
    match target:
        case SharePlatform.LINKEDIN_PROFILE:
            return linkedin_profile(shared)
        case SharePlatform.LINKEDIN_POST:
            return _with("https://www.linkedin.com/sharing/share-offsite/", url=url)
        case SharePlatform.FACEBOOK:
            return _with("https://www.facebook.com/sharer/sharer.php", u=url)
        case SharePlatform.X:
            return _with("https://x.com/intent/post", text=sentence, url=url)
        case SharePlatform.WHATSAPP:
            return _with("https://wa.me/", text=f"{sentence} {url}")


def linkedin_profile(shared: SharedCredential) -> str:
    """LinkedIn's form for "Licenses & certifications", filled in (its "Add to Profile" parameters)."""
    issued = shared.valid_from.astimezone(UTC)
    fields = {
        "startTask": "CERTIFICATION_NAME",
        "name": _name(shared.name),
        "organizationName": _name(shared.issuer),
        "issueYear": str(issued.year),
        "issueMonth": str(issued.month),
    }
    if shared.valid_until is not None:
        ends = shared.valid_until.astimezone(UTC)
        fields |= {"expirationYear": str(ends.year), "expirationMonth": str(ends.month)}
    return _with(
        "https://www.linkedin.com/profile/add",
        **fields,
        certUrl=link(shared.url, Channel.LINKEDIN_PROFILE),
        certId=shared.credential_id,
    )


def _sentence(shared: SharedCredential) -> Phrase:
    names = {"name": _name(shared.name), "issuer": _name(shared.issuer)}
    if not shared.by_holder:
        return phrase("“{name}”, a credential from {issuer}.", **names)
    return phrase("I earned “{name}” from {issuer}.", **names)


def _name(text: str) -> str:
    """``text`` on one line: a line break in the subject of an email could add a header."""
    return " ".join(text.split())[:MAX_NAME]


def _with(page: str, **fields: str) -> str:
    # Percent-encoded throughout: some readers of these parameters show "+" as it is.
    return f"{page}?{urlencode(fields, quote_via=quote, safe='')}"
