"""Entries for endpoints."""

from __future__ import annotations

from chalicelib.award.endpoints import endpoint_actions
from chalicelib.award.endpoints.endpoint_actions import EndpointDraft
from tests.http.matrix import Builder, Call, EntryContext

ENDPOINT = {"url": "https://crm.example/laurel", "kinds": ["issued"]}
FORM = {"url": "https://crm.example/laurel", "kind_issued": "yes"}


def create_endpoint(at: EntryContext) -> str:
    at.laurel.endpoint_store.stored.clear()  # an issuer may have a few only
    draft = EndpointDraft("https://crm.example/laurel", ("issued",))
    created = endpoint_actions.add(at.laurel.endpoint_context, at.owner, draft, still_allowed=lambda: None)
    return created.endpoint.id


def create_message(at: EntryContext) -> str:
    endpoint_id = create_endpoint(at)
    return f"{endpoint_id}/messages/{endpoint_actions.test(at.laurel.endpoint_context, at.owner, endpoint_id).id}"


def new(at: EntryContext, path: str = "/v1/endpoints") -> str:
    at.laurel.endpoint_store.stored.clear()
    return path


ENTRIES: dict[tuple[str, str], Builder] = {
    ("GET", "/v1/endpoints"): lambda _at: Call("/v1/endpoints"),
    ("POST", "/v1/endpoints"): lambda at: Call(new(at), json=ENDPOINT, allowed_status=201),
    ("GET", "/v1/endpoints/{id}"): lambda at: Call(f"/v1/endpoints/{create_endpoint(at)}"),
    ("PUT", "/v1/endpoints/{id}"): lambda at: Call(
        f"/v1/endpoints/{create_endpoint(at)}", json={**ENDPOINT, "version": 1}
    ),
    ("DELETE", "/v1/endpoints/{id}"): lambda at: Call(f"/v1/endpoints/{create_endpoint(at)}", allowed_status=204),
    ("POST", "/v1/endpoints/{id}/rotate"): lambda at: Call(
        f"/v1/endpoints/{create_endpoint(at)}/rotate", json={"version": 1}
    ),
    ("POST", "/v1/endpoints/{id}/test"): lambda at: Call(
        f"/v1/endpoints/{create_endpoint(at)}/test", json={}, allowed_status=202
    ),
    ("POST", "/v1/endpoints/{id}/replay"): lambda at: Call(
        f"/v1/endpoints/{create_endpoint(at)}/replay", json={}, allowed_status=202
    ),
    ("POST", "/v1/endpoints/{id}/messages/{message}/replay"): lambda at: Call(
        f"/v1/endpoints/{create_message(at)}/replay", json={}, allowed_status=202
    ),
    ("GET", "/console/{issuer}/endpoints"): lambda at: Call(f"/console/{at.console_issuer}/endpoints"),
    ("GET", "/console/{issuer}/endpoints/new"): lambda at: Call(f"/console/{at.console_issuer}/endpoints/new"),
    ("POST", "/console/{issuer}/endpoints/new"): lambda at: Call(
        new(at, f"/console/{at.console_issuer}/endpoints/new"), form=FORM
    ),
    ("GET", "/console/{issuer}/endpoints/{id}"): lambda at: Call(
        f"/console/{at.console_issuer}/endpoints/{create_endpoint(at)}"
    ),
    ("POST", "/console/{issuer}/endpoints/{id}"): lambda at: Call(
        f"/console/{at.console_issuer}/endpoints/{create_endpoint(at)}", form={"do": "test"}, allowed_status=303
    ),
}
