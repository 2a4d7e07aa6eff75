"""View model of the home page: the four kinds of verdict."""

from __future__ import annotations

SHAPES = (
    ("good", "tick", "Genuine and valid", "It is what the issuer signed, and it has not been revoked."),
    (
        "warn",
        "triangle",
        "Genuine, but not valid now",
        "It has expired, has not started or is suspended. The page says since when, or until when.",
    ),
    ("bad", "octagon", "Do not rely on it", "The issuer has revoked it, or it is not what the issuer signed."),
    (
        "open",
        "question",
        "Not verified",
        "Something could not be checked. The page says what, and what to do next.",
    ),
)
"""Tone, icon, headline and meaning of each."""
