"""Issuers, their members, API keys and domains."""

from __future__ import annotations

from chalicelib.access.roles import Role
from chalicelib.award.issuers.issuer_actions import MAX_FOOTER
from chalicelib.credential.issuer import ProofLocation
from chalicelib.embed.artefacts.template import Template
from chalicelib.http.api.issuers import WORDS
from chalicelib.http.input import query
from tools.openapi.operation import Area, Body, Operation, Query
from tools.openapi.schema import (
    BOOLEAN,
    EMAIL,
    ISSUER,
    STRING,
    TIME,
    Schema,
    array,
    described,
    nullable,
    one_of,
    ref,
    request,
    response,
    text,
    whole,
)

_TEXT = nullable(STRING)
VERSION = described(
    whole(1, 2**31), "The version that you last read. If it is out of date, the response is `version_conflict`."
)
_LIMITS: dict[str, Schema] = {
    "footer": text(MAX_FOOTER),
    "certificate_template": one_of(Template),
    "directory": one_of(["yes"]),
}
_PROFILE: dict[str, Schema] = {name: nullable(_LIMITS.get(name, text())) for name in WORDS}
_REQUIRED = ("name", "url", "description")
_ISSUER = response(
    {
        "id": ISSUER,
        "did": STRING,
        "name": STRING,
        "url": STRING,
        "description": STRING,
        **dict.fromkeys(("email", "image", "accent"), _TEXT),
        "version": whole(1),
        **dict.fromkeys(("embed_sites", "certificate_template", "font", "footer", "directory", "page_host"), _TEXT),
        "keys": array(
            response(
                {
                    "id": STRING,
                    "p256": _TEXT,
                    "created": TIME,
                    "retired": nullable(TIME),
                    "revoked": nullable(TIME),
                }
            )
        ),
    }
)
_MEMBER = {"email": EMAIL, "role": one_of(Role), "since": TIME}
_KEY = {
    "id": STRING,
    "name": STRING,
    "role": nullable(one_of(Role)),
    "created": TIME,
    "created_by": STRING,
    "member": described(_TEXT, "The member that the key belongs to; null for an organization key."),
    "used": nullable(TIME),
}
_PROOF = response({"domain": STRING, "place": one_of(ProofLocation), "url": STRING, "seen": TIME, "current": BOOLEAN})
_REVOKE = {
    "revoke": Query(
        {"type": "string", "minLength": 1, "maxLength": query.MAX_LENGTH},
        "Ids of organization keys to revoke as well, comma-separated.",
    )
}
_MEMBER_PATH: dict[str, Schema] = {"id": described(STRING, "The email address.")}
_TEXT_PROBLEMS = ("bad_text", "name_reserved", "refused", "conflict")

AREA = Area(
    "Issuers",
    "An issuer's profile, members, API keys and domains.",
    (
        Operation(
            "GET /v1/issuers",
            "listIssuers",
            "List the issuer of the API key; for an operator, all issuers",
            {200: response({"items": array(ref("Issuer"))})},
        ),
        Operation(
            "POST /v1/issuers",
            "createIssuer",
            "Create an issuer and its first owner",
            {201: ref("Issuer")},
            body=Body(
                request(
                    {"id": text(), **{name: text() for name in _REQUIRED}, "owner": text()},
                    {name: each for name, each in _PROFILE.items() if name not in _REQUIRED},
                ),
                {
                    "id": "harbour-college",
                    "name": "Harbour College",
                    "url": "https://harbour.example/",
                    "description": "A college by the sea.",
                    "owner": "owner@harbour.example",
                },
            ),
            problems=_TEXT_PROBLEMS,
            headers=("Location",),
        ),
        Operation("GET /v1/issuers/{id}", "readIssuer", "Get an issuer", {200: ref("Issuer")}, path={"id": ISSUER}),
        Operation(
            "PATCH /v1/issuers/{id}",
            "changeIssuer",
            "Update an issuer's profile",
            {200: ref("Issuer")},
            body=Body(request({"version": VERSION}, _PROFILE), {"version": 1, "description": "A college by the sea."}),
            path={"id": ISSUER},
            problems=("name_change_needs_operator", "version_conflict", *_TEXT_PROBLEMS),
        ),
        Operation("GET /v1/members", "listMembers", "List members", {200: response({"items": array(ref("Member"))})}),
        Operation(
            "POST /v1/members",
            "addMember",
            "Add a member",
            {201: response({**_MEMBER, "notified": described(BOOLEAN, "Whether Laurel emailed them.")})},
            body=Body(
                request({"email": text(), "role": one_of(Role)}),
                {"email": "kofi@example.org", "role": Role.EDITOR.value},
            ),
            problems=("conflict", "refused"),
        ),
        Operation(
            "PUT /v1/members/{id}",
            "changeMember",
            "Update a member's role",
            {200: response({**_MEMBER, "organization": array(ref("ApiKey"))})},
            description="`organization` lists the organization keys that still work.",
            body=Body(request({"role": one_of(Role)}), {"role": Role.EDITOR.value}),
            path=_MEMBER_PATH,
            query=_REVOKE,
            problems=("conflict", "refused"),
        ),
        Operation(
            "DELETE /v1/members/{id}",
            "removeMember",
            "Remove a member and revoke their API keys",
            {200: response({"revoked": array(ref("ApiKey")), "organization": array(ref("ApiKey"))})},
            path=_MEMBER_PATH,
            query=_REVOKE,
            problems=("conflict", "refused"),
        ),
        Operation(
            "GET /v1/tokens",
            "listApiKeys",
            "List API keys, without their secrets",
            {200: response({"items": array(ref("ApiKey"))})},
        ),
        Operation(
            "POST /v1/tokens",
            "createApiKey",
            "Create an API key",
            {201: response({**_KEY, "token": described(STRING, "The API key, shown only once.")})},
            body=Body(
                request({"name": text(), "role": one_of(Role)}, {"organization": nullable(BOOLEAN)}),
                {"name": "Learning platform", "role": Role.EDITOR.value},
            ),
            problems=("conflict", "refused", "bad_text"),
        ),
        Operation("DELETE /v1/tokens/{id}", "revokeApiKey", "Revoke an API key", {204: None}),
        Operation(
            "GET /v1/domains",
            "listDomains",
            "List verified domains, and what to publish to verify one",
            {
                200: response(
                    {
                        "items": array(ref("Domain")),
                        "publish": response(
                            {
                                "record": response({"name": STRING, "type": {"const": "TXT"}, "text": STRING}),
                                "file": response({"url": STRING, "line": STRING}),
                            }
                        ),
                    }
                )
            },
        ),
        Operation(
            "POST /v1/domains",
            "verifyDomain",
            "Verify a domain",
            {201: ref("Domain")},
            body=Body(request({"domain": text()}), {"domain": "harbour.example"}),
            problems=("domain_shared", "refused", "conflict"),
        ),
        Operation("DELETE /v1/domains/{id}", "removeDomain", "Remove a domain", {204: None}, problems=("conflict",)),
    ),
    {"Issuer": _ISSUER, "Member": response(_MEMBER), "ApiKey": response(_KEY), "Domain": _PROOF},
)
