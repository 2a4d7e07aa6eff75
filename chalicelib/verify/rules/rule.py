"""Rules on the members of an object, and how a document is checked against them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from chalicelib.errors import Malformed
from chalicelib.language.phrase import phrase
from chalicelib.verify.rules.values import NATURAL_TEXT, TYPES, URL, Predicate, Value

Node = Mapping[str, object]


class Rule(NamedTuple):
    """One requirement of a standard: the member of an object contains what ``value`` accepts."""

    clause: str
    member: str
    value: Value
    required: bool = False
    shape: str = ""
    """The name of the shape of the objects in the member, if they have rules of their own."""


class Whole(NamedTuple):
    """One requirement on an object as a whole; ``missing`` says what it lacks otherwise."""

    clause: str
    accepts: Callable[[Node], bool]
    missing: str


class Shape:
    """The rules for one kind of object, prepared for checking."""

    __slots__ = ("closed", "members", "required", "rules", "whole")

    def __init__(self, *rules: Rule, whole: tuple[Whole, ...] = (), closed: bool = False) -> None:
        """``closed``: the object may have no other members."""
        self.rules = rules
        self.whole = whole
        self.closed = closed
        self.required = tuple(rule.member for rule in rules if rule.required)
        self.members: dict[str, tuple[type | None, object, Predicate, Shape | None, Rule]] = {}

    def extended(self, *rules: Rule, whole: tuple[Whole, ...] = ()) -> Shape:
        """Return this shape with ``rules``, which replace those for the same members."""
        replaced = {rule.member for rule in rules}
        kept = (rule for rule in self.rules if rule.member not in replaced)
        return Shape(*kept, *rules, whole=self.whole + whole, closed=self.closed)


def linked(shapes: Mapping[str, Shape]) -> Mapping[str, Shape]:
    """Link each rule to the shape it names; returns ``shapes``."""
    for shape in shapes.values():
        shape.members = {
            rule.member: (*rule.value.quick, rule.value.accepts, shapes[rule.shape] if rule.shape else None, rule)
            for rule in shape.rules
        }
    return shapes


class Broken(Malformed):
    """A document breaks a rule. ``path`` is the members on the way to the object, outermost first."""

    def __init__(self, code: str, clause: str, expected: str = "", path: tuple[str, ...] = ()) -> None:
        super().__init__(code=code)
        self.clause = clause
        self.expected = expected
        self.path = path

    @property
    def sentence(self) -> str:
        """The broken rule in words, with its clause."""
        member = ".".join(self.path)[:200]
        if self.code == "structure_malformed":
            return phrase(
                "{member} must be {expected} ({clause}).", member=member, expected=self.expected, clause=self.clause
            )
        if self.code == "member_undefined":
            return phrase("The standard does not allow {member} ({clause}).", member=member, clause=self.clause)
        what = phrase("{expected} in {member}", expected=self.expected, member=member) if self.expected else member
        return phrase("It is missing {what}, which the standard requires ({clause}).", what=what, clause=self.clause)


def check(node: Node, shape: Shape) -> None:
    """Check ``node`` and the objects in it.

    Raises `Broken`: `structure_incomplete`, `structure_malformed` or `member_undefined`.
    """
    members, name = shape.members, ""
    for name in shape.required:
        if name not in node:
            raise Broken("structure_incomplete", members[name][-1].clause, path=(name,))
    try:
        for name, value in node.items():
            found = members.get(name)
            if found is None:
                _check_other(name, value, shape)
                continue
            always, usual, accepts, inner, rule = found
            if type(value) is not always and value != usual and not accepts(value):
                raise Broken("structure_malformed", rule.clause, rule.value.expected)
            if inner is not None:
                check(value, inner) if type(value) is dict else _check_items(value, inner)
    except Broken as error:
        error.path = (name, *error.path)
        raise
    if shape.whole:
        _check_whole(node, shape)


def _check_items(value: object, shape: Shape) -> None:
    for item in value if type(value) is list else ():
        if type(item) is dict:
            check(item, shape)


def _check_whole(node: Node, shape: Shape) -> None:
    for whole in shape.whole:
        if not whole.accepts(node):
            raise Broken("structure_incomplete", whole.clause, whole.missing)


_ANY = linked({"any": Shape(Rule("VC Data Model 2.0, 4.4", "id", URL), Rule("VC Data Model 2.0, 4.5", "type", TYPES))})[
    "any"
]
_LITERALS = frozenset({"@context", "jsonSchema"})
"""Members whose content is not made of nodes: a context, and a JSON literal (VC JSON Schema, 3.2)."""


def _check_other(name: str, value: object, shape: Shape) -> None:
    """Check a member without a rule: whatever an extension adds, an id is a URL, and a text has one language."""
    if shape.closed:
        raise Broken("member_undefined", shape.rules[0].clause)
    if type(value) is str or name in _LITERALS:
        return
    for item in value if isinstance(value, list) else (value,):
        if not isinstance(item, dict):
            continue
        if "@value" not in item:
            check(item, _ANY)
        elif ("@language" in item or "@direction" in item) and not NATURAL_TEXT.accepts(item):
            raise Broken("structure_malformed", "VC Data Model 2.0, 11.1", NATURAL_TEXT.expected)
