"""Credential events."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.analytics.channel import Channel


class Kind(StrEnum):
    """The type of an event."""

    VIEW = "view"
    """The credential page was served to a person, and the credential was verified for it."""
    VERIFICATION = "verification"
    """A program received the verification report or the credential summary."""
    IMPRESSION = "impression"
    """A widget or badge image on another website was served, and the credential was verified for it."""
    CLICK = "click"
    """A visitor followed the link of a widget to the credential's page, as the widget reported."""
    DOWNLOAD = "download"
    """The signed credential was downloaded."""
    DELIVERED = "delivered"
    """The holder's mail server accepted an email about the credential."""
    OPENED = "opened"
    """The holder followed the link in an email for the first time."""
    SHARED = "shared"
    """Someone started to share the credential on the platform ``target``: the holder if there is no ``visitor``,
    otherwise a visitor of its page, as the page reported."""
    REFERRAL = "referral"
    """A visitor of a credential's or an achievement's page followed its link to the issuer's enrolment page."""
    CONVERSION = "conversion"
    """The issuer reported a sign-up on its enrolment page, and a referral brought the visitor there."""
    ISSUED = "issued"
    """The credential was issued. ``target`` is `RETURNING` if the holder already had a credential from this issuer,
    else `NEW`."""
    RENEWED = "renewed"
    """The credential was replaced by a renewed one."""
    REVOKED = "revoked"
    """The issuer revoked the credential."""
    CONTACTED = "contacted"
    """A message was relayed to the holder of a public profile. It names no credential."""
    PATHWAY_STEP = "pathway_step"
    """The holder earned the achievement, which is a step of the pathway ``target``."""
    PATHWAY_COMPLETED = "pathway_completed"
    """The holder completed the pathway ``target``; the credential is its reward."""
    SEARCHED = "searched"
    """Someone searched the directory, limited to the issuer's holders, with the kinds of filter in ``target``."""
    LISTED = "listed"
    """A page of results of the directory showed people with valid credentials of the issuer."""
    PROFILE_VIEW = "profile_view"
    """The public profile of a holder who shows credentials of the issuer was served."""


NO_ACHIEVEMENT = frozenset({Kind.SEARCHED, Kind.LISTED, Kind.PROFILE_VIEW})
"""Kinds of event that belong to an issuer and to none of its achievements."""


NEW = "new"
RETURNING = "returning"


class Device(StrEnum):
    """The class of a visitor's device."""

    PHONE = "phone"
    TABLET = "tablet"
    DESKTOP = "desktop"


class Widget(StrEnum):
    """The form in which another website shows a credential."""

    SCRIPT = "script"
    """The custom element of `/embed.js`."""
    FRAME = "frame"
    SVG = "svg"
    PNG = "png"


class VisitorClass(StrEnum):
    """The kind of visitor, classified when the event happened. It cannot be derived from stored data later."""

    PERSON = "person"
    KNOWN_BOT = "known_bot"
    """A program that declares itself as one, or that is not a browser."""
    PREFETCH = "prefetch"
    """A browser that loaded the page before a person opened it."""
    PREVIEW = "preview"
    """A program that shows a preview of the link in a message or a post."""
    REPEATED = "repeated"
    """Part of a burst of more identical hits than a person would make. Detected during counting, so no stored event has
    it."""


NOT_CHECKED = "not_checked"
"""The verdict of an event that included no verification."""


@dataclass(frozen=True, slots=True)
class Event:
    """A stored event. It has no field for an IP address or user agent, by design."""

    id: str
    """A ULID: unique, sortable by time, and the key that makes a replay idempotent."""
    kind: Kind
    at: datetime
    credential_id: str | None
    """None for a referral from the page of an achievement, and for what happens in the directory."""
    issuer_id: str
    achievement_id: str
    """Empty for `NO_ACHIEVEMENT`."""
    verdict: str
    """The verdict on the credential, whatever address it was compared with; `NOT_CHECKED` when the event included no
    verification."""
    visitor: str | None
    """A keyed hash that identifies a visitor within one UTC day; None when no salt was available."""
    referrer: str | None
    """The host of the referring page, never its path: for a widget, the website that shows it."""
    target: str | None = None
    """The platform that the credential was shared on, the wallet of a downloaded pass, or the kinds of filter of a
    search."""
    widget: Widget | None = None
    """The widget that was shown or clicked; None except for impressions and clicks."""
    visitor_class: VisitorClass | None = None
    """None when the event has no visitor."""
    recipient_check: str | None = None
    """The outcome of the recipient check (9); None when no address was compared. The address is not stored."""
    channel: Channel | None = None
    """The channel that brought the visitor, from the shared link."""
    country: str | None = None
    """The visitor's country, two letters (ISO 3166), if the edge named it."""
    language: str | None = None
    """The language that the visitor prefers, two or three letters (ISO 639)."""
    device: Device | None = None
    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None
    """Tags in the requested URL, in lower case."""
    valid_until: datetime | None = None
    """When an issued credential expires; None for other kinds, and if it does not expire."""

    def anonymized(self) -> Event:
        """The event without credential and visitor, as it is kept after an erasure."""
        return replace(self, credential_id=None, visitor=None)


@dataclass(frozen=True, slots=True)
class Visit:
    """The client of a request, as seen at the edge. It exists for one request and is never stored."""

    kind: Kind
    address: str
    user_agent: str
    referrer: str | None
    visitor_class: VisitorClass
    by_other_site: bool = False
    """Whether a page of another site made the browser send the request, as the browser reports."""
    channel: Channel | None = None
    """The channel in the requested URL."""
    widget: Widget | None = None
    target: str | None = None
    """As in `Event`."""
    private: bool = False
    """Whether the visitor asks not to be tracked (`Sec-GPC`, `DNT`): the event then has no visitor, and nothing about
    the visitor's browser or device."""
    country: str | None = None
    language: str | None = None
    device: Device | None = None
    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None
