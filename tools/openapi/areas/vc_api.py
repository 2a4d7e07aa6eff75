"""The VC API of the W3C Credentials Community Group."""

from __future__ import annotations

from chalicelib.award.interop_issuer import SUITES
from chalicelib.http.vc_api.results import REFUSED
from chalicelib.http.vc_api.routes import UNBOUND
from chalicelib.verify.pipeline import CHECKS
from tools.openapi.operation import JSON, Area, Body, Operation
from tools.openapi.problems import PROBLEM_MEMBERS
from tools.openapi.schema import (
    BOOLEAN,
    OBJECT,
    STRING,
    Schema,
    array,
    described,
    mapping,
    nullable,
    one_of,
    ref,
    response,
)

_DETAIL = response({"type": STRING, "title": STRING, "detail": STRING})
_VERIFIED: dict[str, Schema] = {"verified": BOOLEAN, "problemDetails": array(_DETAIL)}
_RESULTS = mapping(response({"valid": BOOLEAN, "code": STRING}))
_RESULT = response(_VERIFIED, {"results": _RESULTS})
_TOKEN = {"type": "string", "minLength": 1, "pattern": r"^\s*[^{\s]"}
_VERIFIABLE = {"anyOf": [{"type": "object", "minProperties": 1}, _TOKEN]}
_OPTIONS = response(
    {}, {"challenge": nullable(STRING), "domain": nullable(STRING), "checks": array(one_of(c.name for c in CHECKS))}
)
_SUPPORT = f"{REFUSED} if it is not verified. Every body is read as JSON, whatever its `Content-Type`."
_ERRORS = {JSON: ref("VerificationProblem")}
"""Errors, other than those about the API key or a limit, are results too, so that the test suites can read them."""
_PROBLEMS = ("nothing_found", "not_a_presentation", "taken_down", "erased", "url_refused", "link_unreachable")


def _verify(path: str, name: str, identifier: str, summary: str) -> Operation:
    kind = "VerifiablePresentation" if "Presentation" in name else "VerifiableCredential"
    document: dict[str, object] = {"@context": ["https://www.w3.org/ns/credentials/v2"], "type": [kind]}
    return Operation(
        f"POST {path}",
        identifier,
        summary,
        {200: ref("VerificationResult")},
        description=_SUPPORT,
        body=Body(response({name: _VERIFIABLE}, {"options": _OPTIONS}), {name: document}),
        problems=_PROBLEMS,
        problem_types=_ERRORS,
    )


def _issue(path: str, identifier: str, summary: str, schema: dict[str, Schema]) -> Operation:
    return Operation(
        f"POST {path}",
        identifier,
        summary,
        {201: response({"verifiableCredential": OBJECT})},
        description="Available only if the setting `VC_API_ISSUING` is on; otherwise `not_found`.",
        body=Body(
            response({"credential": OBJECT}, {"options": OBJECT}),
            {
                "credential": {
                    "@context": ["https://www.w3.org/ns/credentials/v2"],
                    "type": ["VerifiableCredential"],
                    "issuer": "did:example:issuer",
                    "credentialSubject": {"id": "did:example:subject"},
                }
            },
        ),
        path=schema,
        problems=("not_found", *_PROBLEMS),
        problem_types=_ERRORS,
    )


AREA = Area(
    "VC API",
    "For the public W3C test suites. To get a report, use `/v1/verify`.",
    (
        _verify("/credentials/verify", "verifiableCredential", "vcVerifyCredential", "Verify a credential"),
        _verify("/presentations/verify", "verifiablePresentation", "vcVerifyPresentation", "Verify a presentation"),
        _verify(
            f"{UNBOUND}/credentials/verify",
            "verifiableCredential",
            "vcVerifyCredentialOfAnySigner",
            "Verify the signature of a credential, regardless of the signer",
        ),
        _verify(
            f"{UNBOUND}/presentations/verify",
            "verifiablePresentation",
            "vcVerifyPresentationOfAnySigner",
            "Verify the signature of a presentation, regardless of the signer",
        ),
        _issue("/credentials/issue", "vcIssueCredential", "Sign a credential with a test key", {}),
        _issue(
            "/credentials/issue/{suite}",
            "vcIssueCredentialWithSuite",
            "Sign a credential with a test key and a given cryptographic suite",
            {"suite": one_of(SUITES)},
        ),
    ),
    {
        "VerificationResult": described(_RESULT, "`problemDetails` says why verification failed (RFC 9457)."),
        "VerificationProblem": described(
            response(_VERIFIED, {"results": _RESULTS, **PROBLEM_MEMBERS}), "A verification result or an error."
        ),
    },
)
