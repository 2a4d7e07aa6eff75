"""The account of a verifier's API key."""

from __future__ import annotations

from chalicelib.verifiers.scope import Scope
from tools.openapi.operation import Area, Operation
from tools.openapi.schema import NUMBER, STRING, TIME, array, described, nullable, one_of, ref, response, whole

_KEY = {
    "id": STRING,
    "name": STRING,
    "scopes": array(one_of(Scope)),
    "created": TIME,
    "ends": described(nullable(TIME), "When the key stops working, if it has been rotated."),
}
_LIMIT = response({"burst": described(whole(1), "How many items can be sent at once."), "per_second": NUMBER})

AREA = Area(
    "Verifiers",
    "The account that a verifier's API key belongs to. People create keys at `/developers`.",
    (
        Operation(
            "GET /v1/verifier",
            "readVerifier",
            "Get the account of the API key, with its keys and limits",
            {
                200: response(
                    {
                        "id": STRING,
                        "name": STRING,
                        "created": TIME,
                        "key": described(STRING, "The id of the key that you sent."),
                        "keys": array(ref("VerifierKey")),
                        "limits": response({scope.value: _LIMIT for scope in Scope}),
                    }
                )
            },
        ),
        Operation(
            "POST /v1/verifier/key/rotate",
            "rotateVerifierKey",
            "Rotate the API key in use",
            {201: response({**_KEY, "api_key": described(STRING, "The new key, shown only once.")})},
            description="The new key has the same name and scopes. The old one works for 24 more hours.",
            problems=("conflict", "refused", "too_many_requests"),
        ),
        Operation("DELETE /v1/verifier/key", "revokeVerifierKey", "Revoke the API key in use", {204: None}),
    ),
    {"VerifierKey": response(_KEY)},
)
