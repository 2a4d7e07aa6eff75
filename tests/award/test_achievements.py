"""Creating an achievement."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from chalicelib.award import achievements
from chalicelib.award.achievements import MAX_SKILLS, Content
from chalicelib.award.images import default_badge
from chalicelib.award.images.formats import MAX_IMAGE
from chalicelib.award.issuers import issuer_actions
from chalicelib.credential.achievement import Achievement, Skill
from chalicelib.errors import Conflict, NotFound, Refused
from tests.award.fakes import BASE_URL, PICTURE, IssuerFixture, new_achievement


def test_image_is_stored_under_its_hash(acme: IssuerFixture) -> None:
    digest = hashlib.sha256(PICTURE).hexdigest()
    assert acme.achievement.image == f"{BASE_URL}/images/{digest}.png"
    assert acme.issuer_store.image(digest).content == PICTURE
    assert acme.issuer_store.image(digest).media_type == "image/png"


def test_achievement_is_stored_with_all_members(acme: IssuerFixture) -> None:
    stored = acme.issuer_store.achievement("acme", acme.achievement.id)
    assert stored == acme.achievement
    assert stored.skills[0].name == "Programming"


def test_two_achievements_may_share_an_image(acme: IssuerFixture) -> None:
    other = achievements.add(acme.issuer_context, new_achievement(name="Another"))
    assert other.image == acme.achievement.image
    assert other.id != acme.achievement.id


def test_given_achievement_id_is_unique(acme: IssuerFixture) -> None:
    chosen = new_achievement(id="6f4c1a4e-6d83-4e6e-9a53-0a2c5a0d9f11")
    achievements.add(acme.issuer_context, chosen)
    with pytest.raises(Conflict):
        achievements.add(acme.issuer_context, replace(chosen, name="Another"))


def test_achievement_of_an_unknown_issuer_is_refused(acme: IssuerFixture) -> None:
    with pytest.raises(NotFound):
        achievements.add(acme.issuer_context, new_achievement(issuer_id="nobody"))
    assert list(acme.issuer_store.achievements("nobody")) == []


@pytest.mark.parametrize("kind", ["Course", "BachelorDegree", "ext:Workshop"])
def test_standard_and_extension_kinds_are_accepted(acme: IssuerFixture, kind: str) -> None:
    assert achievements.add(acme.issuer_context, new_achievement(kind=kind)).kind == kind


SKILL = Skill("Programming", "https://example.org/skills/1", "O*NET")


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("bad_text", {"name": " "}),
        ("bad_text", {"name": "Two\nlines"}),
        ("bad_text", {"criteria": ""}),
        ("bad_text", {"description": "x" * 2001}),
        ("bad_text", {"picture_alt": ""}),
        ("bad_kind", {"kind": "Nope"}),
        ("bad_kind", {"kind": "course"}),
        ("bad_kind", {"kind": "ext:"}),
        ("bad_kind", {"kind": "ext:" + "x" * 61}),
        ("bad_picture", {"picture": b"GIF89a"}),
        ("bad_picture", {"picture": b"\x89PNG\r\n\x1a\n<script>alert(1)</script>"}),
        ("bad_picture", {"picture": PICTURE[:20]}),
        ("bad_picture", {"picture": PICTURE[:-1]}),
        ("bad_picture", {"picture": PICTURE[:16] + b"\x7f\xff\xff\xff" + PICTURE[20:]}),
        ("bad_picture", {"picture": PICTURE[:20] + b"\0\0\x10\x01" + PICTURE[24:]}),
        ("bad_picture", {"picture": PICTURE[:16] + bytes(4) + PICTURE[20:]}),
        ("bad_picture", {"picture": PICTURE + bytes(MAX_IMAGE + 1 - len(PICTURE))}),
        ("bad_url", {"skills": (replace(SKILL, url="skills/1"),)}),
        ("bad_text", {"skills": (replace(SKILL, framework=""),)}),
        ("bad_url", {"skills": (Skill("Programming", None, "O*NET"),)}),
        ("too_many_skills", {"skills": (SKILL,) * (MAX_SKILLS + 1)}),
        ("bad_id", {"id": "not-a-uuid"}),
    ],
)
def test_invalid_achievement_is_refused(acme: IssuerFixture, code: str, changes: dict[str, object]) -> None:
    with pytest.raises(Refused) as refused:
        achievements.add(acme.issuer_context, new_achievement(**changes))
    assert refused.value.code == code


def test_largest_image_is_accepted(acme: IssuerFixture) -> None:
    achievements.add(acme.issuer_context, new_achievement(picture=PICTURE + bytes(MAX_IMAGE - len(PICTURE))))


def renamed(acme: IssuerFixture, before: Achievement, name: str, picture: bytes | None = None) -> Achievement:
    content = Content(name, before.description, before.criteria, picture, before.image_alt)
    return achievements.revise(acme.issuer_context, "acme", before.id, before.version, content)


def image_of(acme: IssuerFixture, achievement: Achievement) -> bytes:
    return acme.issuer_store.image(achievement.image.rpartition("/")[2].partition(".")[0]).content


def test_renaming_an_achievement_draws_its_default_badge_again(acme: IssuerFixture) -> None:
    before = achievements.add(acme.issuer_context, new_achievement(name="Rust for beginners", picture=None))
    issuer_actions.update_profile(acme.issuer_context, "acme", {"accent": "#7a1fa2"})
    after = renamed(acme, before, "Go for beginners")
    assert image_of(acme, after) == default_badge.draw("Go for beginners", "#7a1fa2")
    assert renamed(acme, before, "Go for beginners") == after


def test_renaming_an_achievement_keeps_an_uploaded_image(acme: IssuerFixture) -> None:
    similar = default_badge.draw("Rust", None).replace(b"</svg>", b'<path d="M0 0h9v9z"/></svg>')
    for picture in (PICTURE, similar):
        before = achievements.add(acme.issuer_context, new_achievement(picture=picture))
        assert renamed(acme, before, "Another name").image == before.image


def test_changing_other_content_keeps_a_drawn_badge(acme: IssuerFixture) -> None:
    before = achievements.add(acme.issuer_context, new_achievement(name="Rust", picture=None))
    issuer_actions.update_profile(acme.issuer_context, "acme", {"accent": "#7a1fa2"})
    assert renamed(acme, replace(before, description="Another one."), "Rust").image == before.image


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        *(
            ("bad_url", {"enrolment_url": url})
            for url in (
                "http://a.example", "javascript:alert(1)", "//a.example", "https://u:p@a.example/", "https://a.example/\r\nx",
                "https://a.example/é", "https:///x",
            )
        ),
        ("bad_text", {"eligibility": "x" * 501}),
        ("bad_text", {"eligibility": " "}),
        ("bad_id", {"related": ("https://a.example",)}),
        ("bad_id", {"related": ("6f2c5d0e-8a3b-4c1d-9e2f-0a1b2c3d4e5f",) * 2}),
        ("too_many_related", {"related": tuple(f"6f2c5d0e-8a3b-4c1d-9e2f-0a1b2c3d4e5{n}" for n in range(6))}),
    ],
)  # fmt: skip
def test_an_enrolment_page_or_recommendation_that_cannot_be_shown_is_refused(
    acme: IssuerFixture, code: str, changes: dict[str, object]
) -> None:
    with pytest.raises(Refused) as refused:
        achievements.add(acme.issuer_context, new_achievement(**changes))
    assert refused.value.code == code
