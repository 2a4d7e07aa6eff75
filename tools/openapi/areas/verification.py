"""Verification of submitted credentials, one at a time and in batches."""

from __future__ import annotations

from chalicelib.http.public.submission import MAX_BODY, MAX_REQUESTED
from chalicelib.reports.wrapping import MAX_SEVERAL
from chalicelib.verifiers.batch import jobs
from chalicelib.verifiers.batch.items import MAX_LINK, MAX_REF
from chalicelib.verifiers.batch.job import Detail
from chalicelib.verify.pipeline import CHECKS
from chalicelib.verify.report import Outcome, Verdict
from tools.openapi import schema
from tools.openapi.operation import Area, Body, Operation
from tools.openapi.schema import (
    EMAIL,
    NULL,
    OBJECT,
    PUBLIC_ID,
    STRING,
    TIME,
    URL,
    array,
    described,
    mapping,
    nullable,
    one_of,
    ref,
    request,
    response,
    whole,
)

VERDICT = described(one_of(Verdict), "The overall result. Base your decision on it and on `issuer_check`.")
OUTCOME = one_of(Outcome)
ISSUER_CHECK = described(
    {"anyOf": [OUTCOME, NULL]},
    "The outcome of check 8. Unless it is `passed`, anyone could have issued this under the issuer's name.",
)
TEXT = nullable(STRING)
RECIPIENT = request({"email": EMAIL})
RECEIPT = described(schema.BOOLEAN, "Whether to create a signed receipt. Receipts are permanent.")
_LINK = {"type": "string", "minLength": 1, "maxLength": MAX_LINK}
_CREDENTIAL = {"anyOf": [{"type": "object"}, {"type": "string", "minLength": 1}]}
REPORT_MEMBERS = {
    "verdict": VERDICT,
    "checked_at": TIME,
    "format": described(TEXT, "The recognised format, such as `Open Badges 3.0, eddsa-rdfc-2022`."),
    "credential": {"anyOf": [ref("VerifiedView"), NULL]},
    "findings": array(ref("Finding")),
    "not_checked": described(
        array(STRING), "What this report did not check, in words. Show it to the person who makes the decision."
    ),
    "issuer_check": ISSUER_CHECK,
}
OPTIONAL_MEMBERS = {
    "replaced_by": ref("Replacement"),
    "found": described(
        response({"page": nullable(STRING), "credential": nullable(STRING)}),
        "Present if the link led to a web page: the URLs of the page and of the credential found on it.",
    ),
}
REPORT = response(
    REPORT_MEMBERS, {**OPTIONAL_MEMBERS, "contained": array(ref("ContainedReport")), "receipt": ref("ReceiptLink")}
)
_VIEW = response(
    {
        "id": TEXT,
        "types": array(STRING),
        "name": TEXT,
        "description": TEXT,
        "issuer": response(dict.fromkeys(("id", "name", "url", "description", "email", "image"), TEXT)),
        "holder": response({"id": TEXT, "name": TEXT}),
        "achievement": {"anyOf": [ref("VerifiedAchievement"), NULL]},
        "valid_from": TEXT,
        "valid_until": TEXT,
        "evidence": array(response(dict.fromkeys(("url", "name", "narrative"), TEXT))),
    },
    {
        "subjects": array(
            response(
                {
                    "holder": response({"id": TEXT, "name": TEXT}),
                    "achievement": {"anyOf": [ref("VerifiedAchievement"), NULL]},
                }
            )
        )
    },
)
_ACHIEVEMENT = response(
    {
        "id": TEXT,
        "name": TEXT,
        "description": TEXT,
        "criteria": response({"narrative": TEXT, "url": TEXT}),
        "image": {"anyOf": [response({"url": TEXT, "alt": TEXT}), NULL]},
        "kind": TEXT,
        "language": TEXT,
        "skills": array(response(dict.fromkeys(("name", "url", "framework", "code"), TEXT))),
    }
)
_FINDING = response(
    {
        "number": whole(1, len(CHECKS)),
        "check": one_of(check.name for check in CHECKS),
        "outcome": OUTCOME,
        "code": described(STRING, "A stable code, listed in docs/api.md."),
        "message": described(STRING, "A human-readable sentence."),
        "evidence": array(response({"url": STRING, "fetched_at": TIME, "sha256": STRING})),
    },
    {"standard_error": described(URL, "The error URI from the standard, if it defines one.")},
)
_SUMMARY = {
    "verdict": VERDICT,
    "checked_at": TIME,
    "format": TEXT,
    "issuer_check": ISSUER_CHECK,
    "findings": described(
        array(response({"check": one_of(check.name for check in CHECKS), "outcome": OUTCOME, "code": STRING})),
        "The checks that failed or could not be completed.",
    ),
}
_REF = described(nullable(STRING), "Your own reference; null if the item has no readable one.")
_ITEM = request(
    {"ref": {"type": "string", "minLength": 1, "maxLength": MAX_REF}}, {"url": _LINK, "credential": _CREDENTIAL}
)
JOB = response(
    {
        "id": PUBLIC_ID,
        "state": one_of(("running", "done")),
        "report": one_of(Detail),
        "items": whole(1),
        "answered": whole(0),
        "verdicts": mapping(whole(0)),
        "problems": whole(0),
        "created_at": TIME,
        "finished_at": nullable(TIME),
        "expires_at": TIME,
        "links": response(
            {"self": URL}, {"results": described(URL, "The results as NDJSON. The link works for one hour.")}
        ),
    }
)
_SUBMISSION = request(
    {},
    {
        "url": _LINK,
        "credential": _CREDENTIAL,
        "credentials": array(_CREDENTIAL, MAX_SEVERAL, 1),
        "recipient": RECIPIENT,
        "challenge": {"type": "string", "minLength": 1, "maxLength": MAX_REQUESTED},
        "domain": {"type": "string", "minLength": 1, "maxLength": MAX_REQUESTED},
        "receipt": RECEIPT,
    },
)
_LINK_PROBLEMS = (
    "nothing_found",
    "too_many_items",
    "not_a_presentation",
    "url_refused",
    "link_unreachable",
    "out_of_time",
)
_GONE_PROBLEMS = ("taken_down", "erased")
EXAMPLE_LINK = "https://laurel.example/c/valid222222222222222222222"

