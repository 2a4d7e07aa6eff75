"""Recommendations and their reasons."""

from __future__ import annotations

from chalicelib.award.pathways.pathway_link import PathwayLink, Step
from chalicelib.catalogue import related
from tests.catalogue.makers import entry

OWN = entry("a", "Welding", "Steel", "Care", "Cutting", "Grinding")


def test_the_issuers_choice_keeps_its_order_and_leaves_out_what_is_no_longer_offered() -> None:
    chosen = entry("a", "Welding", related=("c", "gone", "b", "a"))
    found = {"b": entry("b", "B"), "c": entry("c", "C"), "a": chosen}
    assert [(one.id, one.reason) for one in related.chosen(chosen, found)] == [
        ("c", "Recommended by the issuer."),
        ("b", "Recommended by the issuer."),
    ]


def test_next_steps_of_pathways_are_named_once_with_their_pathway() -> None:
    steps = Step("b", "Basics"), Step("c", "Advanced"), Step("a", "Welding")
    links = [
        PathwayLink("1", "Metal", steps[:2], None, 3, 1),
        PathwayLink("2", "Care", (steps[1], steps[2]), None, 3, 1),
    ]
    assert [(one.id, one.reason) for one in related.by_pathways("a", links)] == [
        ("b", "Next step in “Metal”."),
        ("c", "Next step in “Metal”."),
    ]


def test_most_shared_skills_come_first_and_are_named() -> None:
    others = [
        entry("b", "One", "steel"),
        entry("c", "All", "grinding", "Cutting", "care", "Steel"),
        entry("d", "None", "Baking"),
        OWN,
    ]
    assert [(one.id, one.reason) for one in related.by_skills(OWN, others)] == [
        ("c", "Covers the same skills: “Grinding”, “Cutting”, “Care” and 1 more."),
        ("b", "Covers the same skill: “Steel”."),
    ]


def test_recommendations_are_bounded() -> None:
    assert len(related.by_skills(OWN, [entry(str(n), f"N{n}", "Steel") for n in range(50)])) == related.MAX_SHOWN
