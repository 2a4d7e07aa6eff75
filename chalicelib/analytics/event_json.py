"""JSON form of an event, shared by the event store, the fallback log and the replay."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime

from chalicelib.analytics.channel import Channel
from chalicelib.analytics.event import NO_ACHIEVEMENT, Device, Event, Kind, VisitorClass, Widget
from chalicelib.errors import Malformed

UNSTORED = "unstored_event"
"""The member of a log line that holds an event, in this form, when the event store did not accept it."""

MEMBERS = tuple(field.name for field in fields(Event))
"""The names of the members."""
_ADDED_LATER = {
    "target", "widget", "visitor_class", "recipient_check", "channel", "country", "language", "device", "utm_source",
    "utm_medium", "utm_campaign", "valid_until",
}  # fmt: skip
"""Members that are missing from events logged by earlier versions."""
_MAY_BE_NULL = {"credential_id", "achievement_id", "visitor", "referrer", *_ADDED_LATER}
_FORM = "%Y-%m-%dT%H:%M:%S.%fZ"
_LENGTH = len("2026-11-30T00:00:00.000000Z")
_MAX_LENGTH = 512
"""Maximum characters of a member. No valid value comes near it (a host name has at most 253, RFC 1035)."""


def to_wire(event: Event) -> dict[str, str | None]:
    """Convert ``event`` to JSON members as text; times are RFC 3339 in UTC, to the microsecond."""
    return {
        "id": event.id,
        "kind": event.kind.value,
        "at": _time(event.at),
        "credential_id": event.credential_id or None,
        "issuer_id": event.issuer_id,
        "achievement_id": event.achievement_id or None,
        "verdict": event.verdict,
        "visitor": event.visitor,
        "referrer": event.referrer,
        "target": event.target,
        "widget": event.widget.value if event.widget else None,
        "visitor_class": event.visitor_class.value if event.visitor_class else None,
        "recipient_check": event.recipient_check,
        "channel": event.channel.value if event.channel else None,
        "country": event.country,
        "language": event.language,
        "device": event.device.value if event.device else None,
        "utm_source": event.utm_source,
        "utm_medium": event.utm_medium,
        "utm_campaign": event.utm_campaign,
        "valid_until": _time(event.valid_until) if event.valid_until else None,
    }


def from_wire(value: object) -> Event:
    """Parse the output of `to_wire`. Raises `Malformed` for anything that `to_wire` would not write."""
    if isinstance(value, dict):
        value = {**dict.fromkeys(_ADDED_LATER), **value}
    if not isinstance(value, dict) or value.keys() != set(MEMBERS):
        raise Malformed("This is not an event: it has unexpected members.", code="not_an_event")
    for name, text in value.items():
        if text is None and name in _MAY_BE_NULL:
            continue
        if not isinstance(text, str) or not 0 < len(text) <= _MAX_LENGTH:
            raise Malformed(f"This is not an event: its {name} is not a short string.", code="not_an_event")
    try:
        at = _moment(value["at"])
        valid_until = _moment(value["valid_until"]) if value["valid_until"] else None
        visitor_class = VisitorClass(value["visitor_class"]) if value["visitor_class"] else None
        widget = Widget(value["widget"]) if value["widget"] else None
        channel = Channel(value["channel"]) if value["channel"] else None
        device = Device(value["device"]) if value["device"] else None
        parsed = {"kind": Kind(value["kind"]), "at": at, "visitor_class": visitor_class, "channel": channel}
        parsed["achievement_id"] = value["achievement_id"] or ""
        event = Event(**{**value, **parsed, "widget": widget, "device": device, "valid_until": valid_until})
    except ValueError as error:
        raise Malformed(
            "This is not an event: its kind, time, widget, visitor class, channel or device is not valid.",
            code="not_an_event",
        ) from error
    if not event.achievement_id and event.kind not in NO_ACHIEVEMENT:
        raise Malformed("This is not an event: its kind needs an achievement.", code="not_an_event")
    if to_wire(event) != value:
        raise Malformed("This is not an event: its time is not in the expected format.", code="not_an_event")
    return event


def _time(at: datetime) -> str:
    # The year by hand: strftime pads it on some systems only, and a credential may expire at any time.
    return f"{at.astimezone(UTC):{_FORM}}".rjust(_LENGTH, "0")


def _moment(text: str) -> datetime:
    return datetime.strptime(text, _FORM).replace(tzinfo=UTC)
