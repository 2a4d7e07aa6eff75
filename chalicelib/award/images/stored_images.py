"""Store uploaded images under the hash of their content."""

from __future__ import annotations

import hashlib

from chalicelib.award import daily_limits
from chalicelib.award.images import default_badge, formats
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.credential.record import IMAGE_NAME, Image
from chalicelib.errors import NotFound


def store(issuer_context: IssuerContext, content: bytes) -> str:
    """Store ``content`` of a counted version of an achievement and return its URL. Raises `Refused` (`bad_picture`)."""
    return address(issuer_context, _add(issuer_context, content))


def address(issuer_context: IssuerContext, image: Image) -> str:
    """The URL of a stored image."""
    return f"{issuer_context.base_url}/images/{image.file_name}"


def keep(issuer_context: IssuerContext, issuer_id: str, content: bytes) -> Image:
    """Store ``content``, which is not part of a counted version of an achievement, within the issuer's daily limit.

    Raises `Refused` (`bad_picture`), `QuotaExceeded` (`daily_limit_exceeded`).
    """
    formats.check(content)
    issuer = issuer_context.issuer_store.issuer(issuer_id)
    daily_limits.take(issuer_context, issuer, daily_limits.ACHIEVEMENTS)
    return _add(issuer_context, content)


def _add(issuer_context: IssuerContext, content: bytes) -> Image:
    image = Image(hashlib.sha256(content).hexdigest(), formats.check(content), content)
    issuer_context.issuer_store.add_image(image)
    return image


def is_drawn_badge(issuer_context: IssuerContext, url: str) -> bool:
    """Whether the image at ``url`` is a drawn badge; False for one that is not stored here."""
    name = IMAGE_NAME.fullmatch(url.removeprefix(f"{issuer_context.base_url}/images/"))
    if name is None or not name[0].endswith(".svg"):
        return False
    try:
        return default_badge.is_drawn(issuer_context.issuer_store.image(name[1]).content)
    except NotFound:
        return False
