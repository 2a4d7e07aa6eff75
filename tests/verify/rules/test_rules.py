"""Every rule of every shape has a value that it accepts and one that it refuses."""

from __future__ import annotations

import pytest

from chalicelib.verify.rules import rule, values
from chalicelib.verify.rules.credential import SHAPES
from chalicelib.verify.rules.rule import Broken, Rule, Shape

ACCEPTED_AND_REFUSED: dict[str, tuple[object, tuple[object, ...]]] = {
    values.URL.expected: ("did:example:a", ("not a URL", "", "/path", 1, ["urn:a"], {"id": "urn:a"}, None)),
    values.TEXT.expected: ("x", (1, {"@value": "x"}, ["x", "y"], None)),
    values.FILLED.expected: (["x"], ("", [""], 1, None)),
    values.TEXTS.expected: (["x", "y"], ([1], 1, None)),
    values.TYPES.expected: (["A", "urn:b"], ("", [], [1], [""], {}, None)),
    values.NUMBER.expected: (3.5, ("3.5", True, None)),
    values.BOOLEAN.expected: (False, ("false", 0, None)),
    values.TIMESTAMP.expected: ("2026-01-01T00:00:00Z", ("2026-01-01", "2026-01-01T00:00:00", 1, None)),
    values.NATURAL_TEXT.expected: (
        {"@value": "x", "@language": "ar", "@direction": "rtl"},
        (
            {"@value": "x", "@language": "en", "extra": "y"},
            {"@value": 1},
            {"@value": "x", "@language": "not a tag"},
            {"@value": "x", "@direction": "up"},
            [],
            [{"@value": "x", "url": "y"}],
            1,
        ),
    ),
    values.OBJECT.expected: ([{}], ("urn:a", [{}, {}], None)),
    values.OBJECTS.expected: ([{}, {}], ("urn:a", [], ["urn:a"], None)),
    values.CLAIMS.expected: ({"id": "urn:a"}, ({}, [], [{"id": "urn:a"}, {}], "urn:a")),
    values.RESOURCES.expected: (
        [{"id": "urn:a"}, {"id": "urn:b"}],
        ([{"id": "urn:a"}, {"id": "urn:a"}], [{}], "urn:a"),
    ),
    values.REFERENCE.expected: ("urn:a", ("x", ["urn:a"], 1)),
    "one of the values that the standard lists": ("", ("other", 1, None)),
    "one or more tokens": (["a.b.c"], ("a.b", [1])),
    "a language code": ("de-AT", ("German", 1)),
    "a date": ("2000-02-29", ("29.2.2000", 1)),
}
RULES = {f"{name}/{each.member}": (shape, each) for name, shape in SHAPES.items() for each in shape.rules}


def broken(shape: Shape, member: str, value: object) -> Broken | None:
    """Check an object that breaks no rule but, perhaps, the one for ``member``."""
    alone = Shape(*(each for each in shape.rules if each.member == member), closed=shape.closed)
    always, usual, accepts, _, found = shape.members[member]
    alone.members = {member: (always, usual, accepts, None, found)}
    try:
        rule.check({member: value}, alone)
    except Broken as error:
        return error
    return None


def examples(each: Rule) -> tuple[object, tuple[object, ...]]:
    """Return an accepted value and refused ones."""
    expected = each.value.expected
    if expected.startswith("a list of types with "):
        kind = expected.removeprefix("a list of types with ")
        return ["x", kind], ("x", ["x"], [kind, 1], 1)
    accepted, refused = ACCEPTED_AND_REFUSED[str(expected)]
    if accepted == "":
        accepted = next(value for value in ENUMERATED if each.value.accepts(value))
    return accepted, refused


ENUMERATED = ("Degree", "emailAddress", "CTDL", "Percent", "Completed", "isPartOf")


@pytest.mark.parametrize("name", RULES)
def test_every_rule_accepts_and_refuses(name: str) -> None:
    shape, each = RULES[name]
    accepted, refused = examples(each)
    assert broken(shape, each.member, accepted) is None
    for value in refused:
        error = broken(shape, each.member, value)
        assert error is not None, value
        assert (error.code, error.path, error.clause) == ("structure_malformed", (each.member,), each.clause)


@pytest.mark.parametrize("name", [name for name, (_, each) in RULES.items() if each.required])
def test_every_required_member_is_missed(name: str) -> None:
    shape, each = RULES[name]
    only_this = Shape(each)
    only_this.members = {each.member: shape.members[each.member]}
    with pytest.raises(Broken) as caught:
        rule.check({}, only_this)
    assert (caught.value.code, caught.value.path) == ("structure_incomplete", (each.member,))
    assert each.clause in caught.value.sentence


def test_knowing_the_type_of_a_value_never_accepts_more_than_the_predicate() -> None:
    samples: dict[type, list[object]] = {str: ["", "x"], bool: [True, False], dict: [{}, {"id": 1}]}
    for _, each in RULES.values():
        if each.value.always is not None:
            assert all(each.value.accepts(sample) for sample in samples[each.value.always])


def test_the_usual_value_of_a_rule_is_one_that_its_predicate_accepts() -> None:
    usual = [each for each in RULES.values() if each[1].value.usual is not None]
    assert usual
    for shape, each in usual:
        assert each.value.accepts(each.value.usual)
        assert broken(shape, each.member, each.value.usual) is None


@pytest.mark.parametrize(
    ("node", "path"),
    [
        ({"works": {"id": "no URL"}}, ("works", "id")),
        ({"works": [{"x": 1}, {"of": [{"id": ["urn:a"]}]}]}, ("works", "of", "id")),
        ({"works": ["x", 1, {"id": "no URL"}]}, ("works", "id")),
        ({"works": {"type": 1}}, ("works", "type")),
        ({"works": {"@value": "x", "@language": "en", "extra": 1}}, ("works",)),
    ],
    ids=["id", "deep id", "id after a text", "type", "language"],
)
def test_an_extension_follows_the_data_model(node: dict[str, object], path: tuple[str, ...]) -> None:
    with pytest.raises(Broken) as caught:
        rule.check(node, SHAPES["node"])
    assert caught.value.path == path


def test_a_json_literal_and_a_typed_value_are_not_nodes() -> None:
    rule.check({"jsonSchema": {"properties": {"id": {}}}, "at": {"@value": "1", "@type": "urn:t"}}, SHAPES["node"])
