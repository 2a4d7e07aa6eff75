"""Pages that a holder opens with a secret link: never cached, with no referrer, and unknown to search engines."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.delivery import links
from chalicelib.delivery.holder.access import LinkExpired
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import PRIVATE, Reply
from chalicelib.http.html import render

MISSING = "Check that you copied the whole link, or use the one in your most recent email."
HEADERS = {"Cache-Control": PRIVATE, "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def page(services: Services, template: str, status: int, leads: tuple[str, ...] = (), **content: object) -> Reply:
    """Render ``template`` of the holder's pages."""
    base_url = services.settings.base_url
    name = f"holder/{template}"
    lives = {"life": links.VALIDITY // DAY, "wide_life": links.WIDE_VALIDITY // HOUR}
    return render.page(name, base_url, status, HEADERS, forms=True, console=True, leads=leads, **lives, **content)


def expired_link_page(services: Services, secret: str, error: LinkExpired) -> Reply:
    """The page of a link that no longer works, which offers a new one."""
    return page(services, "link_expired.html", 410, token=secret, opens_all_issuers=error.opens_all_issuers)


def redirect(url: str) -> Reply:
    """Redirect after a form."""
    return Reply("", "text/plain", 303, {**HEADERS, "Location": url})


def download(content: bytes, media_type: str, disposition: str) -> Reply:
    """Let the browser save a file, named by ``disposition`` (`file_name.attachment`)."""
    return Reply(content, media_type, headers={**HEADERS, "Content-Disposition": disposition})
