"""Webhook routes: issuers manage webhooks, and other systems report completions through them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from chalice.app import Request

from chalicelib.access.caller import Caller
from chalicelib.access.roles import Permission
from chalicelib.award.input.field_errors import FieldError
from chalicelib.award.webhooks import signature, webhook_actions, webhook_json
from chalicelib.award.webhooks.receive import MAX_BODY, Answer, receive_message
from chalicelib.award.webhooks.signature import Message
from chalicelib.award.webhooks.webhook import Webhook
from chalicelib.award.webhooks.webhook_actions import (
    DELIVERIES_SHOWN,
    WebhookDraft,
    WebhookWithSecret,
)
from chalicelib.credential.build import credential_url
from chalicelib.credential.public_id import PATTERN
from chalicelib.errors import NotFound, Unauthenticated
from chalicelib.http.api.pathways import sent
from chalicelib.http.core import authentication, log
from chalicelib.http.core.access import BY_SECRET, token
from chalicelib.http.core.ports import Services
from chalicelib.http.core.problem import Problem
from chalicelib.http.core.response import Reply, as_json
from chalicelib.http.core.routing import Routes
from chalicelib.http.input import body
from chalicelib.http.input.json_body import JsonReader

MISSING = "This issuer does not have this webhook."
GONE = "This webhook does not exist. Check its URL in the console, or stop sending messages to it."

_ADDRESS = re.compile(rf"([a-z0-9-]{{1,64}})\.({PATTERN})", re.ASCII)
"""The last path segment of `webhook_json.address`."""


def routes(services: Services) -> Routes:
    """Create the routes `/v1/webhooks` and below, and `/webhooks/{id}`."""
    bound = Routes(__name__, services)
    base_url = services.settings.base_url

    @bound.bind("/v1/webhooks", access=token(Permission.READ))
    def listing(_request: Request, caller: Caller) -> Reply:
        found = services.webhooks.webhooks(caller.issuer_id)
        return as_json({"items": [webhook_json.write(webhook, base_url) for webhook in found], "next": None})

    @bound.bind("/v1/webhooks", access=token(Permission.MANAGE), methods=("POST",))
    def add(request: Request, caller: Caller) -> Reply:
        created = webhook_actions.add(
            services.issuer_context,
            services.webhooks,
            caller.issuer_id,
            sent(request, webhook_json.read),
            still_allowed=_still_allowed(services, request),
        )
        return _created(created, base_url, status=201)

    @bound.bind("/v1/webhooks/{id}", access=token(Permission.READ), missing=MISSING)
    def show(_request: Request, caller: Caller, webhook_id: str) -> Reply:
        return _with_deliveries(services, services.webhooks.webhook(caller.issuer_id, webhook_id))

    @bound.bind("/v1/webhooks/{id}", access=token(Permission.MANAGE), methods=("PUT",), missing=MISSING)
    def change(request: Request, caller: Caller, webhook_id: str) -> Reply:
        draft = sent(request, _read_change)
        changed = webhook_actions.change(
            services.issuer_context, services.webhooks, caller.issuer_id, webhook_id, draft
        )
        return as_json(webhook_json.write(changed, base_url))

    @bound.bind("/v1/webhooks/{id}", access=token(Permission.MANAGE), methods=("DELETE",), missing=MISSING)
    def remove(_request: Request, caller: Caller, webhook_id: str) -> Reply:
        webhook_actions.remove(services.webhooks, caller.issuer_id, webhook_id)
        return Reply("", "text/plain", 204)

    @bound.bind("/v1/webhooks/{id}/rotate", access=token(Permission.MANAGE), methods=("POST",), missing=MISSING)
    def rotate(request: Request, caller: Caller, webhook_id: str) -> Reply:
        reader = JsonReader(body.json_object(request))
        version, leaked = reader.version(), reader.flag("leaked", default=False)
        reader.finish()
        created = webhook_actions.rotate(
            services.issuer_context,
            services.webhooks,
            caller.issuer_id,
            webhook_id,
            version,
            leaked=leaked,
            still_allowed=_still_allowed(services, request),
        )
        return _created(created, base_url)

    @bound.bind("/webhooks/{id}", access=BY_SECRET, methods=("POST",), missing=GONE)
    def receive(request: Request, where: str) -> Reply:
        found = _ADDRESS.fullmatch(where)
        if found is None:
            raise NotFound("no such webhook")
        log.tenant(found[1])
        webhook = services.webhooks.webhook(found[1], found[2])
        sent_id, timestamp, signed = (
            str(request.headers.get(f"webhook-{name}", "")) for name in ("id", "timestamp", "signature")
        )
        try:
            signature.check_headers(sent_id, timestamp, signed)
            message = Message(sent_id, timestamp, signed, body.content(request, MAX_BODY))
            answer = receive_message(services.issuer_context, services.webhooks, webhook, message)
        except Unauthenticated as error:
            # A signature is not a registered HTTP authentication scheme, but a 401 must name one (RFC 9110, 15.5.2).
            raise Problem("bad_signature", error.detail, headers={"WWW-Authenticate": "StandardWebhooks"}) from error
        return as_json(_answer(answer, base_url))

    return bound


def _still_allowed(services: Services, request: Request) -> Callable[[], object]:
    return lambda: authentication.caller(services.access_context, request, Permission.MANAGE)


def _read_change(document: Mapping[str, object]) -> WebhookDraft:
    draft = webhook_json.read(document)
    if draft.version is None:
        raise FieldError("/version", "Send the version that you read, so that changes by others are not lost.")
    return draft


def _created(created: WebhookWithSecret, base_url: str, status: int = 200) -> Reply:
    return as_json({**webhook_json.write(created.webhook, base_url), "secret": created.secret}, status=status)


def _with_deliveries(services: Services, webhook: Webhook) -> Reply:
    now = services.issuer_context.now()
    found = services.webhooks.deliveries(webhook.issuer_id, webhook.id, now, DELIVERIES_SHOWN)
    to_json = webhook_json.write(webhook, services.settings.base_url)
    return as_json({**to_json, "deliveries": [webhook_json.write_delivery(each) for each in found]})


def _answer(answer: Answer, base_url: str) -> dict[str, object]:
    issued = answer.credential_id
    return {
        "outcome": answer.outcome.value,
        "achievement": answer.achievement_id,
        "credential": None if issued is None else {"id": issued, "url": credential_url(base_url, issued)},
    }
