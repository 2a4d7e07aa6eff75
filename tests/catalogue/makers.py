"""Listings and referrals."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from chalicelib.analytics.channel import Channel
from chalicelib.catalogue.entry import CatalogueEntry, CatalogueSkill
from chalicelib.catalogue.referral import Referral

DAY = date(2026, 11, 22)
ACHIEVEMENT = "6f2c5d0e-8a3b-4c1d-9e2f-0a1b2c3d4e5f"


def entry(achievement_id: str, name: str, *skills: str, **changes: object) -> CatalogueEntry:
    one = CatalogueEntry(achievement_id, "fernhill", name, "Course", "https://x.example/i.png", "A badge")
    listed = tuple(CatalogueSkill(skill.casefold(), skill) for skill in skills)
    return replace(one, skills=listed, **changes)  # type: ignore[arg-type]


def referral(**changes: object) -> Referral:
    one = Referral("fernhill", ACHIEVEMENT, DAY, "a" * 16, "c" * 26, Channel.LINKEDIN_POST)
    return replace(one, **changes)  # type: ignore[arg-type]
