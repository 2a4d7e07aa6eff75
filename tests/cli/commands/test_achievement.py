"""Commands for achievements."""

from __future__ import annotations

from pathlib import Path

from tests.award.images.test_formats import SVG
from tests.cli.conftest import Run

ABOUT = ("--name", "Welding", "--description", "Can weld.", "--criteria", "Weld.", "--image-alt", "A flame")


def test_achievement_is_created_and_listed(run: Run, issuer: str, achievement: str) -> None:
    row = run("achievement", "list", issuer, "--json").rows[0]
    assert row["id"] == achievement
    assert row["skills"] == ["https://example.org/skills/1"]
    assert "Welding" in run("achievement", "list", issuer).out


def test_unreadable_image_is_a_usage_error(run: Run, issuer: str, tmp_path: Path) -> None:
    result = run("achievement", "create", issuer, *ABOUT, "--image", tmp_path / "none.png")
    assert result.code == 2
    assert "file_unreadable" in result.err


def test_achievement_without_an_image_gets_a_drawn_badge(run: Run, issuer: str) -> None:
    row = run("achievement", "create", issuer, *ABOUT[:-2], "--json").rows[0]
    assert str(row["image"]).endswith(".svg")


def test_image_without_a_description_is_a_usage_error(run: Run, issuer: str, tmp_path: Path) -> None:
    (tmp_path / "badge.svg").write_bytes(SVG)
    image = ("--image", tmp_path / "badge.svg")
    assert run("achievement", "create", issuer, *ABOUT, *image).code == 0
    result = run("achievement", "create", issuer, *ABOUT[:-2], *image)
    assert result.code == 2
    assert "--image-alt" in result.err


def test_invalid_image_is_refused(run: Run, issuer: str, tmp_path: Path) -> None:
    (tmp_path / "badge.png").write_text("hello")
    result = run("achievement", "create", issuer, *ABOUT, "--image", tmp_path / "badge.png")
    assert result.code == 1
    assert "bad_picture" in result.err


def test_listing_for_an_unknown_issuer_fails(run: Run) -> None:
    assert run("achievement", "list", "nobody").code == 1


def test_update_changes_only_the_given_fields(run: Run, issuer: str, achievement: str) -> None:
    rule = ("--valid-days", "30", "--evidence-required")
    row = run("achievement", "update", issuer, achievement, "--name", "Welding II", *rule, "--json").rows[0]
    assert (row["name"], row["version"], row["valid_days"], row["evidence_required"]) == ("Welding II", 2, 30, True)
    assert row["skills"] == ["https://example.org/skills/1"]
    third = ("--valid-days", "0", "--no-evidence-required", "--archived")
    row = run("achievement", "update", issuer, achievement, *third, "--json").rows[0]
    assert (row["valid_days"], row["evidence_required"], row["archived"]) == (None, False, True)
    rows = run("achievement", "versions", issuer, achievement, "--json").rows
    assert [(row["version"], row["name"]) for row in rows] == [(1, "Welding"), (2, "Welding II"), (3, "Welding II")]
    refused = run("credential", "issue", issuer, achievement, "--name", "Ada")
    assert (refused.code, "achievement_archived" in refused.out) == (1, True)
