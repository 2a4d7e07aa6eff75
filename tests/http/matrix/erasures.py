"""Entries for erasures."""

from __future__ import annotations

from chalicelib.erasure import requests
from tests.http.matrix import Builder, Call, EntryContext
from tests.http.matrix.credentials import issue_credential

WRONG = "a" * 65


def create_erasure(at: EntryContext) -> str:
    credential_id = issue_credential(at)
    return requests.request_as_issuer(at.laurel.erasure_context, at.owner, credential_id=credential_id).subject


def list_page(at: EntryContext) -> str:
    create_erasure(at)
    return f"/console/{at.console_issuer}/erasures"


ENTRIES: dict[tuple[str, str], Builder] = {
    ("GET", "/v1/erasures"): lambda at: Call(create_erasure(at) and "/v1/erasures"),
    ("POST", "/v1/erasures"): lambda at: Call(
        "/v1/erasures", json={"credential": issue_credential(at)}, allowed_status=202, foreign_status=404
    ),
    ("DELETE", "/v1/erasures/{id}"): lambda at: Call(f"/v1/erasures/{create_erasure(at)}", allowed_status=204),
    ("GET", "/console/{issuer}/erasures"): lambda at: Call(list_page(at)),
    ("POST", "/console/{issuer}/erasures"): lambda at: Call(
        f"/console/{at.console_issuer}/erasures",
        form={"do": "cancel", "id": create_erasure(at)},
        allowed_status=303,
        foreign_status=404,
    ),
    ("GET", "/mail/erasure/{token}"): lambda _: Call(f"/mail/erasure/{WRONG}", allowed_status=404),
    ("POST", "/mail/erasure/{token}"): lambda _: Call(f"/mail/erasure/{WRONG}", form={}, allowed_status=404),
}
