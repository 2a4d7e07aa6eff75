"""Find breaking changes between two documents. docs/api.md promises none without notice.

Requests that were valid must stay valid, and members that programs read must remain. These are breaking changes:

* a removed path, operation, media type or successful status
* a parameter, body or request member that becomes required, is removed, or accepts less than before
* a response member that is removed, becomes optional, or can have a new value
* an operation that starts to require a key

New error codes and statuses, optional parameters and response members are not breaking.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Document = Mapping[str, Any]
_MAX_DEPTH = 12
"""Maximum depth of the comparison. Only recursive schemas are deeper."""


def changes(before: Document, after: Document) -> list[str]:
    """List the breaking changes, each as a sentence that starts with its location."""
    comparison = _Comparison(before, after)
    return list(dict.fromkeys(comparison.paths()))


class _Comparison:
    def __init__(self, before: Document, after: Document) -> None:
        self._before = before
        self._after = after

    def paths(self) -> Iterator[str]:
        for path, item in self._before["paths"].items():
            if path not in self._after["paths"]:
                yield f"{path}: the path was removed."
                continue
            for method, operation in item.items():
                where = f"{method.upper()} {path}"
                current = self._after["paths"][path].get(method)
                if current is None:
                    yield f"{where}: the operation was removed."
                else:
                    yield from self._operation(where, operation, current)

    def _operation(self, where: str, before: Document, after: Document) -> Iterator[str]:
        yield from _security(where, before.get("security", []), after.get("security", []))
        yield from self._parameters(where, before.get("parameters", []), after.get("parameters", []))
        yield from self._body(where, before.get("requestBody"), after.get("requestBody"))
        for status, response in before["responses"].items():
            if status.startswith("2"):
                yield from self._response(f"{where}, {status}", response, after["responses"].get(status))

    def _parameters(self, where: str, before: Sequence[Document], after: Sequence[Document]) -> Iterator[str]:
        old, new = ({(each["in"], each["name"]): each for each in all_} for all_ in (before, after))
        for key, parameter in old.items():
            place = f"{where}, {key[0]} parameter {key[1]}"
            if key not in new:
                yield f"{place}: it was removed."
            else:
                yield from self._compare_request(place, parameter["schema"], new[key]["schema"])
        for key, parameter in new.items():
            if parameter.get("required") and not old.get(key, {}).get("required"):
                yield f"{where}, {key[0]} parameter {key[1]}: it is now required."

    def _body(self, where: str, before: Document | None, after: Document | None) -> Iterator[str]:
        if after is not None and after.get("required") and not (before or {}).get("required"):
            yield f"{where}, body: it is now required."
        if before is None:
            return
        if after is None:
            yield f"{where}, body: it was removed."
            return
        for media_type, content in before["content"].items():
            if media_type not in after["content"]:
                yield f"{where}, body: {media_type} is gone."
            else:
                yield from self._compare_request(
                    f"{where}, body", content["schema"], after["content"][media_type]["schema"]
                )

    def _response(self, where: str, before: Document, after: Document | None) -> Iterator[str]:
        if after is None:
            yield f"{where}: the response was removed."
            return
        for header in before.get("headers", {}):
            if header not in after.get("headers", {}):
                yield f"{where}: the header {header} is gone."
        for media_type, content in before.get("content", {}).items():
            if media_type not in after.get("content", {}):
                yield f"{where}: {media_type} is gone."
            else:
                yield from self._compare_response(where, content["schema"], after["content"][media_type]["schema"])

    def _compare_request(self, where: str, before: Document, after: Document, depth: int = 0) -> Iterator[str]:
        """Check that everything that a request could contain is still accepted."""
        if depth > _MAX_DEPTH:
            return
        before, after = _resolved(self._before, before), _resolved(self._after, after)
        if not _same_choices(before, after):
            yield from self._compare_request_choices(where, before, after, depth)
            return
        yield from _removed_values(where, _values(before), _values(after), "is no longer accepted")
        yield from _narrowed(where, before, after)
        old, new = before.get("properties", {}), after.get("properties", {})
        for name in after.get("required", []):
            if name not in before.get("required", []):
                yield f"{where}, {name}: it is now required."
        for name, schema in old.items():
            if name in new:
                yield from self._compare_request(f"{where}, {name}", schema, new[name], depth + 1)
            elif after.get("additionalProperties", True) is False:
                yield f"{where}, {name}: it is no longer accepted."
        for place, one, other in _inside(where, before, after):
            yield from self._compare_request(place, one, other, depth + 1)

    def _compare_request_choices(self, where: str, before: Document, after: Document, depth: int) -> Iterator[str]:
        """Compare schemas with different choices: one of the new choices must accept each old one."""
        for number, choice in enumerate(_choices(before)):
            found = [list(self._compare_request(where, choice, one, depth + 1)) for one in _choices(after)]
            if not any(errors == [] for errors in found):
                yield f"{where}: choice {number + 1} is no longer accepted: {min(found, key=len)[0]}"

    def _compare_response(self, where: str, before: Document, after: Document, depth: int = 0) -> Iterator[str]:
        """Check that everything that a response contained is still there."""
        if depth > _MAX_DEPTH:
            return
        before, after = _resolved(self._before, before), _resolved(self._after, after)
        if not _same_choices(before, after):
            for number, choice in enumerate(_choices(after)):
                found = [list(self._compare_response(where, one, choice, depth + 1)) for one in _choices(before)]
                if not any(errors == [] for errors in found):
                    yield f"{where}: choice {number + 1} is new: {min(found, key=len)[0]}"
            return
        yield from _removed_values(where, _values(after), _values(before), "is new")
        yield from _removed_values(where, _enum(before), _enum(after), "is no longer a value")
        new = after.get("properties", {})
        for name, schema in before.get("properties", {}).items():
            if name not in new:
                yield f"{where}, {name}: it was removed."
                continue
            if name in before.get("required", []) and name not in after.get("required", []):
                yield f"{where}, {name}: it is no longer always present."
            yield from self._compare_response(f"{where}, {name}", schema, new[name], depth + 1)
        for place, one, other in _inside(where, before, after):
            yield from self._compare_response(place, one, other, depth + 1)


def _security(where: str, before: Sequence[Document], after: Sequence[Document]) -> Iterator[str]:
    if not before and after and {} not in after:
        yield f"{where}: it now needs a key."
    for one in before:
        if after and one not in after:
            yield f"{where}: {next(iter(one), 'no key')} is no longer enough."


def _resolved(document: Document, schema: Document) -> Document:
    while "$ref" in schema:
        found: Any = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    return schema


_COMBINED = ("anyOf", "oneOf", "allOf")


def _choices(schema: Document) -> Sequence[Document]:
    for name in ("anyOf", "oneOf"):
        if name in schema:
            found: Sequence[Document] = schema[name]
            return found
    return [schema]


def _same_choices(before: Document, after: Document) -> bool:
    """Whether the choices can be compared in pairs."""
    return len(_choices(before)) == len(_choices(after)) == 1 and ("anyOf" in before) == ("anyOf" in after)


def _inside(where: str, before: Document, after: Document) -> Iterator[tuple[str, Document, Document]]:
    for name in ("items", "additionalProperties"):
        one, other = before.get(name), after.get(name)
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            yield f"{where}[]", one, other
    yield from ((where, *pair) for pair in zip(before.get("allOf", []), after.get("allOf", []), strict=False))


def _enum(schema: Document) -> list[Any]:
    return list(schema.get("enum", [schema["const"]] if "const" in schema else []))


def _values(schema: Document) -> list[Any] | None:
    """The types that ``schema`` allows; None for any."""
    kind = schema.get("type")
    return None if kind is None else [kind] if isinstance(kind, str) else list(kind)


def _removed_values(where: str, before: Iterable[Any] | None, after: Iterable[Any] | None, what: str) -> Iterator[str]:
    """The values in ``before`` but not in ``after``. None means any value."""
    if after is None or (before is None and not list(after)):
        return
    if before is None:
        yield f"{where}: any value {what}."
        return
    accepted = set(map(repr, after))
    for value in before:
        if repr(value) not in accepted and not (value == "integer" and "'number'" in accepted):
            yield f"{where}: {value!r} {what}."


_LOWER, _UPPER = ("minLength", "minItems", "minimum", "minProperties"), ("maxLength", "maxItems", "maximum")


def _narrowed(where: str, before: Document, after: Document) -> Iterator[str]:
    old = _enum(before)
    if _enum(after):
        yield from _removed_values(where, old or None, _enum(after), "is no longer accepted")
    for name in _LOWER:
        if after.get(name, 0) > before.get(name, 0):
            yield f"{where}: {name} is {after[name]}, more than before."
    for name in _UPPER:
        if name in after and after[name] < before.get(name, float("inf")):
            yield f"{where}: {name} is {after[name]}, less than before."
    for name in ("pattern", "format"):
        if name in after and after[name] != before.get(name):
            yield f"{where}: {name} has changed."
