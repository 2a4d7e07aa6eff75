"""Credentials hosted by Laurel, and the public documents needed to verify them."""

from __future__ import annotations

from chalicelib.analytics.channel import Channel
from chalicelib.analytics.event import Kind
from chalicelib.credential.public_id import PATTERN
from chalicelib.credential.record import State
from chalicelib.embed.oembed import MEDIA_TYPES, PROVIDER
from chalicelib.http.embed.events import CLICKABLE
from chalicelib.http.embed.oembed import MAX_DIGITS, MAX_URL
from chalicelib.http.input import negotiation
from tools.openapi.areas.verification import ISSUER_CHECK, RECEIPT, RECIPIENT, VERDICT
from tools.openapi.operation import Area, Body, Content, Operation, Query
from tools.openapi.schema import (
    ACHIEVEMENT_ID,
    INTEGER,
    ISSUER,
    NULL,
    OBJECT,
    PUBLIC_ID,
    STRING,
    TIME,
    URL,
    anchored,
    array,
    described,
    nullable,
    one_of,
    ref,
    request,
    response,
    whole,
)

_SIGNED = {
    negotiation.VC: described(OBJECT, "The signed credential, byte for byte as it was issued."),
    negotiation.LD_JSON: OBJECT,
    negotiation.VC_JWT: described(STRING, "The credential as a VC-JWT, if it was issued as one."),
}
_HTML = {negotiation.HTML: STRING}
_GONE_PROBLEMS = ("taken_down", "erased")
_SUMMARY = response(
    {
        "id": PUBLIC_ID,
        "url": URL,
        "verdict": VERDICT,
        "checked_at": TIME,
        "credential": {"anyOf": [ref("VerifiedView"), NULL]},
        "issuer_check": ISSUER_CHECK,
        "status": response({"state": one_of(State), "at": TIME, "reason": nullable(STRING)}),
        "replaced_by": {"anyOf": [ref("Replacement"), NULL]},
        "pathways": array(
            response(
                {
                    "id": PUBLIC_ID,
                    "name": STRING,
                    "next": array(ref("NextStep")),
                    "reward": nullable(STRING),
                    "steps": whole(1),
                    "place": nullable(whole(1)),
                }
            )
        ),
        "links": response({"page": URL, "report": URL, "status_lists": array(URL)}),
    }
)
_RECEIPT = {"id": PUBLIC_ID, "url": URL, "jws": described(STRING, "A compact JWS (RFC 7515), also a JWT."), "keys": URL}
_DID = described(OBJECT, "A DID document (DID Core 1.0).")
_OEMBED = response(
    {
        "type": one_of(("link", "rich")),
        "version": {"const": "1.0"},
        "title": STRING,
        "provider_name": {"const": PROVIDER},
        "provider_url": URL,
        "cache_age": INTEGER,
    },
    {"author_name": STRING, "html": STRING, "width": INTEGER, "height": INTEGER},
)
_PIXELS = {"type": "integer", "minimum": 1, "maximum": 10**MAX_DIGITS - 1}
_EVENT = {
    "oneOf": [
        request(
            {"kind": {"const": Kind.CLICK.value}, "credential": PUBLIC_ID, "widget": one_of(CLICKABLE)},
            {"host": described(STRING, "The host of the website that shows the widget.")},
        ),
        request({"kind": {"const": Kind.SHARED.value}, "credential": PUBLIC_ID, "channel": one_of(Channel)}),
    ]
}
EXAMPLE_ID = "valid222222222222222222222"

