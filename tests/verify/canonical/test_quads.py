"""Names and values that would not reach the quads are refused. Each table row is a bug of some other verifier."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from chalicelib.verify.canonical import rdfc
from chalicelib.verify.canonical.errors import CANNOT_CHECK, CanonicalError
from chalicelib.verify.canonical.quads import to_quads

V1 = "https://www.w3.org/2018/credentials/v1"
V2 = "https://www.w3.org/ns/credentials/v2"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
OB_FIRST = "https://purl.imsglobal.org/spec/ob/v3p0/context.json"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
XSD = "http://www.w3.org/2001/XMLSchema#"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"

BADGE: dict[str, Any] = {
    "@context": [V2, OB],
    "id": "https://example.com/credentials/1",
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "issuer": {"id": "https://example.com/issuers/1", "type": ["Profile"], "name": "Example Corp"},
    "validFrom": "2010-01-01T00:00:00Z",
    "validUntil": "2030-01-01T00:00:00Z",
    "name": "Teamwork Badge",
    "credentialSubject": {
        "id": "did:example:1",
        "type": ["AchievementSubject"],
        "achievement": {
            "id": "https://example.com/achievements/1",
            "type": ["Achievement"],
            "criteria": {"narrative": "Nominated by peers."},
            "description": "Collaborates.",
            "name": "Teamwork",
        },
    },
    "refreshService": {"id": "https://example.com/refresh/1", "type": "OpenBadgeCredential"},
}


def edited(path: str, value: object) -> dict[str, Any]:
    """Return the badge with the member at ``path`` (separated by slashes, ``~`` for a slash) set to ``value``."""
    document = copy.deepcopy(BADGE)
    *parents, last = [part.replace("~", "/") for part in path.split("/")]
    container: Any = document
    for part in parents:
        container = container[part]
    container[last] = value
    return document


def canonical(document: object) -> str:
    return rdfc.canonicalize(to_quads(document)).decode()  # type: ignore[arg-type]


def refusal(document: object) -> CanonicalError:
    with pytest.raises(CanonicalError) as caught:
        to_quads(document)  # type: ignore[arg-type]
    assert caught.value.detail
    return caught.value


def test_a_badge_becomes_one_line_per_statement() -> None:
    lines = canonical(BADGE).splitlines()
    assert len(lines) == 18
    assert '<https://example.com/credentials/1> <https://schema.org/name> "Teamwork Badge" .' in lines
    assert '_:c14n0 <https://purl.imsglobal.org/spec/vc/ob/vocab.html#narrative> "Nominated by peers." .' in lines


# Changes that PyLD and similar processors drop or rename silently: the JSON changes, the canonical form does not.
UNSIGNED_CHANGES = [
    ("an undefined member", "grade", "A+", "term_undefined"),
    ("an undefined member, nested", "credentialSubject/grade", "A+", "term_undefined"),
    ("an undefined object", "credentialSubject/extra", {"name": "x"}, "term_undefined"),
    ("an undefined type", "credentialSubject/type", ["AchievementSubject", "Genius"], "type_undefined"),
    ("an unknown keyword", "@unknown", "x", "keyword_refused"),
    ("@index", "@index", "x", "keyword_refused"),
    ("@index, nested", "credentialSubject/@index", "x", "keyword_refused"),
    ("@included", "@included", [{"id": "urn:x", "name": "x"}], "keyword_refused"),
    ("@reverse", "@reverse", {"issuer": {"id": "urn:x"}}, "keyword_refused"),
    ("@nest", "@nest", {"name": "x"}, "keyword_refused"),
    ("@graph", "@graph", [{"id": "urn:x", "name": "x"}], "keyword_refused"),
    ("@id next to its alias", "credentialSubject/@id", "did:example:2", "keyword_refused"),
    ("@type next to its alias", "credentialSubject/@type", "Profile", "keyword_refused"),
    ("a relative id", "credentialSubject/id", "alice", "iri_relative"),
    ("an empty id", "credentialSubject/id", "", "iri_relative"),
    ("an id with a space", "credentialSubject/id", "https://e.com/a b", "iri_relative"),
    ("an id with U+0085", "credentialSubject/id", "https://e.com/\u0085", "iri_relative"),
    ("an id that is not a string", "credentialSubject/id", 5, "value_invalid"),
    ("a null id", "credentialSubject/id", None, "value_invalid"),
    ("a list of ids", "credentialSubject/id", ["did:example:1"], "value_invalid"),
    ("a relative type", "credentialSubject/type", ["AchievementSubject", "./Genius"], "type_undefined"),
    ("a keyword as a type", "credentialSubject/type", ["AchievementSubject", "@json"], "type_undefined"),
    ("an alias as a type", "credentialSubject/type", ["AchievementSubject", "id"], "term_class"),
    ("a type that is not a string", "credentialSubject/type", [{"id": "urn:x"}], "type_invalid"),
    ("a null type", "credentialSubject/type", None, "type_invalid"),
    ("a relative link", "issuer", "example.com", "iri_relative"),
    ("a keyword as a link", "issuer", "@type", "iri_relative"),
    ("a member written as an IRI", "https:~~schema.org~name", "Mallory", "term_undefined"),
    ("a class as a member", "credentialSubject/achievement/Criteria", {"narrative": "x"}, "term_class"),
    ("a member as a class", "credentialSubject/achievement/type", ["Achievement", "name"], "term_class"),
    ("a class written as an IRI", "type",
     ["VerifiableCredential", "https://purl.imsglobal.org/spec/vc/ob/vocab.html#OpenBadgeCredential"], "iri_aliased"),
    ("a blank node label as an id", "credentialSubject/achievement/criteria/id", "_:mallory", "id_blank"),
    ("a blank node label as a link", "issuer", "_:mallory", "id_blank"),
    ("a blank node label as a type", "credentialSubject/type", ["AchievementSubject", "_:t"], "id_blank"),
    ("null", "credentialSubject/achievement/humanCode", None, "value_null"),
    ("null in an array", "name", ["Teamwork Badge", None], "value_null"),
    ("an array in an array", "name", [["Teamwork Badge"]], "array_nested"),
    ("a duplicate string", "name", ["Teamwork Badge", "Teamwork Badge"], "value_repeated"),
    ("a duplicate link", "evidence", [{"id": "urn:e", "type": ["Evidence"], "name": "x"}, "urn:e"], "value_repeated"),
    ("a bare value object", "name", {"@value": "Teamwork Badge"}, "keyword_refused"),
    ("an explicit set", "name", {"@set": ["Teamwork Badge"]}, "keyword_refused"),
    ("an explicit list", "name", {"@list": ["Teamwork Badge"]}, "keyword_refused"),
    ("a base direction alone", "name", {"@value": "x", "@direction": "rtl"}, "keyword_refused"),
    ("another direction", "name", {"@value": "x", "@language": "ar", "@direction": "up"}, "value_invalid"),
    ("the default type of a string", "name", {"@value": "Teamwork Badge", "@type": XSD + "string"}, "keyword_refused"),
    ("a number as a typed string", "name", {"@value": "5", "@type": XSD + "integer"}, "keyword_refused"),
    ("the type that the term implies", "validUntil",
     {"@value": "2030-01-01T00:00:00Z", "@type": XSD + "dateTime"}, "keyword_refused"),
    ("a relative datatype", "name", {"@value": "x", "@type": "string"}, "iri_relative"),
    ("a malformed language", "name", {"@value": "x", "@language": "e n"}, "value_invalid"),
    ("a proof that is a link", "proof", "urn:x", "node_dropped"),
    ("a proof that only has an id", "proof", {"id": "urn:x"}, "node_dropped"),
    ("an empty proof", "proof", [{}], "node_dropped"),
    ("a lone surrogate", "name", "\ud800", "string_invalid"),
    ("a non-character", "name", "\ufffe", "string_invalid"),
    ("an integer beyond 2^53-1", "credentialSubject/creditsEarned", 2**53, "number_range"),
    ("a float beyond 2^53-1", "credentialSubject/creditsEarned", 1e21, "number_range"),
    ("NaN", "credentialSubject/creditsEarned", float("nan"), "number_range"),
    ("an infinity", "credentialSubject/creditsEarned", float("inf"), "number_range"),
    ("bytes", "name", b"x", "json_invalid"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "value", "code"), [row[1:] for row in UNSIGNED_CHANGES], ids=[row[0] for row in UNSIGNED_CHANGES]
)
def test_data_that_would_be_dropped_or_hidden_is_refused(path: str, value: object, code: str) -> None:
    error = refusal(edited(path, value))
    assert error.code == code
    assert error.code not in CANNOT_CHECK


CONTEXT_FAULTS = [
    ("an unknown URL", [V2, OB, "https://example.com/context.json"], "context_unknown"),
    ("a known URL with a fragment", [V2, OB + "#"], "context_unknown"),
    ("a known URL in upper case", [V2.upper(), OB], "context_unknown"),
    ("a known URL over plain http", [V2.replace("https", "http"), OB], "context_unknown"),
    ("an inline alias", [V2, OB, {"nickname": "https://schema.org/name"}], "context_inline"),
    ("an inline @vocab", [V2, OB, {"@vocab": "https://example.com/"}], "context_inline"),
    ("a redefinition of a protected term", [V2, OB, {"name": "https://example.com/name"}], "context_inline"),
    ("null", [V2, OB, None], "context_inline"),
    ("a list in the list", [V2, [OB]], "context_inline"),
    ("a number", [V2, 5], "context_inline"),
]


@pytest.mark.parametrize(
    ("context", "code"), [row[1:] for row in CONTEXT_FAULTS], ids=[row[0] for row in CONTEXT_FAULTS]
)
def test_a_context_that_is_not_bundled_cannot_be_checked(context: object, code: str) -> None:
    error = refusal(edited("@context", context))
    assert error.code == code
    assert error.code in CANNOT_CHECK


@pytest.mark.parametrize("context", [None, {}, {"x": "urn:x"}, ["https://example.com/context.json"]], ids=str)
def test_a_nested_context_follows_the_same_rule(context: object) -> None:
    assert refusal(edited("credentialSubject/@context", context)).code in CANNOT_CHECK


def test_conflicting_definitions_of_a_protected_term_are_refused() -> None:
    assert refusal({"@context": [V1, V2], "id": "urn:x", "type": "VerifiableCredential"}).code == "term_conflict"


def test_a_document_without_context_has_no_terms() -> None:
    assert refusal({"name": "x"}).code == "term_undefined"
    assert refusal({"id": "urn:x", "type": "Profile"}).code == "term_undefined"


def test_id_and_type_need_an_alias_even_with_a_default_vocabulary() -> None:
    assert refusal({"@context": EXAMPLES, "id": "urn:x", "name": "x"}).code == "term_undefined"
    assert refusal({"@context": EXAMPLES, "type": "Thing", "name": "x"}).code == "term_undefined"


def test_a_default_vocabulary_defines_any_plain_name() -> None:
    assert (
        canonical({"@context": EXAMPLES, "grade": "A"})
        == '_:c14n0 <https://www.w3.org/ns/credentials/examples#grade> "A" .\n'
    )
    assert refusal({"@context": EXAMPLES, "a b": "A"}).code == "iri_relative"
    assert refusal({"@context": EXAMPLES, "a:b": "A"}).code == "term_undefined"


@pytest.mark.parametrize("document", [None, [], "x", [BADGE]], ids=["null", "array", "string", "array of one"])
def test_a_document_must_be_an_object(document: object) -> None:
    assert refusal(document).code == "json_invalid"


@pytest.mark.parametrize(
    "document", [{}, {"@context": V2}, {"@context": V2, "id": "urn:x"}], ids=["empty", "context", "id"]
)
def test_a_document_without_statements_is_refused(document: object) -> None:
    assert refusal(document).code == "node_dropped"


def test_the_expiry_date_cannot_move_to_another_object_with_the_credentials_id() -> None:
    valid = edited("refreshService/id", BADGE["id"])
    assert refusal(valid).code == "node_split"  # the second mention has the type of a credential
    del valid["refreshService"]["type"]
    moved = copy.deepcopy(valid)
    moved["refreshService"]["type"] = ["OpenBadgeCredential", "VerifiableCredential"]
    moved["refreshService"]["validUntil"] = moved.pop("validUntil")
    assert canonical(valid)
    assert refusal(moved).code == "node_split"


def test_a_prefix_in_a_value_is_refused_even_when_only_a_type_defines_it() -> None:
    document = {"@context": V1, "id": "cred:x", "type": ["EcdsaSecp256k1Signature2019", "VerifiableCredential"]}
    assert refusal(document).code == "iri_compact"
    assert refusal({"@context": OB_FIRST, "id": "xsd:x", "type": "Profile"}).code == "iri_compact"


def test_types_that_define_a_member_differently_are_refused() -> None:
    document = {"@context": [V2, OB], "type": ["AchievementSubject", "IdentifierEntry"], "identifier": "x"}
    assert refusal(document).code == "term_conflict"


def test_type_scoped_terms_end_with_their_object() -> None:
    assert refusal(edited("credentialSubject/achievement/criteria/humanCode", "x")).code == "term_undefined"


def test_a_property_scoped_context_applies_to_the_value() -> None:
    options = {"@context": V2, "type": "DataIntegrityProof", "proofPurpose": "assertionMethod"}
    assert "<https://w3id.org/security#proofPurpose> <https://w3id.org/security#assertionMethod> ." in canonical(
        options
    )
    aliased = {**options, "proofPurpose": "https://w3id.org/security#assertionMethod"}
    assert refusal(aliased).code == "iri_aliased"


def test_a_nested_proof_has_its_own_graph() -> None:
    proof = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "proofPurpose": "assertionMethod"}
    endorsement = {
        "@context": [V2, OB],
        "id": "urn:e",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "proof": proof,
    }
    lines = canonical(edited("endorsement", [endorsement])).splitlines()
    links = [line for line in lines if line.startswith("<urn:e> <https://w3id.org/security#proof> ")]
    assert len(links) == 1
    graph = links[0].split()[2]
    assert len([line for line in lines if line.endswith(f" {graph} .") and line not in links]) == 3


def test_two_proofs_have_two_graphs() -> None:
    proof = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022"}
    lines = canonical(edited("proof", [proof, {**proof, "cryptosuite": "ecdsa-rdfc-2019"}])).splitlines()
    assert len([line for line in lines if "security#proof> " in line]) == 2
    assert len({line.split()[-2] for line in lines if "security#cryptosuite> " in line}) == 2


def test_a_list_keeps_its_order_and_a_single_value_is_a_list() -> None:
    def levels(value: object) -> str:
        return canonical({"@context": OB, "id": "urn:r", "type": "ResultDescription", "allowedValue": value})

    assert levels(["a", "b"]) != levels(["b", "a"])
    assert levels("a") == levels(["a"])
    assert "22-rdf-syntax-ns#rest> <http://www.w3.org/1999/02/22-rdf-syntax-ns#nil>" in levels("a")
    assert "vocab.html#allowedValue> <http://www.w3.org/1999/02/22-rdf-syntax-ns#nil>" in levels([])


NUMBERS = [
    (42, '"42"'), (42.0, '"42"'), (-0.0, '"0"'), (5.3, '"5.3E0"'), (-1.5, '"-1.5E0"'), (1e-7, '"1.0E-7"'),
    (123456.789, '"1.23456789E5"'), (5e-324, '"4.940656458412465E-324"'), (2**53 - 1, '"9007199254740991"'),
]  # fmt: skip


@pytest.mark.parametrize(("value", "literal"), NUMBERS)
def test_a_number_is_written_as_in_ecmascript(value: float, literal: str) -> None:
    assert f"{literal}^^<https://www.w3.org/2001/XMLSchema#float> ." in canonical(
        edited("credentialSubject/creditsEarned", value)
    )


def test_an_untyped_number_is_an_integer_or_a_double() -> None:
    geo = {"@context": OB, "id": "urn:g", "type": "GeoCoordinates", "latitude": 1.0, "longitude": 1.5}
    text = canonical(geo)
    assert '"1"^^<http://www.w3.org/2001/XMLSchema#integer>' in text
    assert '"1.5E0"^^<http://www.w3.org/2001/XMLSchema#double>' in text


def test_strings_are_escaped_as_in_canonical_n_quads() -> None:
    assert '"\\"\\\\\\n\\r\\t\\b\\f\\u0000\\u000B\\u007F é \u2028"' in canonical(
        edited("name", '"\\\n\r\t\b\f\0\x0b\x7f é \u2028')
    )


def test_a_language_tag_is_written_in_lower_case() -> None:
    assert '"Équipe"@fr-ca .' in canonical(edited("name", {"@value": "Équipe", "@language": "fr-CA"}))


def test_a_json_member_becomes_one_literal() -> None:
    schema = {"@context": V2, "id": "urn:s", "type": "JsonSchema", "jsonSchema": {"b": [None, 1.0], "a": {"@id": "x"}}}
    assert (
        '"{\\"a\\":{\\"@id\\":\\"x\\"},\\"b\\":[null,1]}"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON>'
        in canonical(schema)
    )


def test_member_order_and_arrays_of_one_do_not_matter() -> None:
    reordered = {name: BADGE[name] for name in reversed(BADGE)}
    reordered["type"] = list(reversed(BADGE["type"]))
    reordered["credentialSubject"] = [BADGE["credentialSubject"]]
    assert canonical(reordered) == canonical(BADGE)


@pytest.mark.parametrize("depth", [33, 200, 5_000])
def test_documents_beyond_the_depth_limit_are_refused(depth: int) -> None:
    nested: dict[str, Any] = {"id": "urn:x", "type": "Profile"}
    for _ in range(depth):
        nested = {"type": "Profile", "parentOrg": nested}
    assert refusal({"@context": OB, **nested}).code == "document_depth"


def test_a_json_member_beyond_the_depth_limit_is_refused() -> None:
    value: object = None
    for _ in range(100_000):
        value = [value]
    assert refusal({"@context": V2, "type": "JsonSchema", "jsonSchema": value}).code == "document_depth"


def test_the_limits_are_exact() -> None:
    document = {"@context": OB, "type": "Profile", "parentOrg": {"type": "Profile", "name": "x"}}
    assert to_quads(document, max_depth=2, max_nodes=2, max_quads=4)
    for limits, code in [
        ({"max_depth": 1}, "document_depth"),
        ({"max_nodes": 1}, "document_size"),
        ({"max_quads": 3}, "document_size"),
    ]:
        with pytest.raises(CanonicalError) as caught:
            to_quads(document, **limits)
        assert caught.value.code == code


@pytest.mark.parametrize(
    "changes",
    [
        {"id": f"urn:{'a' * 100_000}", "name": list(range(100))},
        {"id": f"urn:{'a' * 100_000}", "type": ["VerifiableCredential", *["Achievement"] * 100]},
        {"@context": [V2, OB, EXAMPLES], "a" * 100_000: [{}] * 100},
        {"@context": [V2, *[OB] * 64]},
    ],
)
def test_text_that_would_be_repeated_too_often_is_refused(changes: dict[str, Any]) -> None:
    assert refusal(BADGE | changes).code == "document_size"


def test_every_proof_option_reaches_the_quads() -> None:
    options = {
        "@context": [V2, DATA_INTEGRITY], "type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022",
        "created": "2023-02-24T23:36:38Z", "verificationMethod": "did:key:z6Mk#z6Mk",
        "proofPurpose": "assertionMethod", "challenge": "c", "domain": "d", "nonce": "n",
        "expires": "2033-02-24T23:36:38Z", "previousProof": "urn:uuid:1",
    }  # fmt: skip
    assert len(canonical(options).splitlines()) == len(options) - 1


@pytest.mark.parametrize("identifier", ["https://e.com/می\u200cخواهم", "urn:é", "did:example:1", "https://e.com/😀"])
def test_an_identifier_may_use_any_script(identifier: str) -> None:
    assert f"<{identifier}>" in canonical(edited("credentialSubject/id", identifier))


@pytest.mark.parametrize(
    "odd", ["\x00", "\x1f", "\x7f", "\x85", "\u00a0", "\u2028", "\u3000", "\ud800", "\ufffe", "\\", "^", "`"]
)
def test_an_identifier_with_white_space_or_control_characters_is_refused(odd: str) -> None:
    assert refusal(edited("credentialSubject/id", f"https://e.com/{odd}x")).code == "iri_relative"
