"""The channel that a link to a credential was shared on."""

from __future__ import annotations

from enum import StrEnum

PARAMETER = "via"
"""The query parameter of a shared link that names its channel. The canonical URL has none."""


class Channel(StrEnum):
    """A way of sharing a link."""

    LINKEDIN_PROFILE = "linkedin_profile"
    LINKEDIN_POST = "linkedin_post"
    FACEBOOK = "facebook"
    X = "x"
    WHATSAPP = "whatsapp"
    EMAIL = "email"
    COPY = "copy"
    """Copied from the page."""
    DEVICE = "device"
    """Shared with the device's own share dialog."""


def channel_of(text: str | None) -> Channel | None:
    """Return the channel named ``text``, None for any other text."""
    return Channel(text) if text in tuple(Channel) else None
