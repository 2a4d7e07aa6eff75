"""Refuse documents in which members could move between mentions of a node without changing the RDF.

RDF has nodes, not objects: members of two objects with the same identifier may change places, and any node may be
written as the document's root, while the statements, and therefore the signature, stay the same. A reader of the JSON
would understand something else.
"""

from __future__ import annotations

from typing import Any

from chalicelib.verify.canonical.errors import CanonicalError

Json = Any  # parsed JSON
_NOT_MEMBERS = frozenset({"id", "type", "@context"})
_STATEMENTS_BY_OTHERS = frozenset({"endorsement", "endorsementComment", "endorsementJwt"})
"""Statements by others about a node. They are neither shown nor checked, and the specification's own full example
splits them over several mentions."""
CREDENTIAL = "VerifiableCredential"


def merged(earlier: dict[str, Json], later: dict[str, Json]) -> dict[str, Json]:
    """Merge two descriptions of one identifier. Members in both must be equal; otherwise they could be exchanged.

    Types are read at each mention and not merged: merging them would take time quadratic in the number of mentions.

    :raises CanonicalError: ``node_split``.
    """
    for name, value in later.items():
        if (
            name in earlier
            and earlier[name] != value
            and name not in _NOT_MEMBERS
            and name not in _STATEMENTS_BY_OTHERS
        ):
            raise CanonicalError(f"Two objects with the same id have different values for {name!r}.", code="node_split")
    return {**earlier, **later}


def refuse_split_root(element: dict[str, Json]) -> None:
    """Refuse an object with the credential's identifier that has members, such as an expiry date, or a type.

    :raises CanonicalError: ``node_split``.
    """
    if not element.keys() <= _NOT_MEMBERS or any(name.endswith("Credential") for name in _types(element)):
        raise CanonicalError("Part of the credential is placed inside another object.", code="node_split")


def refuse_other_roots(document: dict[str, Json], credentials: list[dict[str, Json]]) -> None:
    """Refuse a second credential by the same issuer when a reference to the root exists.

    Such a credential could be written as the root instead. One by another issuer could be too, but then the signature
    would not be by the issuer that the root names. ``credentials``: every object in ``document`` that is a credential.

    :raises CanonicalError: ``node_split``.
    """
    issuer = _issuer(document)
    for credential in credentials:
        if credential is not document and _issuer(credential) in {issuer, None}:
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
    identifier = value.get("id") if type(value) is dict else value
    return identifier if type(identifier) is str else None