AREA = Area(
    "Verification",
    "Verify credentials in any supported format. No key is needed; a verifier's API key raises the limits.",
    (
        Operation(
            "POST /v1/verify",
            "verify",
            "Verify a credential or a link to one",
            {200: {"anyOf": [ref("Report"), ref("Results")]}},
            description=(
                "Send the credential as it is, or in one of these envelopes. Whatever the verdict, the response is the "
                f"report or, for `credentials`, up to {MAX_SEVERAL} results. The body can have up to "
                f"{MAX_BODY:,} bytes."
            ),
            body=Body(
                _SUBMISSION,
                {"url": EXAMPLE_LINK, "recipient": {"email": "ada@example.org"}},
                others={
                    "application/vc": OBJECT,
                    "application/vc+jwt": STRING,
                    "text/plain": STRING,
                    "multipart/form-data": response(
                        {},
                        {
                            "file": STRING,
                            "credential": STRING,
                            "recipient": EMAIL,
                            "receipt": one_of(("true", "false")),
                        },
                    ),
                },
            ),
            problems=(*_LINK_PROBLEMS, *_GONE_PROBLEMS),
        ),
        Operation(
            "POST /v1/verify/batch",
            "verifyBatch",
            "Verify many credentials",
            {200: ref("BatchResults"), 202: ref("BatchJob")},
            description=(
                "The results are in the order of the items, and one bad item never fails the rest. A batch that is too "
                "large for one response becomes a job, which needs an API key. Its URL is in `Location`."
            ),
            body=Body(
                request({"items": array(_ITEM, jobs.MAX_ITEMS, 1)}, {"report": one_of(Detail)}),
                {"items": [{"ref": "application-1", "url": EXAMPLE_LINK}], "report": Detail.SUMMARY.value},
            ),
            problems=("idempotency_key_in_use", "idempotency_key_reused", "daily_limit_exceeded"),
            idempotent=True,
        ),
        Operation(
            "GET /v1/verify/batch/{id}",
            "readBatch",
            "Get the progress of a batch job",
            {200: ref("BatchJob")},
            path={"id": PUBLIC_ID},
        ),
    ),
    {
        "Report": REPORT,
        "ContainedReport": response(
            {"kind": one_of(("credential", "endorsement")), **REPORT_MEMBERS},
            {"contained": array(ref("ContainedReport"))},
        ),
        "Results": response(
            {"verdict": VERDICT, "results": array({"anyOf": [ref("Report"), response({"problem": ref("Problem")})]})}
        ),
        "BatchResults": response(
            {
                "verdict": VERDICT,
                "results": array({"anyOf": [ref("ItemProblem"), ref("ItemReport"), ref("ItemSummary")]}),
            }
        ),
        "ItemProblem": response({"ref": _REF, "problem": ref("Problem")}),
        "ItemReport": response(
            {"ref": _REF, **REPORT_MEMBERS}, {**OPTIONAL_MEMBERS, "contained": array(ref("ContainedReport"))}
        ),
        "ItemSummary": response({"ref": _REF, **_SUMMARY}, OPTIONAL_MEMBERS),
        "BatchJob": JOB,
        "VerifiedView": described(_VIEW, "The signed contents. Any member can be null."),
        "VerifiedAchievement": _ACHIEVEMENT,
        "Finding": _FINDING,
        "Replacement": described(
            response({"id": PUBLIC_ID, "url": URL}), "The credential that replaces this one: a correction or a renewal."
        ),
    },
)
