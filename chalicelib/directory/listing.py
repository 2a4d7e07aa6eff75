"""A holder's consented public data: all that the directory knows about a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Named:
    """An issuer or an achievement: its id for filters, and its name for search and display."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Listing:
    """The data that a holder shows to everyone. A field without consent is empty. A delisted holder has no listing.

    Skills, achievements, issuers, ``credentials`` and ``issued_at`` are those of the valid credentials only.
    """

    id: str
    """The public id of the holder."""
    version: int
    """Increases with every change of the listing, and when the holder is delisted."""
    recent_at: datetime
    """When the holder was listed or received their newest credential, whichever is later: the default order."""
    name: str
    headline: str = ""
    place: str = ""
    """One place as the holder wrote it, such as ``Rotterdam, Netherlands``."""
    languages: tuple[str, ...] = ()
    """BCP 47 language tags."""
    open_to: tuple[str, ...] = ()
    """What the holder can be contacted about: values of `OpenTo`."""
    skills: tuple[str, ...] = ()
    """Names of skills. Two names are the same skill if they differ in case, accents and punctuation only."""
    achievements: tuple[Named, ...] = ()
    issuers: tuple[Named, ...] = ()
    credentials: int = 0
    """The number of valid credentials that the holder shows."""
    issued_at: datetime | None = None
    """The latest day from which one of them is valid, as its issuer signed it. A programme that moves to Laurel enters
    credentials that are years old."""
    newest: tuple[str, ...] = ()
    """Ids of the newest of them, which are verified again when the listing is shown (`listed.RECHECKED`)."""
    next_expiry: datetime | None = None
    """The last moment at which all of its other credentials are valid. After it, all are verified when the listing is
    shown."""
