"""The rules of the JSON schema of CLR 2.0 (`clr_v2p0_clrcredential_schema.json`), which uses the classes of Open
Badges 3.0."""

from __future__ import annotations

from chalicelib.credential import vocabulary
from chalicelib.verify.rules.data_model import V1_CREDENTIAL, V2_CREDENTIAL
from chalicelib.verify.rules.open_badges import IDENTIFIED, rule
from chalicelib.verify.rules.rule import Rule, Shape
from chalicelib.verify.rules.values import (
    BOOLEAN,
    FILLED,
    OBJECT,
    OBJECTS,
    REFERENCE,
    TEXT,
    TIMESTAMP,
    URL,
    one_of,
    types_with,
)

CLAUSE = "CLR 2.0, B.1"
_ASSOCIATION_TYPE = one_of(
    *("exactMatchOf", "isChildOf", "isParentOf", "isPartOf", "isPeerOf", "isRelatedTo", "precedes", "replacedBy")
)
_RULES = (
    Rule(CLAUSE, "id", URL, required=True),
    Rule(CLAUSE, "name", FILLED, required=True),
    Rule(CLAUSE, "issuer", REFERENCE, required=True, shape="Profile"),
    Rule(CLAUSE, "awardedDate", TIMESTAMP),
    Rule(CLAUSE, "partial", BOOLEAN),
    Rule(CLAUSE, "credentialSubject", OBJECT, required=True, shape="ClrSubject"),
    rule("image", OBJECT, "Image"),
    rule("evidence", OBJECTS, "Evidence"),
    rule("endorsement", OBJECTS),
)
V1_CLR = V1_CREDENTIAL.extended(*_RULES)
V2_CLR = V2_CREDENTIAL.extended(*_RULES)
SHAPES = {
    "ClrSubject": Shape(
        Rule(CLAUSE, "id", URL),
        Rule(CLAUSE, "type", types_with("ClrSubject"), required=True),
        Rule(CLAUSE, "identifier", OBJECTS, shape="IdentityObject"),
        Rule(CLAUSE, "achievement", OBJECTS, shape="Achievement"),
        Rule(CLAUSE, "verifiableCredential", OBJECTS, required=True, shape="inner credential"),
        Rule(CLAUSE, "association", OBJECTS, shape="Association"),
        whole=(IDENTIFIED._replace(clause=CLAUSE),),
    ),
    "Association": Shape(
        Rule(CLAUSE, "associationType", _ASSOCIATION_TYPE, required=True),
        Rule(CLAUSE, "sourceId", TEXT, required=True),
        Rule(CLAUSE, "targetId", TEXT, required=True),
    ),
    "inner credential": Shape(
        Rule(CLAUSE, "id", URL),
        Rule(CLAUSE, "type", types_with(vocabulary.VERIFIABLE_CREDENTIAL), required=True),
        Rule(CLAUSE, "issuer", REFERENCE, required=True),
        Rule(CLAUSE, "credentialSubject", OBJECTS, required=True),
    ),
}
