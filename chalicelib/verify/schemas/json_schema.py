"""Compare JSON with a JSON schema that a stranger wrote, without fetching anything and within a bounded time.

The library is loaded at the first use: few credentials name a schema. Patterns are matched by RE2, in linear time,
because those of Python can take years; every other keyword counts what it does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING, Any

from chalicelib.credential import strict_json
from chalicelib.errors import Malformed
from chalicelib.language.phrase import Phrase, phrase
from chalicelib.verify.canonical.work import Work

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

Keyword = Callable[["Validator", Any, Any, Any], Iterator[Any] | None]

LIMITS = strict_json.Limits(size=128 * 1024, depth=64, members=5_000)
"""The schema of Open Badges 3.0 has 60 KB and 2,000 members."""
DIALECTS = {
    "https://json-schema.org/draft/2020-12/schema": "Draft202012Validator",
    "https://json-schema.org/draft/2019-09/schema": "Draft201909Validator",
    "http://json-schema.org/draft-07/schema": "Draft7Validator",
}
"""The dialects of VC JSON Schema, 3.3: two that it requires, and one that it allows."""
MAX_PATTERN = 1_024
"""Characters of a pattern. A genuine one has a few dozen."""
_MEMBER, _KEYWORD = 60, 6
"""Units of work: for a member of the schema, which is itself checked in 0.1 to 0.4 ms; for a keyword on a value,
which takes 5 to 10 microseconds."""
_REFUSED = ("$schema", "patternProperties")
"""Names that a schema may not contain: a dialect inside the schema, and a keyword whose patterns the library matches
itself."""


class SchemaUnsupported(Malformed):
    """Laurel does not support a part of the schema, such as a reference to another document."""


class SchemaInvalid(Malformed):
    """It is no JSON schema."""


def check(value: Mapping[str, object], schema: bytes, work: Work) -> Phrase | None:
    """Return where ``value`` does not match ``schema``, or None if it does.

    Raises `SchemaUnsupported`, `SchemaInvalid`, `Malformed` as `strict_json.parse` does, and `CanonicalError`
    (`too_much_at_once`) when ``work`` is used up.
    """
    parsed = strict_json.parse(schema, LIMITS)
    dialect = DIALECTS.get(str(parsed.pop("$schema", None)).removesuffix("#"))
    if dialect is None:
        raise _unsupported("$schema")
    names = list(_names(parsed))
    for name in _REFUSED:
        if name in names:
            raise _unsupported(name)
    work.spend(_MEMBER * len(names))
    try:
        _check_schema(dialect, parsed)
        return _first_error(dialect, parsed, value, work)
    except RecursionError as error:
        raise _unsupported("$ref") from error


def _names(value: object) -> Iterator[str]:
    """Yield the name of every member, at any depth."""
    level = [value]
    while level:
        item = level.pop()
        if isinstance(item, dict):
            yield from item
            level += item.values()
        elif isinstance(item, list):
            level += item


def _check_schema(dialect: str, schema: Mapping[str, object]) -> None:
    from jsonschema.exceptions import SchemaError

    try:
        _base(dialect).check_schema(schema, format_checker=None)
    except SchemaError as error:
        raise SchemaInvalid("This is not a valid JSON schema.") from error


def _first_error(dialect: str, schema: Mapping[str, object], value: object, work: Work) -> Phrase | None:
    from jsonschema import validators
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    base = _base(dialect)
    counted = {name: partial(_counted, work, keyword) for name, keyword in base.VALIDATORS.items()}
    # A registry of its own, because the library's default one fetches what it does not know.
    validator = validators.extend(base, {**counted, "pattern": partial(_pattern, work)})(schema, registry=Registry())
    try:
        error = next(validator.iter_errors(value), None)
    except Unresolvable as unresolved:
        raise _unsupported("$ref") from unresolved
    if error is None:
        return None
    place = "/" + "/".join(str(part) for part in error.absolute_path)
    return phrase("{place} breaks the rule {rule}", place=repr(place[:200]), rule=repr(str(error.validator)[:64]))


@cache
def _base(dialect: str) -> Any:  # noqa: ANN401 - the library's classes are made at run time
    import jsonschema

    return getattr(jsonschema, dialect)


def _counted(work: Work, keyword: Keyword, validator: Validator, rule: Any, value: Any, schema: Any) -> Iterator[Any]:  # noqa: ANN401 - JSON
    """Run ``keyword`` after counting it, with as many steps as it and the value have parts."""
    parts = sum(len(each) for each in (rule, value) if isinstance(each, dict | list))
    if isinstance(value, list) and rule is True and any(isinstance(each, dict | list) for each in value):
        parts = 8 * len(value) ** 2  # `uniqueItems` compares every such item with every other one
    work.spend(_KEYWORD + parts)
    yield from keyword(validator, rule, value, schema) or ()


def _pattern(work: Work, validator: Validator, rule: str, value: object, schema: object) -> Iterator[Any]:
    from jsonschema.exceptions import ValidationError

    del validator, schema
    if isinstance(value, str):
        work.spend(_KEYWORD + len(value) // 64)
        if _compiled(rule).search(value) is None:
            yield ValidationError("no match")


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> Any:  # noqa: ANN401 - the library has no types
    import re2

    options = re2.Options()
    options.log_errors = False
    if len(pattern) > MAX_PATTERN:
        raise _unsupported("pattern")
    try:
        return re2.compile(pattern, options)
    except re2.error as error:  # such as a reference to a group, which needs more than linear time
        raise _unsupported("pattern") from error


def _unsupported(part: str) -> SchemaUnsupported:
    return SchemaUnsupported(f"Laurel does not support a part of the schema: {part}.")
