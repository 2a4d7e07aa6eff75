"""The links of a page by which programs discover its oEmbed response (oembed.com, 4)."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

JSON = "json"
XML = "xml"
DISCOVERY: Mapping[str, str] = {JSON: "application/json+oembed", XML: "text/xml+oembed"}
"""Media type of the discovery link of each format (oembed.com, 4)."""


def discovery_links(page_url: str, base_url: str) -> dict[str, str]:
    """Return the discovery links of a page: URLs by media type."""
    return {media_type: discovery_url(page_url, base_url, form) for form, media_type in DISCOVERY.items()}


def discovery_url(page_url: str, base_url: str, form: str) -> str:
    """Return the URL at which a program that reads the page of a credential finds the response."""
    return f"{base_url}/oembed?url={quote(page_url, safe='')}&format={form}"
