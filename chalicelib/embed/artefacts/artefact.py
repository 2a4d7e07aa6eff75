"""The view model of the share image and the certificate. It has no verdict: both are cached, copied and printed."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime

from chalicelib.embed.badge_view import Claims

PROOF_LINES = 5
"""Lines for the sentence about the issuer's identity: one for each of the domains that an issuer can have."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of the achievement, or a logo."""

    content: bytes
    media_type: str

    @property
    def url(self) -> str:
        """A `data:` URL."""
        return f"data:{self.media_type};base64,{base64.b64encode(self.content).decode('ascii')}"


@dataclass(frozen=True, slots=True)
class Artefact:
    """A credential as it is shared."""

    url: str
    """The page of the credential."""
    claims: Claims | None
    """None if the credential has no verified contents: then nothing that it claims is shown."""
    issuer_proof: str
    """One sentence about the identity of the issuer. It fits into `PROOF_LINES` lines."""
    valid_from: datetime | None
    valid_until: datetime | None
    accent: str
    """Colour of the issuer, `#rrggbb`, on which white text is readable."""
    picture: Picture
    logo: Picture | None = None