AREA = Area(
    "Hosted credentials",
    "Credentials hosted by Laurel, verified for each response, and the documents that anyone needs to verify them.",
    (
        Operation(
            "GET /c/{id}",
            "readCredential",
            "Get a credential by its link, as a report, a signed credential or HTML depending on `Accept`",
            {
                200: Content(
                    {negotiation.JSON: ref("Report"), **_SIGNED, **_HTML}, "In the format that `Accept` asks for."
                )
            },
            path={"id": PUBLIC_ID},
            problems=("not_acceptable", *_GONE_PROBLEMS),
        ),
        Operation(
            "GET /v1/credentials/{id}",
            "summarizeCredential",
            "Get a summary of a credential",
            {200: _SUMMARY},
            path={"id": PUBLIC_ID},
            problems=_GONE_PROBLEMS,
        ),
        Operation(
            "GET /v1/credentials/{id}/report",
            "reportOnCredential",
            "Get the verification report on a credential",
            {200: ref("Report")},
            path={"id": PUBLIC_ID},
            problems=_GONE_PROBLEMS,
        ),
        Operation(
            "POST /v1/credentials/{id}/report",
            "reportOnCredentialForRecipient",
            "Get the verification report on a credential, and check whether it was issued to a given person (check 9)",
            {200: ref("Report")},
            body=Body(
                {
                    "anyOf": [
                        request({"recipient": RECIPIENT}, {"receipt": RECEIPT}),
                        request({"receipt": {"const": True}}),
                    ]
                },
                {"recipient": {"email": "ada@example.org"}, "receipt": True},
            ),
            path={"id": PUBLIC_ID},
            problems=_GONE_PROBLEMS,
        ),
        Operation(
            "GET /c/{id}/credential.json",
            "downloadCredential",
            "Download the signed credential",
            {200: Content({negotiation.VC: OBJECT})},
            path={"id": PUBLIC_ID},
            problems=_GONE_PROBLEMS,
        ),
        Operation(
            "GET /c/{id}/credential.jwt",
            "downloadCredentialAsJwt",
            "Download the signed credential as a JWT, if it was also issued as one",
            {200: Content({negotiation.VC_JWT: STRING})},
            path={"id": PUBLIC_ID},
            problems=_GONE_PROBLEMS,
        ),
        Operation(
            "GET /status/{list}",
            "readStatusList",
            "Get a signed status list",
            {200: Content(dict.fromkeys((negotiation.VC, negotiation.LD_JSON, negotiation.JSON), OBJECT)), 304: None},
            path={"list": PUBLIC_ID},
            problems=("not_acceptable",),
            headers=("ETag",),
        ),
        Operation(
            "GET /.well-known/did.json",
            "readHostDid",
            "Get the DID document of the host",
            {200: Content({negotiation.DID_JSON: _DID}), 304: None},
            headers=("ETag",),
        ),
        Operation(
            "GET /issuers/{id}/did.json",
            "readIssuerDid",
            "Get the DID document of an issuer",
            {200: Content({negotiation.DID_JSON: _DID}), 304: None},
            path={"id": ISSUER},
            headers=("ETag",),
        ),
        Operation(
            "GET /.well-known/jwks.json",
            "readReceiptKeys",
            "Get the public keys that verify receipts",
            {200: Content({negotiation.JWK_SET: response({"keys": array(OBJECT)})}), 304: None},
            headers=("ETag",),
        ),
        Operation(
            "GET /r/{file}",
            "readReceipt",
            "Get a receipt, as JSON or HTML depending on `Accept`, or as a file: `{id}.json`, `{id}.jws`",
            {200: Content({negotiation.JSON: ref("Receipt"), negotiation.JOSE: STRING, **_HTML}), 304: None},
            path={"file": {"type": "string", "pattern": anchored(rf"{PATTERN}(?:\.(?:json|jws))?")}},
        ),
        Operation(
            "GET /oembed",
            "embedCredential",
            "Get the embed for a link to a credential (oEmbed 1.0)",
            {200: Content({MEDIA_TYPES["json"]: _OEMBED, MEDIA_TYPES["xml"]: STRING}), 304: None},
            query={
                "url": Query({**URL, "maxLength": MAX_URL}, "The link to the credential's page.", required=True),
                "format": Query(one_of(MEDIA_TYPES)),
                "maxwidth": Query(_PIXELS),
                "maxheight": Query(_PIXELS),
            },
            problems=("not_found", "format_not_supported", *_GONE_PROBLEMS),
            headers=("ETag",),
        ),
        Operation(
            "POST /v1/events",
            "reportEvent",
            "Report that a visitor clicked a widget or started to share a credential",
            {202: None},
            description="The response is the same whether or not the report is stored.",
            body=Body(
                _EVENT,
                {"kind": Kind.CLICK.value, "credential": EXAMPLE_ID, "widget": CLICKABLE[0].value},
                types=("application/x-www-form-urlencoded",),
            ),
            problems=("not_found", *_GONE_PROBLEMS),
        ),
    ),
    {
        "ReceiptLink": response(_RECEIPT),
        "Receipt": response(
            {
                **_RECEIPT,
                "claims": described(OBJECT, "The signed claims: see docs/receipts.md."),
                "readable": described(nullable(OBJECT), "The human-readable part; null after it has been erased."),
            }
        ),
        "NextStep": response({"achievement": ACHIEVEMENT_ID, "name": STRING, "url": nullable(STRING)}),
    },
)
