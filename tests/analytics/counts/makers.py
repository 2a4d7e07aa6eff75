"""Sample events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import strategies as st

from chalicelib.analytics.channel import Channel
from chalicelib.analytics.event import NOT_CHECKED, Event, Kind, VisitorClass, Widget

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
_IDS = count()


def event(kind: Kind = Kind.VIEW, at: datetime = NOON, **members: Any) -> Event:
    """An event with an id of its own, of a person's view unless ``members`` say otherwise."""
    values: dict[str, Any] = {
        "id": f"{next(_IDS):026}",
        "credential_id": "c" * 26,
        "issuer_id": "north",
        "achievement_id": "welding",
        "verdict": NOT_CHECKED,
        "visitor": "v" * 32,
        "referrer": None,
        "visitor_class": VisitorClass.PERSON,
    }
    return Event(kind=kind, at=at, **{**values, **members})


def events(span: timedelta = timedelta(days=3)) -> st.SearchStrategy[list[Event]]:
    """Events of two issuers within ``span``, each with an id of its own."""
    one = st.builds(
        event,
        kind=st.sampled_from(Kind),
        at=st.timedeltas(timedelta(), span).map(lambda after: NOON + after),
        issuer_id=st.sampled_from(["north", "south"]),
        achievement_id=st.sampled_from(["welding", "care"]),
        credential_id=st.sampled_from(["a" * 26, "b" * 26, None]),
        visitor=st.sampled_from(["1" * 32, "2" * 32, None]),
        visitor_class=st.sampled_from([*VisitorClass, None]),
        channel=st.sampled_from([*Channel, None]),
        widget=st.sampled_from([*Widget, None]),
        referrer=st.sampled_from(["www.google.de", "lnkd.in", "acme.example", None]),
        country=st.sampled_from(["DE", "CH", None]),
        target=st.sampled_from(["x", None]),
    )
    return st.lists(one, max_size=40)
