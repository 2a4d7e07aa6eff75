"""The channel of an event, and the detail by which events of its kind are broken down."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.analytics.channel import Channel
from chalicelib.analytics.event import Event, Kind

DIRECT = "direct"
"""No referrer: the URL was typed, opened from an app, or hidden by the browser."""
SEARCH = "search"
EMAIL = "email"
EMBED = "embed"
"""A widget or badge image on another website."""
API = "api"
"""A program that asked for the JSON."""
WEBSITE = "website"
"""Any other page."""

SHARED_ON: Mapping[Channel, str] = {Channel.LINKEDIN_PROFILE: "linkedin", Channel.LINKEDIN_POST: "linkedin"}
"""Channels of shared links that are counted as their social network, like visits with its page as their referrer."""
_NETWORKS = {
    "linkedin.com": "linkedin", "lnkd.in": "linkedin", "facebook.com": "facebook", "fb.com": "facebook",
    "x.com": "x", "twitter.com": "x", "t.co": "x", "whatsapp.com": "whatsapp", "wa.me": "whatsapp",
    "instagram.com": "instagram", "reddit.com": "reddit", "xing.com": "xing", "youtube.com": "youtube",
    "bsky.app": "bluesky", "threads.net": "threads", "pinterest.com": "pinterest", "tiktok.com": "tiktok",
    "telegram.org": "telegram", "t.me": "telegram", "github.com": "github", "medium.com": "medium",
}  # fmt: skip
_SEARCH_SITES = frozenset({"bing", "duckduckgo", "ecosia", "google", "qwant", "startpage", "yahoo", "yandex", "baidu"})
_MAIL_HOSTS = frozenset({"mail.google.com", "outlook.live.com", "outlook.office.com", "mail.yahoo.com"})
_BY_PROGRAMS = frozenset({Kind.VERIFICATION})
_WITH_TARGET = frozenset(
    {Kind.SHARED, Kind.DOWNLOAD, Kind.ISSUED, Kind.PATHWAY_STEP, Kind.PATHWAY_COMPLETED, Kind.SEARCHED}
)
_VERIFIED = frozenset({Kind.VIEW, Kind.VERIFICATION})
BY_SITE = frozenset({Kind.IMPRESSION, Kind.CLICK})
"""Kinds whose detail is the website that shows a widget."""


def channel_of(event: Event) -> str:
    """The visitor's channel. Events that issuers and holders cause have none."""
    if event.visitor_class is None:
        return ""
    if event.widget is not None:
        return EMBED
    if event.channel is not None:
        return SHARED_ON.get(event.channel, event.channel.value)
    if event.utm_medium == EMAIL:
        return EMAIL
    if event.referrer is not None:
        return _of_host(event.referrer)
    return API if event.kind in _BY_PROGRAMS else DIRECT


def detail_of(event: Event) -> str:
    """The platform of a share or download, the verdict of a verification, the website that shows a widget, the step of
    a pathway, the kinds of filter of a search, or whether the holder of an issued credential is `new` or
    `returning`."""
    if event.kind in _WITH_TARGET:
        return event.target or ""
    if event.kind in _VERIFIED:
        return event.verdict
    return event.referrer or "" if event.kind in BY_SITE else ""


def _of_host(host: str) -> str:
    if host in _MAIL_HOSTS:
        return EMAIL
    labels = host.split(".")
    for start in range(len(labels) - 1):
        if found := _NETWORKS.get(".".join(labels[start:])):
            return found
    # Google alone has two hundred names: google.de, google.co.uk.
    return SEARCH if not _SEARCH_SITES.isdisjoint(labels[-3:-1]) else WEBSITE
