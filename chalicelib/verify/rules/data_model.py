"""The rules of VC Data Model 2.0, sections 4.4 to 4.11 and 5.3 to 5.6, and of 1.1 where it has the same.

Check 2 itself checks what concerns more than one member: the first context (4.3) and the validity period (4.9).
"""

from __future__ import annotations

from chalicelib.credential import vocabulary
from chalicelib.language.phrase import phrase
from chalicelib.verify.rules.rule import Node, Rule, Shape, Whole
from chalicelib.verify.rules.values import (
    CLAIMS,
    NATURAL_TEXT,
    OBJECTS,
    REFERENCE,
    RESOURCES,
    TYPES,
    URL,
    types_with,
)

ID = "VC Data Model 2.0, 4.4"
TYPE = "VC Data Model 2.0, 4.5"
_NAME = "VC Data Model 2.0, 4.6"
_RESOURCE = "VC Data Model 2.0, 5.3"


def _has_digest(resource: Node) -> bool:
    return "digestSRI" in resource or "digestMultibase" in resource


V1_CREDENTIAL = Shape(
    Rule(ID, "id", URL),
    Rule(TYPE, "type", types_with(vocabulary.VERIFIABLE_CREDENTIAL), required=True),
    Rule("VC Data Model 2.0, 4.7", "issuer", REFERENCE, required=True, shape="issuer"),
    Rule("VC Data Model 2.0, 4.8", "credentialSubject", CLAIMS, required=True, shape="node"),
    Rule("VC Data Model 2.0, 4.10", "credentialStatus", OBJECTS, shape="typed"),
    Rule("VC Data Model 2.0, 4.11", "credentialSchema", OBJECTS, shape="schema"),
    Rule("VC Data Model 2.0, 5.4", "refreshService", OBJECTS, shape="typed"),
    Rule("VC Data Model 2.0, 5.5", "termsOfUse", OBJECTS, shape="typed"),
    Rule("VC Data Model 2.0, 5.6", "evidence", OBJECTS, shape="typed"),
)
"""A credential of VC Data Model 1.1. Its sections 4.2 to 5.6 have the same rules under other numbers."""
V2_CREDENTIAL = V1_CREDENTIAL.extended(
    Rule("VC Data Model 2.0, 4.7", "issuer", REFERENCE, required=True, shape="named issuer"),
    Rule(_NAME, "name", NATURAL_TEXT),
    Rule(_NAME, "description", NATURAL_TEXT),
    Rule(_RESOURCE, "relatedResource", RESOURCES, shape="resource"),
)
_ISSUER = Shape(Rule("VC Data Model 2.0, 4.7", "id", URL, required=True), Rule(TYPE, "type", TYPES))
SHAPES = {
    "issuer": _ISSUER,
    "named issuer": _ISSUER.extended(Rule(_NAME, "name", NATURAL_TEXT), Rule(_NAME, "description", NATURAL_TEXT)),
    "node": Shape(Rule(ID, "id", URL), Rule(TYPE, "type", TYPES)),
    "typed": Shape(Rule(ID, "id", URL), Rule(TYPE, "type", TYPES, required=True)),
    "schema": Shape(
        Rule("VC Data Model 2.0, 4.11", "id", URL, required=True),
        Rule("VC Data Model 2.0, 4.11", "type", TYPES, required=True),
    ),
    "resource": Shape(
        Rule(_RESOURCE, "id", URL, required=True),
        whole=(Whole(_RESOURCE, _has_digest, phrase("a digest (digestSRI or digestMultibase)")),),
    ),
}
"""The objects in a credential, by name."""
