"""Export a list of saved people and searches, as JSON."""

from __future__ import annotations

from chalicelib.credential import dates
from chalicelib.directory.saved.saved import Saved


def to_json(saved: Saved) -> dict[str, object]:
    """Serialize everything in a list except its address, which the caller names."""
    people, searches = (
        [{"value": one.value, "since": dates.write(one.since)} for one in entries]
        for entries in (saved.people, saved.searches)
    )
    return {
        "people": people,
        "searches": searches,
        "emails": saved.emails,
        "email_language": saved.lang,
        "checked_at": dates.write(saved.checked_at) if saved.checked_at else None,
    }
