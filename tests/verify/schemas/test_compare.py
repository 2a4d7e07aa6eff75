"""A credential is compared with the schema that it names, after its signature was verified and without a verdict."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest

from chalicelib.errors import Unavailable
from chalicelib.verify.pipeline import verify
from chalicelib.verify.ports import Fetched, Resolver
from chalicelib.verify.report import Finding, Outcome, Report, Verdict
from tests.makers import NOW, DocumentsAt, as_bytes, good_resolver, signed, unsigned

URL = "https://schemas.example/badge.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
ACHIEVEMENT = (
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"  # the bundled one
)
NAMED = {"$schema": DIALECT, "type": "object", "required": ["name"]}
UNNAMED = {"$schema": DIALECT, "properties": {"credentialSubject": {"not": {"required": ["achievement"]}}}}


def report_on(schemas: dict[str, Any], *entries: dict[str, Any]) -> Report:
    """Verify a badge that names ``entries``, where ``schemas`` are published."""

    def read(url: str) -> Fetched:
        if url not in schemas:
            raise Unavailable(f"{url} does not answer")
        schema = schemas[url]
        return Fetched(url, schema if isinstance(schema, bytes) else json.dumps(schema).encode(), NOW)

    ports = good_resolver().resolver()
    resolver = Resolver(ports.controllers, ports.status_lists, ports.registry, documents=DocumentsAt(read))
    document = signed({**unsigned(), "credentialSchema": list(entries), "name": "Robotics"}, suite="eddsa-jcs-2022")
    return verify(as_bytes(document), resolver=resolver, now=NOW)


def entry(url: str = URL, kind: str = "JsonSchema", **members: str) -> dict[str, Any]:
    return {"id": url, "type": kind, **members}


def extras(report: Report) -> Finding:
    return report.findings[9]


@pytest.mark.parametrize("kind", ["JsonSchema", "1EdTechJsonSchemaValidator2019"])
def test_a_credential_that_matches_its_schema_passes_with_evidence(kind: str) -> None:
    report = report_on({URL: NAMED}, entry(kind=kind))
    assert (report.verdict, extras(report).code) == (Verdict.VALID, "schema_matched")
    [evidence] = extras(report).evidence
    assert evidence.sha256 == hashlib.sha256(json.dumps(NAMED).encode()).hexdigest()
    assert not any("schema" in what for what in report.not_checked)


def test_a_credential_that_does_not_match_is_reported_and_keeps_its_verdict() -> None:
    report = report_on({URL: UNNAMED}, entry())
    finding = extras(report)
    assert (report.verdict, finding.outcome, finding.code) == (Verdict.VALID, Outcome.UNKNOWN, "schema_differs")
    assert "/credentialSubject" in finding.message
    assert finding.evidence[0].url == URL


NOT_COMPARED: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]] = {
    "not published": ({}, [entry()]),
    "another type": ({URL: UNNAMED}, [entry(kind="ShaclValidator2017")]),
    "no JSON": ({URL: b"<html>"}, [entry()]),
    "another dialect": ({URL: {**UNNAMED, "$schema": "http://json-schema.org/draft-04/schema#"}}, [entry()]),
    "no dialect": ({URL: {"required": ["x"]}}, [entry()]),
    "a reference to another document": ({URL: {"$schema": DIALECT, "$ref": "https://schemas.example/x"}}, [entry()]),
    "another digest": ({URL: UNNAMED}, [entry(digestSRI="sha256-" + base64.b64encode(bytes(32)).decode())]),
    "an unknown digest": ({URL: UNNAMED}, [entry(digestSRI="md5-x")]),
    "too many": ({URL: NAMED}, [entry() for _ in range(5)]),
    "one of two": ({URL: NAMED}, [entry(), entry("https://schemas.example/other")]),
}


@pytest.mark.parametrize("case", NOT_COMPARED)
def test_what_cannot_be_compared_stays_unchecked_and_changes_nothing_else(case: str) -> None:
    schemas, entries = NOT_COMPARED[case]
    report = report_on(schemas, *entries)
    finding = extras(report)
    assert (report.verdict, finding.outcome, finding.code) == (Verdict.VALID, Outcome.UNKNOWN, "extras_not_followed")
    assert "the additional schema that it names" in report.not_checked


def test_the_digest_of_a_schema_is_compared() -> None:
    digest = base64.b64encode(hashlib.sha384(json.dumps(NAMED).encode()).digest()).decode()
    assert extras(report_on({URL: NAMED}, entry(digestSRI=f"sha384-{digest}"))).code == "schema_matched"


def test_the_schema_of_open_badges_is_bundled_in_the_rules_of_check_2() -> None:
    report = report_on({}, entry(ACHIEVEMENT, "1EdTechJsonSchemaValidator2019"))
    assert (extras(report).code, extras(report).evidence) == ("schema_matched", ())


def test_a_bundled_schema_for_another_type_is_fetched_as_any_other() -> None:
    clr = "https://purl.imsglobal.org/spec/clr/v2p0/schema/json/clr_v2p0_clrcredential_schema.json"
    assert extras(report_on({}, entry(clr, "1EdTechJsonSchemaValidator2019"))).code == "extras_not_followed"


def test_a_schema_may_require_the_proof() -> None:
    assert extras(report_on({URL: {"$schema": DIALECT, "required": ["proof"]}}, entry())).code == "schema_matched"


def test_nothing_is_fetched_for_a_credential_that_is_not_proven() -> None:
    def refuse(url: str) -> Fetched:
        raise AssertionError(url)

    ports = good_resolver().resolver()
    resolver = Resolver(ports.controllers, ports.status_lists, ports.registry, documents=DocumentsAt(refuse))
    document = signed({**unsigned(), "credentialSchema": [entry()]}, suite="eddsa-jcs-2022")
    document["name"] = "changed"
    assert verify(as_bytes(document), resolver=resolver, now=NOW).verdict is Verdict.INVALID


def test_a_schema_takes_a_limited_part_of_the_work_of_a_request() -> None:
    steps = {f"a{i}": {"allOf": [{"$ref": f"#/$defs/a{i + 1}"}] * 2} for i in range(30)}
    costly = {"$schema": DIALECT, "$ref": "#/$defs/a0", "$defs": {**steps, "a30": True}}
    report = report_on({URL: costly, f"{URL}2": NAMED}, entry(), entry(f"{URL}2"))
    assert extras(report).code == "extras_not_followed"
    assert [each.url for each in extras(report).evidence] == [f"{URL}2"]
