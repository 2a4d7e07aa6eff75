"""What the first page explains: the four shapes of a verdict."""

from __future__ import annotations

SHAPES = (
    ("good", "tick", "Real, and it still stands", "It is what the issuer signed, and nobody withdrew it."),
    (
        "warn",
        "triangle",
        "Real, but not in force now",
        "It has expired, has not started or is on hold. The page says since when, or until when.",
    ),
    ("bad", "octagon", "Do not rely on it", "The issuer has withdrawn it, or it is not what the issuer signed."),
    (
        "open",
        "question",
        "We could not tell",
        "Something could not be checked. The page says what, and what would settle it.",
    ),
)
"""Tone, icon, headline, meaning."""
