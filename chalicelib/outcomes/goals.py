"""The nine goals of a credential programme, and the figures that each is judged by."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """What a goal's view shows besides key figures."""

    INFLUENCERS = "influencers"
    PATHWAYS = "pathways"
    SAVINGS = "savings"
    SURVEY = "survey"
    PLATFORMS = "platforms"
    SOCIAL_VISITS = "social_visits"
    NEW_LEARNERS = "new_learners"
    COUNTRIES = "countries"
    HIGH_STAKES = "high_stakes"


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal: its question, the codes of its key figures, and what else its view shows."""

    code: str
    name: str
    question: str
    figures: tuple[str, ...]
    parts: tuple[Part, ...] = ()


_REACH = ("issued", "open_rate", "share_rate", "shares", "views", "referrals", "referral_reach", "conversions")
_VERIFIED = ("verifications", "views")

GOALS = (
    Goal(
        "renewals",
        "Renewals",
        "Do holders renew before their credential expires?",
        ("renewal_rate", "re_enrolment_rate", *_REACH),
        (Part.INFLUENCERS,),
    ),
    Goal("awareness", "Programme awareness", "Who hears about the programme?", _REACH, (Part.INFLUENCERS,)),
    Goal("pathways", "Pathways", "Where do people stop, and who comes back?", ("re_enrolment_rate",), (Part.PATHWAYS,)),
    Goal(
        "transformation",
        "Digital transformation",
        "What do digital credentials save, and what do holders think of them?",
        ("issued", "delivery_rate", *_VERIFIED),
        (Part.SAVINGS, Part.SURVEY),
    ),
    Goal(
        "brand",
        "Brand and credibility",
        "Where are credentials shared and seen?",
        ("shares", "share_rate", "views_per_share"),
        (Part.PLATFORMS, Part.SOCIAL_VISITS),
    ),
    Goal(
        "launch",
        "New offering or launch",
        "Does the offering bring new learners?",
        ("issued", "referrals", "referral_reach", "referrals_per_share", "conversions"),
        (Part.NEW_LEARNERS, Part.INFLUENCERS),
    ),
    Goal("efficiency", "Efficiency", "How much manual checking is avoided?", _VERIFIED, (Part.SAVINGS,)),
    Goal(
        "international",
        "International delivery",
        "In which countries are credentials viewed, and how much do verifications save?",
        ("issued", *_VERIFIED),
        (Part.COUNTRIES, Part.SAVINGS),
    ),
    Goal(
        "employability",
        "Employability and expert community",
        "How do holders succeed?",
        ("shares", "share_rate", "profile_views", "contacts_per_impression"),
        (Part.SURVEY, Part.HIGH_STAKES),
    ),
)

HIGH_STAKES = frozenset({
    "ApprenticeshipCertificate", "AssociateDegree", "BachelorDegree", "Certification", "Degree", "Diploma",
    "DoctoralDegree", "GeneralEducationDevelopment", "JourneymanCertificate", "License", "MasterCertificate",
    "MasterDegree", "ProfessionalDoctorate", "ResearchDoctorate", "SecondarySchoolDiploma",
})  # fmt: skip
"""Achievement types (Open Badges 3.0, B.1.21) required for admission to a profession or a course of study."""
SOCIAL = frozenset({
    "linkedin", "facebook", "x", "whatsapp", "instagram", "reddit", "xing", "youtube", "bluesky", "threads",
    "pinterest", "tiktok", "telegram", "medium",
})  # fmt: skip
"""Channels that are social networks."""


def goal_of(code: str) -> Goal:
    """The goal with ``code``, otherwise the first."""
    return next((goal for goal in GOALS if goal.code == code), GOALS[0])
