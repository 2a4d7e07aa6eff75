"""A signature over text covers every member, but a nested context could still change what a member means."""

from __future__ import annotations

import json
from typing import Any

import jwt as pyjwt
import pytest

from chalicelib.credential import vocabulary
from chalicelib.verify.pipeline import verify
from chalicelib.verify.report import Report, Verdict
from tests.makers import ISSUER_KEY, NOW, good_resolver, signed, unsigned

OPEN_BADGES = unsigned()["@context"][1]  # type: ignore[index]
RENAMED = {"name": "https://evil.example/nickname", "description": "https://evil.example/name"}
FORMS = ["VC-JWT", vocabulary.EDDSA_JCS_2022, vocabulary.EDDSA_RDFC_2022]
SIGNED_AS_TEXT = FORMS[:2]


def secured(form: str, document: dict[str, Any]) -> bytes:
    if form == "VC-JWT":
        header = {"typ": "vc+jwt", "kid": ISSUER_KEY.method}
        return pyjwt.encode(document, ISSUER_KEY.private, "EdDSA", headers=header).encode()
    return json.dumps(signed(document, suite=form)).encode()


def context_result(source: bytes) -> tuple[Verdict, str]:
    report: Report = verify(source, resolver=good_resolver().resolver(), now=NOW)
    return report.verdict, next(finding.code for finding in report.findings if finding.check == "context")


def with_context(context: object, *path: str) -> dict[str, Any]:
    document = unsigned()
    node: Any = document
    for name in path:
        node = node[name]
    node["@context"] = context
    return document


PATHS = [("issuer",), ("credentialSubject",), ("credentialSubject", "achievement", "criteria")]


@pytest.mark.parametrize("form", SIGNED_AS_TEXT)
@pytest.mark.parametrize("path", PATHS, ids=".".join)
@pytest.mark.parametrize(
    ("context", "code"),
    [
        (RENAMED, "context_inline"),
        ([OPEN_BADGES, RENAMED], "context_inline"),
        (None, "context_inline"),
        ("https://evil.example/context.json", "context_unknown"),
    ],
    ids=["renames", "renames after a bundled one", "null", "unknown"],
)
def test_a_nested_context_cannot_rename_what_is_shown(
    form: str, path: tuple[str, ...], context: object, code: str
) -> None:
    assert context_result(secured(form, with_context(context, *path))) == (Verdict.UNKNOWN, code)


@pytest.mark.parametrize("form", SIGNED_AS_TEXT)
def test_a_context_in_a_list_is_found(form: str) -> None:
    document = unsigned()
    document["works"] = [[{"type": "Evidence", "@context": RENAMED}]]
    assert context_result(secured(form, document)) == (Verdict.UNKNOWN, "context_inline")


@pytest.mark.parametrize("spelling", [rb"\u0040context", rb"@\u0063ontext", rb"@contex\u0074"])
def test_a_nested_context_written_with_escapes_is_found(spelling: bytes) -> None:
    """A proof over the canonical form is valid however the name is escaped."""
    source = secured(vocabulary.EDDSA_JCS_2022, with_context(RENAMED, "issuer"))
    before, name, after = source.partition(b'"issuer": ')
    assert b"@context" in after
    escaped = before + name + after.replace(b"@context", spelling, 1)
    assert context_result(escaped) == (Verdict.UNKNOWN, "context_inline")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("context", [OPEN_BADGES, [vocabulary.CREDENTIALS_V2, OPEN_BADGES]], ids=["one", "both"])
def test_a_bundled_context_may_be_nested(form: str, context: object) -> None:
    assert context_result(secured(form, with_context(context, "issuer"))) == (Verdict.VALID, "contexts_known")


@pytest.mark.parametrize("form", SIGNED_AS_TEXT)
def test_a_nested_context_that_redefines_a_protected_term_is_refused(form: str) -> None:
    document = with_context(vocabulary.CREDENTIALS_V1, "credentialSubject")
    assert context_result(secured(form, document)) == (Verdict.INVALID, "term_conflict")


def test_at_context_inside_a_string_is_ignored() -> None:
    document = unsigned()
    document["description"] = "Its @context is the \u00e9cole."
    assert context_result(secured("VC-JWT", document)) == (Verdict.VALID, "contexts_known")


NEW_NAMES = {
    "shoeSize": {"@id": "https://vendor.example/shoeSize", "@type": "xsd:integer"},
    "Shoe": "https://v.example/",
}


@pytest.mark.parametrize("form", SIGNED_AS_TEXT)
@pytest.mark.parametrize("path", [(), *PATHS], ids=lambda path: ".".join(path) or "document")
def test_an_inline_context_that_only_adds_names_is_accepted_and_shows_nothing(form: str, path: tuple[str, ...]) -> None:
    document: dict[str, Any] = unsigned()
    plain = verify(secured(form, document), resolver=good_resolver().resolver(), now=NOW)
    node = document
    for name in path:
        node = node[name]
    node["@context"] = [*node.get("@context", []), NEW_NAMES]
    node["shoeSize"] = 42
    report = verify(secured(form, document), resolver=good_resolver().resolver(), now=NOW)
    assert (report.verdict, report.credential) == (Verdict.VALID, plain.credential)


@pytest.mark.parametrize("form", SIGNED_AS_TEXT)
@pytest.mark.parametrize(
    "context",
    [
        {"@vocab": "https://evil.example/"},
        {"@base": "https://evil.example/"},
        {"nick": "@id"},
        {"nick": "https ://v.example/nick"},
        {"nick": {"@id": "nick"}},
        {"nick": {"@id": "@type"}},
        {"nick": None},
        {"nick": {"@reverse": "https://schema.org/name"}},
        {"nick": {"@id": "https://v.example/", "@context": {"name": "https://evil.example/"}}},
        {"nick": {"@id": "https://v.example/", "@protected": True}},
        {"achievement": "https://evil.example/"},
        {"narrative": "https://evil.example/"},
        {"schema:name": "https://evil.example/"},
        {"@protected": True, "nick": "https://v.example/"},
        [{"nick": "https://v.example/"}, None],
    ],
    ids=lambda context: json.dumps(context)[:40],
)
def test_any_other_inline_context_is_unknown(form: str, context: object) -> None:
    document: dict[str, Any] = unsigned()
    document["@context"] = [*document["@context"], *(context if isinstance(context, list) else [context])]
    assert context_result(secured(form, document)) == (Verdict.UNKNOWN, "context_inline")


def test_an_inline_context_stays_unknown_where_rdf_is_signed() -> None:
    document: dict[str, Any] = signed(unsigned())
    document["@context"] = [*document["@context"], NEW_NAMES]
    assert context_result(json.dumps(document).encode()) == (Verdict.UNKNOWN, "context_inline")


@pytest.mark.parametrize("form", FORMS)
def test_a_direction_beside_a_language_is_verified_and_not_used(form: str) -> None:
    """RDF 1.1 has no direction, so a signature over RDF does not cover it."""
    document: dict[str, Any] = {**unsigned(), "name": {"@value": "x", "@language": "ar", "@direction": "rtl"}}
    source = secured(form, document)
    report = verify(source, resolver=good_resolver().resolver(), now=NOW)
    assert report.verdict is Verdict.VALID
    if form == vocabulary.EDDSA_RDFC_2022:
        turned = verify(source.replace(b"rtl", b"ltr"), resolver=good_resolver().resolver(), now=NOW)
        assert (turned.verdict, turned.credential) == (Verdict.VALID, report.credential)
