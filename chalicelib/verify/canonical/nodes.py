"""One node, one place: what RDF would merge or re-root without a trace is refused.

RDF knows nodes, not objects: members of two objects with the same identifier may change places, and any node may be
written as the document's root, while the statements, and so the signature, stay the same. Whoever reads the JSON would
read something else.
"""

from __future__ import annotations

from typing import Any

from chalicelib.verify.canonical.errors import CanonicalError

Json = Any  # parsed JSON
_NOT_MEMBERS = frozenset({"id", "type", "@context"})
_UNREAD = frozenset({"endorsement", "endorsementComment", "endorsementJwt"})
"""What others say of a node. Nothing shows or judges it, and the specification's own full example says it in parts."""
CREDENTIAL = "VerifiableCredential"


def merged(earlier: dict[str, Json], later: dict[str, Json]) -> dict[str, Json]:
    """Two descriptions of one identifier as one. What both say must be the same, or it could be exchanged.

    Types are read at the mention itself: to gather them would take time that grows with the square of the mentions.

    :raises CanonicalError: ``node_split``.
    """
    for name, value in later.items():
        if name in earlier and earlier[name] != value and name not in _NOT_MEMBERS and name not in _UNREAD:
            raise CanonicalError(f"Two objects with the same id have different values for {name!r}.", code="node_split")
    return {**earlier, **later}


def refuse_split_root(element: dict[str, Json]) -> None:
    """An expiry date must not move out of the credential into a nested object that bears its identifier, nor a type.

    :raises CanonicalError: ``node_split``.
    """
    if not element.keys() <= _NOT_MEMBERS or any(name.endswith("Credential") for name in _types(element)):
        raise CanonicalError("Part of the credential is placed inside another object.", code="node_split")


def refuse_other_roots(document: dict[str, Json], credentials: list[dict[str, Json]]) -> None:
    """With a way back to the root, another credential by its issuer could be written as the root in its place.

    One by another issuer could be too, but then the signature is not by the issuer that the root names.
    ``credentials``: every object in ``document`` that is one.

    :raises CanonicalError: ``node_split``.
    """
    issuer = _issuer(document)
    for found in credentials:
        if found is not document and _issuer(found) in {issuer, None}:
            raise CanonicalError(
                "Two credentials of one issuer refer to each other, so either could pose as the whole.",
                code="node_split",
            )


def _types(element: dict[str, Json]) -> list[str]:
    value = element.get("type")
    names = value if type(value) is list else [value]
    return [name for name in names if type(name) is str]


def _issuer(element: dict[str, Json]) -> str | None:
    value = element.get("issuer")
    found = value.get("id") if type(value) is dict else value
    return found if type(found) is str else None
