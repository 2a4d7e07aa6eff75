"""Artefacts for tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from chalicelib.award.images import default_badge
from chalicelib.embed.artefacts.artefact import Artefact, Picture
from tests.embed.makers import CLAIMS, PAYLOADS, VIEW, hostile_view

ACCENT = "#7a1f3d"
BADGE = Picture(default_badge.draw("Data analysis", ACCENT), "image/svg+xml")
ARTEFACT = Artefact(
    url=VIEW.url,
    claims=CLAIMS,
    issuer_proof="The operator of this service vouches for this name.",
    valid_from=datetime(2026, 3, 3, tzinfo=UTC),
    valid_until=None,
    accent=ACCENT,
    picture=BADGE,
    logo=BADGE,
)
SCRIPTS = (
    "Žižek Łódź", "Ανάλυση δεδομένων", "Анализ данных", "تحليل البيانات", "ניתוח נתונים",
    "データ分析の実践", "数据分析", "데이터 분석",
    "डेटा विश्लेषण", "তথ্য বিশ্লেষণ", "தரவு பகுப்பாய்வு", "การวิเคราะห์ข้อมูล",
)  # fmt: skip
HOSTILE = (
    *PAYLOADS,
    *SCRIPTS,
    "word " * 100,
    "漢" * 500,
    "س" * 500,
    "🏅" * 500,
    "\u202e" * 500,
    "a\u0301" * 250,
    "<" * 500,
)


def with_text(text: str) -> Artefact:
    """An artefact whose every text is ``text``."""
    return replace(ARTEFACT, claims=hostile_view(text).claims, issuer_proof=text[:300])
