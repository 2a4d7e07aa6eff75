"""oEmbed 1.0 (oembed.com): what a program shows for the link of a credential."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from chalicelib.credential.public_id import PATTERN
from chalicelib.embed import snippets, texts
from chalicelib.embed.appearance import BOXES, Size
from chalicelib.embed.badge_view import BadgeView
from chalicelib.embed.discovery import JSON, XML
from chalicelib.embed.snippets import Look

PROVIDER = "Laurel"
CACHE_SECONDS = 3600
"""How long a consumer may keep the response. It contains no verdict; its frame loads the verdict each time."""
MEDIA_TYPES: Mapping[str, str] = {JSON: "application/json", XML: "text/xml"}
"""Media type of each format (oembed.com, 2.3.4)."""
_PAGE = re.compile(rf"/c/({PATTERN})/?\Z", re.ASCII)

Response = dict[str, str | int]


def credential_id(url: str, base_url: str) -> str | None:
    """Return the id of the credential whose page ``url`` is, None if it is not a page of this deployment.

    A query and a fragment are ignored: programs add their own to a link that is shared.
    """
    try:
        requested, own = urlsplit(url), urlsplit(base_url)
        same = (requested.scheme, requested.netloc.lower()) == (own.scheme, own.netloc.lower())
    except ValueError:
        return None
    path = requested.path.removeprefix(own.path) if requested.path.startswith(own.path) else ""
    match = _PAGE.fullmatch(path)
    return match[1] if match is not None and same else None


def credential_id_on_any_host(url: str) -> str | None:
    """Return the id in a URL that looks like the page of a credential; which host it is on is not checked."""
    try:
        match = _PAGE.search(urlsplit(url).path)
    except ValueError:
        return None
    return match[1] if match is not None else None


def response(view: BadgeView, base_url: str, max_width: int | None, max_height: int | None) -> Response:
    """Return the response: the largest frame within the limits, or a link if even the smallest is too large.

    It has no thumbnail: a consumer keeps a copy of it, which would show the verdict of that day.
    """
    fitting = (
        size
        for size, box in BOXES.items()
        if box.width <= (max_width or box.width) and box.height <= (max_height or box.height)
    )
    size = next(fitting, None)
    shared: Response = {
        "version": "1.0",
        "title": texts.title(view),
        "provider_name": PROVIDER,
        "provider_url": f"{base_url}/",
        "cache_age": CACHE_SECONDS,
    }
    if view.claims is not None and view.claims.issuer_confirmed:
        shared["author_name"] = view.claims.issuer
    return {"type": "link", **shared} if size is None else {"type": "rich", **shared, **_rich(view, size, base_url)}


def write(found: Response, form: str) -> str:
    """Serialize the response as JSON or XML."""
    if form == JSON:
        return json.dumps(found, ensure_ascii=False)
    members = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in found.items())
    return f'<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<oembed>{members}</oembed>'


def _rich(view: BadgeView, size: Size, base_url: str) -> Response:
    box = BOXES[size]
    return {"html": snippets.frame(view, Look(size), base_url), "width": box.width, "height": box.height}
