"""Issuers that no registry knows: confirmed by the domain of their key, or mistaken for someone else."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from chalicelib.errors import Unavailable
from chalicelib.verify.checks.issuer_elsewhere import MAX_NAME
from chalicelib.verify.keys.jwk import from_jwk
from chalicelib.verify.pipeline import verify
from chalicelib.verify.ports import Controller, Method, Names
from chalicelib.verify.report import Evidence, Finding, Report, Verdict
from tests.makers import NOW, FakeResolver
from tests.verify.jose.tokens import CREDENTIAL, jwk, token

SCID = "QmPEQVM1JPTyrvEgBcDXwjK4TeyLGSX1PxjgyeAisdWM1p"
DID = "did:web:college.example"
DOCUMENT = "https://college.example/.well-known/did.json"


@dataclass
class TakenNames:
    taken: tuple[str, ...] = ()
    asked: list[str] = field(default_factory=list)

    def is_taken(self, name: str) -> bool:
        self.asked.append(name)
        return name in self.taken


def report_on(
    issuer: object, *documents: str, did: str = DID, names: Names | None = None, controller: str | None = None
) -> Report:
    """A report on a credential by ``issuer``, whose key was read from ``documents``."""
    evidence = tuple(Evidence(url, NOW, "0" * 64) for url in documents)
    method = Method(f"{did}#1", from_jwk(jwk("ES256")), assertion=True)
    known = Controller(controller or did, (method,), evidence)
    resolver = replace(FakeResolver(controllers={did: known}).resolver(), names=names)
    kid = f"{did}#1" if did.startswith("did:") else "1"
    if not did.startswith("did:"):
        known = replace(known, methods=(replace(method, id="1"),))
        resolver = replace(FakeResolver(controllers={did: known}).resolver(), names=names)
    source = token({"alg": "ES256", "kid": kid, "typ": "vc+jwt"}, {**CREDENTIAL, "issuer": issuer})
    return verify(source, resolver=resolver, now=NOW)


def finding(report: Report) -> Finding:
    return report.findings[7]


@pytest.mark.parametrize(
    ("issuer", "did", "document"),
    [
        ({"id": DID, "url": "https://college.example/"}, DID, DOCUMENT),
        ({"id": DID, "url": "https://www.college.example/about"}, DID, DOCUMENT),
        ({"id": DID, "url": "http://badges.college.example"}, DID, DOCUMENT),
        ({"id": DID, "url": "https://COLLEGE.example.:443/"}, DID, DOCUMENT),
        (
            {"id": "did:web:www.college.example", "url": "https://college.example"},
            "did:web:www.college.example",
            "https://www.college.example/.well-known/did.json",
        ),
        (
            {"id": f"did:webvh:{SCID}:college.example", "url": "https://college.example"},
            f"did:webvh:{SCID}:college.example",
            "https://college.example/.well-known/did.jsonl",
        ),
        (
            "https://college.example",
            "https://college.example",
            "https://college.example/.well-known/jwt-vc-issuer",
        ),
    ],
    ids=range(7),
)
def test_an_issuer_whose_key_is_at_the_domain_of_its_profile_is_confirmed(
    issuer: object, did: str, document: str
) -> None:
    report = report_on(issuer, document, did=did)
    assert (report.verdict, finding(report).code) == (Verdict.VALID, "issuer_domain_proven")
    assert "college.example." in finding(report).message
    assert [each.url for each in finding(report).evidence] == [document]
    assert "whether the issuer is who it claims to be" not in report.not_checked


@pytest.mark.parametrize(
    ("issuer", "did", "documents"),
    [
        ({"id": DID}, "did:web:other.example", [DOCUMENT]),
        ({"id": DID, "url": "https://university.example/"}, DID, [DOCUMENT]),
        ({"id": DID, "url": "https://evilcollege.example/"}, DID, [DOCUMENT]),
        ({"id": DID, "url": "https://college.example.evil.example/"}, DID, [DOCUMENT]),
        ({"id": DID, "url": "https://college.example@evil.example/"}, DID, [DOCUMENT]),
        ({"id": DID, "url": "https://college.example:8443/"}, DID, [DOCUMENT]),
        ({"id": DID, "url": "ftp://college.example/"}, DID, [DOCUMENT]),
        ({"id": DID, "url": "https://["}, DID, [DOCUMENT]),
        ({"id": DID, "url": "https://college.example/"}, DID, []),
        (
            {"id": "did:web:badges.college.example", "url": "https://college.example/"},
            "did:web:badges.college.example",
            ["https://badges.college.example/.well-known/did.json"],
        ),
        (
            {"id": "did:web:github.com:someone", "url": "https://github.com/someone"},
            "did:web:github.com:someone",
            ["https://github.com/someone/did.json"],
        ),
        (
            {"id": "did:web:someone.github.io", "url": "https://someone.github.io/"},
            "did:web:someone.github.io",
            ["https://someone.github.io/.well-known/did.json"],
        ),
        (
            {"id": "did:web:college.example%3A8443", "url": "https://college.example/"},
            "did:web:college.example%3A8443",
            ["https://college.example:8443/.well-known/did.json"],
        ),
        ("https://college.example", "https://college.example", ["https://college.example/~bob/key.json"]),
        ("https://college.example/staff", "https://college.example/staff", ["https://college.example/staff"]),
    ],
    ids=range(15),
)
def test_any_other_issuer_is_not_confirmed(issuer: object, did: str, documents: list[str]) -> None:
    report = report_on(issuer, *documents, did=did)
    assert finding(report).code in ("issuer_not_registered", "not_reached")


def test_a_did_web_without_a_profile_is_not_confirmed() -> None:
    """It names no domain that it could be compared with."""
    assert finding(report_on({"id": DID, "name": "College"}, DOCUMENT)).code == "issuer_not_registered"


@pytest.mark.parametrize("url", [None, "https://college.example/"], ids=["unproven", "with its own domain"])
def test_the_name_of_a_registered_issuer_is_warned_of(url: str | None) -> None:
    issuer = {"id": DID, "name": "Harbour College", **({"url": url} if url else {})}
    report = report_on(issuer, DOCUMENT, names=TakenNames(("Harbour College",)))
    assert (report.verdict, finding(report).code) == (Verdict.VALID, "issuer_lookalike")
    assert "Nothing shows that this is the same issuer." in finding(report).message
    assert "whether the issuer is who it claims to be" in report.not_checked


def test_other_names_are_not_warned_of() -> None:
    names = TakenNames(("Harbour College",))
    report = report_on({"id": DID, "name": "College", "url": "https://college.example"}, DOCUMENT, names=names)
    assert (finding(report).code, names.asked) == ("issuer_domain_proven", ["College"])


def test_an_issuer_without_a_name_is_not_looked_up() -> None:
    names = TakenNames()
    assert finding(report_on({"id": DID}, DOCUMENT, names=names)).code == "issuer_not_registered"
    assert not names.asked


def test_a_name_that_is_too_long_to_compare_is_warned_of_and_not_compared() -> None:
    """Invisible characters could hide the name of someone else in it."""
    names = TakenNames()
    long = "Harbour College" + "\u200b" * MAX_NAME
    assert finding(report_on({"id": DID, "name": long}, DOCUMENT, names=names)).code == "issuer_lookalike"
    assert not names.asked


def test_names_that_cannot_be_looked_up_leave_the_issuer_unknown() -> None:
    class Down:
        def is_taken(self, name: str) -> bool:
            raise Unavailable("It does not answer.")

    report = report_on({"id": DID, "name": "College", "url": "https://college.example"}, DOCUMENT, names=Down())
    assert (report.verdict, finding(report).code) == (Verdict.VALID, "registry_unavailable")
