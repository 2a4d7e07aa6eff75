"""Store uploaded images under the hash of their content."""

from __future__ import annotations

import hashlib

from chalicelib.award.images import formats
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.credential.record import Image


def store(issuer_context: IssuerContext, content: bytes) -> str:
    """Store ``content`` and return its URL. Raises `Refused` (`bad_picture`)."""
    return f"{issuer_context.base_url}/images/{keep(issuer_context, content).file_name}"


def keep(issuer_context: IssuerContext, content: bytes) -> Image:
    """Store ``content``. Raises `Refused` (`bad_picture`)."""
    image = Image(hashlib.sha256(content).hexdigest(), formats.check(content), content)
    issuer_context.issuer_store.add_image(image)
    return image
