"""An issuer's credentials: list, issue, change their status, and resend their emails."""

from __future__ import annotations

from chalicelib.award.issuing import status_changes
from chalicelib.award.issuing.issue import MAX_EVIDENCE
from chalicelib.award.issuing.search import MAX_PAGE_SIZE
from chalicelib.credential import email_address
from chalicelib.credential.record import State
from chalicelib.delivery.delivery_status import State as DeliveryState
from chalicelib.http.input import query
from tools.openapi.operation import Area, Body, Operation, Query
from tools.openapi.schema import (
    ACHIEVEMENT_ID,
    BOOLEAN,
    PUBLIC_ID,
    STRING,
    TIME,
    URL,
    Schema,
    array,
    described,
    nullable,
    one_of,
    page,
    ref,
    request,
    response,
    text,
    whole,
)

_TEXT = nullable(STRING)
_TIMESTAMP: Schema = {"type": "string", "format": "date-time", "description": "RFC 3339, with a timezone."}
_EVIDENCE = array(request({"url": text(2000), "name": text(200)}, {"narrative": nullable(text(2000))}), MAX_EVIDENCE)
_CHANGED = {"email": nullable(text(email_address.MAX_LENGTH)), "did": nullable(text(2000))}
_HOLDER = request({"name": text(200)}, {**_CHANGED, "zone": nullable(text(64)), "lang": nullable(text(2))})
_ISSUED = response(
    {
        "id": PUBLIC_ID,
        "url": URL,
        "achievement": response({"id": ACHIEVEMENT_ID, "version": whole(1)}),
        "holder": response({"name": STRING}),
        "issued_at": TIME,
        "valid_until": nullable(TIME),
        "supersedes": described(_TEXT, "The id of the credential that this one replaces."),
        "links": response({"self": URL, "report": URL}),
    }
)
_ROW = response(
    {
        "id": PUBLIC_ID,
        "url": URL,
        "achievement": ACHIEVEMENT_ID,
        "holder": response({"name": STRING, "email": _TEXT}),
        "state": one_of(State),
        "issued_at": TIME,
        "valid_until": nullable(TIME),
        "superseded_by": described(_TEXT, "The id of the credential that replaces this one."),
    }
)
_DECISION = response({"id": PUBLIC_ID, "state": one_of(State), "at": TIME, "reason": _TEXT, "changed": BOOLEAN})
_TIMES = ("sent_at", "delivered_at", "opened_at", "shared_at", "bounced_at", "complained_at")
_DELIVERY = response(
    {
        "credential": PUBLIC_ID,
        "state": one_of(DeliveryState),
        **dict.fromkeys(_TIMES, nullable(TIME)),
        "failure": described(_TEXT, "Why Laurel does not send the email."),
    }
)
_ISSUE_PROBLEMS = (
    "achievement_archived",
    "evidence_required",
    "bad_text",
    "bad_zone",
    "bad_lang",
    "refused",
    "conflict",
    "issuing_quota_exceeded",
)
_REISSUE_PROBLEMS = ("revoked_is_final", "superseded", *_ISSUE_PROBLEMS)
_REASON = described(nullable(text(status_changes.MAX_REASON)), "Public.")
EXAMPLE_ACHIEVEMENT = "3f2b7a52-6f0e-4c33-9f0e-0d6c0f5f9c11"
"""Stands for an achievement of the caller's issuer; tests send the id of one that exists."""


def _decision(verb: str, summary: str, reason: str) -> Operation:
    return Operation(
        f"POST /v1/credentials/{{id}}/{verb}",
        f"{verb}Credential",
        summary,
        {200: ref("StatusChange")},
        description="Safe to repeat: the response then has `changed: false`.",
        body=Body(request({}, {"reason": _REASON}), {"reason": reason}, required=False),
        path={"id": PUBLIC_ID},
        problems=("revoked_is_final", "bad_text", "refused", "conflict", "daily_limit_exceeded", "superseded"),
    )


AREA = Area(
    "Credentials",
    "An issuer's credentials.",
    (
        Operation(
            "GET /v1/credentials",
            "listCredentials",
            "List credentials, newest first",
            {200: page(ref("CredentialRow"))},
            description="A page may be empty and still have a `next`.",
            query={
                "name": Query({**text(query.MAX_LENGTH)}, "Part of the holder's name."),
                "email": Query({**text(query.MAX_LENGTH)}, "The holder's full email address."),
                "achievement": Query({**text(query.MAX_LENGTH)}),
                "state": Query(one_of(State)),
                "limit": Query(whole(1, MAX_PAGE_SIZE)),
                "cursor": Query({**text(query.MAX_LENGTH)}, "The `next` of the previous page."),
            },
        ),
        Operation(
            "POST /v1/credentials",
            "issueCredential",
            "Issue a credential",
            {201: ref("IssuedCredential")},
            body=Body(
                request(
                    {"achievement": text(64), "holder": _HOLDER},
                    {
                        "valid_from": nullable(_TIMESTAMP),
                        "valid_until": nullable(_TIMESTAMP),
                        "evidence": nullable(_EVIDENCE),
                        "notify": nullable(BOOLEAN),
                        "jwt": nullable(BOOLEAN),
                        "suite": described(nullable(text(64)), "The cryptographic suite."),
                    },
                ),
                {"achievement": EXAMPLE_ACHIEVEMENT, "holder": {"name": "Grace Osei", "email": "grace@example.org"}},
            ),
            problems=("not_found", *_ISSUE_PROBLEMS),
            idempotent=True,
            headers=("Location",),
        ),
        Operation(
            "POST /v1/credentials/{id}/correct",
            "correctCredential",
            "Issue a corrected credential and revoke the old one",
            {201: ref("IssuedCredential")},
            description="Omitted members keep their values; `null` removes an optional one.",
            body=Body(
                request(
                    {},
                    {
                        "holder": request({}, {"name": text(200), **_CHANGED}),
                        "valid_from": _TIMESTAMP,
                        "valid_until": nullable(_TIMESTAMP),
                        "evidence": nullable(_EVIDENCE),
                        "reason": _REASON,
                    },
                ),
                {"holder": {"name": "Kofi Mensah"}, "reason": "The name was misspelt."},
            ),
            path={"id": PUBLIC_ID},
            problems=("nothing_to_correct", *_REISSUE_PROBLEMS),
            idempotent=True,
            headers=("Location",),
        ),
        Operation(
            "POST /v1/credentials/{id}/renew",
            "renewCredential",
            "Renew a credential, valid from now",
            {201: ref("IssuedCredential")},
            body=Body(
                request({}, {"valid_until": nullable(_TIMESTAMP)}),
                {"valid_until": "2030-01-31T00:00:00Z"},
                required=False,
            ),
            path={"id": PUBLIC_ID},
            problems=_REISSUE_PROBLEMS,
            idempotent=True,
            headers=("Location",),
        ),
        _decision("revoke", "Revoke a credential permanently", "Issued to the wrong person."),
        _decision("suspend", "Suspend a credential", "A complaint is being investigated."),
        _decision("reinstate", "Reinstate a suspended credential", "The complaint was unfounded."),
        Operation(
            "POST /v1/credentials/{id}/send",
            "resendCredential",
            "Resend the email about a credential",
            {202: ref("Delivery")},
            path={"id": PUBLIC_ID},
            problems=("refused", "conflict"),
        ),
    ),
    {"IssuedCredential": _ISSUED, "CredentialRow": _ROW, "StatusChange": _DECISION, "Delivery": _DELIVERY},
)
