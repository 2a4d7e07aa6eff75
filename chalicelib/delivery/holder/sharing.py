"""Links that open a platform's sharing page for a credential, filled in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from urllib.parse import urlencode


class Target(StrEnum):
    """A platform to share on."""

    LINKEDIN_PROFILE = "linkedin_profile"
    LINKEDIN_POST = "linkedin_post"
    FACEBOOK = "facebook"
    X = "x"
    WHATSAPP = "whatsapp"


ORIGINS = (
    "https://www.linkedin.com",
    "https://www.facebook.com",
    "https://x.com",
    "https://wa.me",
)
"""Origins of all links that `address` returns."""
WORDS = {
    Target.LINKEDIN_PROFILE: "Add to LinkedIn profile",
    Target.LINKEDIN_POST: "Post on LinkedIn",
    Target.FACEBOOK: "Share on Facebook",
    Target.X: "Post on X",
    Target.WHATSAPP: "Share on WhatsApp",
}
MAX_NAME = 200
"""Maximum characters of a name in a link, the same as for achievements and issuers."""


@dataclass(frozen=True, slots=True)
class SharedCredential:
    """A credential's details as shared on a platform."""

    name: str
    issuer: str
    url: str
    """URL of the public page."""
    credential_id: str
    issued_at: datetime
    valid_until: datetime | None


def address(target: Target, shared: SharedCredential) -> str:
    """The URL that opens ``target``'s sharing page for ``shared``; always starts with one of `ORIGINS`."""
    match target:
        case Target.LINKEDIN_PROFILE:
            return linkedin_profile(shared)
        case Target.LINKEDIN_POST:
            return _with("https://www.linkedin.com/sharing/share-offsite/", url=shared.url)
        case Target.FACEBOOK:
            return _with("https://www.facebook.com/sharer/sharer.php", u=shared.url)
        case Target.X:
            return _with("https://x.com/intent/post", text=_sentence(shared), url=shared.url)
        case Target.WHATSAPP:
            return _with("https://wa.me/", text=f"{_sentence(shared)} {shared.url}")


def linkedin_profile(shared: SharedCredential) -> str:
    """LinkedIn's form for "Licenses & certifications", filled in (its "Add to Profile" parameters)."""
    issued = shared.issued_at.astimezone(UTC)
    fields = {
        "startTask": "CERTIFICATION_NAME",
        "name": shared.name[:MAX_NAME],
        "organizationName": shared.issuer[:MAX_NAME],
        "issueYear": str(issued.year),
        "issueMonth": str(issued.month),
    }
    if shared.valid_until is not None:
        ends = shared.valid_until.astimezone(UTC)
        fields |= {"expirationYear": str(ends.year), "expirationMonth": str(ends.month)}
    return _with(
        "https://www.linkedin.com/profile/add",
        **fields,
        certUrl=shared.url,
        certId=shared.credential_id,
    )


def _sentence(shared: SharedCredential) -> str:
    return f"I earned “{shared.name[:MAX_NAME]}” from {shared.issuer[:MAX_NAME]}."


def _with(page: str, **fields: str) -> str:
    return f"{page}?{urlencode(fields)}"
