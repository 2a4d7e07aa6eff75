"""Hooks: for issuers to manage, and for other systems to tell of completions."""

from __future__ import annotations

import re

from chalice.app import Request

from chalicelib.access.caller import Caller
from chalicelib.access.roles import Act
from chalicelib.award import hook_wire, inbound
from chalicelib.award.hooks import Hook
from chalicelib.award.inbound import KEPT, MAX_BODY, Answer, Made
from chalicelib.award.webhooks import Message
from chalicelib.credential.build import credential_url
from chalicelib.errors import NotFound, Unauthenticated
from chalicelib.http import body, log
from chalicelib.http.access import BY_SECRET, token
from chalicelib.http.pathways import sent
from chalicelib.http.ports import Services
from chalicelib.http.problem import Problem
from chalicelib.http.reply import Reply, as_json
from chalicelib.http.routing import Routes

MISSING = "This issuer has no hook with that id."
GONE = "There is no hook at this address. Copy it again from the hook, or stop sending here."

_ADDRESS = re.compile(r"([a-z0-9-]{1,64})\.([a-z2-7]{26})", re.ASCII)
"""What `hook_wire.address` ends in."""


def routes(services: Services) -> Routes:
    """`/v1/hooks` and below, and `/hooks/{id}`."""
    bound = Routes(__name__, services)
    base_url = services.settings.base_url

    @bound.bind("/v1/hooks", access=token(Act.READ))
    def listing(_request: Request, caller: Caller) -> Reply:
        found = services.hooks.hooks(caller.issuer_id)
        return as_json({"items": [hook_wire.write(hook, base_url) for hook in found], "next": None})

    @bound.bind("/v1/hooks", access=token(Act.MANAGE), methods=("POST",))
    def add(request: Request, caller: Caller) -> Reply:
        made = inbound.add(services.awarding, services.hooks, caller.issuer_id, sent(request, hook_wire.read))
        return _made(made, base_url, status=201)

    @bound.bind("/v1/hooks/{id}", access=token(Act.READ), missing=MISSING)
    def show(_request: Request, caller: Caller, hook_id: str) -> Reply:
        return _with_deliveries(services, services.hooks.hook(caller.issuer_id, hook_id))

    @bound.bind("/v1/hooks/{id}", access=token(Act.MANAGE), methods=("PUT",), missing=MISSING)
    def change(request: Request, caller: Caller, hook_id: str) -> Reply:
        draft = sent(request, hook_wire.read)
        changed = inbound.change(services.awarding, services.hooks, caller.issuer_id, hook_id, draft)
        return as_json(hook_wire.write(changed, base_url))

    @bound.bind("/v1/hooks/{id}", access=token(Act.MANAGE), methods=("DELETE",), missing=MISSING)
    def remove(_request: Request, caller: Caller, hook_id: str) -> Reply:
        inbound.remove(services.hooks, caller.issuer_id, hook_id)
        return Reply("", "text/plain", 204)

    @bound.bind("/v1/hooks/{id}/rotate", access=token(Act.MANAGE), methods=("POST",), missing=MISSING)
    def rotate(_request: Request, caller: Caller, hook_id: str) -> Reply:
        return _made(inbound.rotate(services.awarding, services.hooks, caller.issuer_id, hook_id), base_url)

    @bound.bind("/hooks/{id}", access=BY_SECRET, methods=("POST",), missing=GONE)
    def receive(request: Request, where: str) -> Reply:
        found = _ADDRESS.fullmatch(where)
        if found is None:
            raise NotFound("no such hook")
        log.tenant(found[1])
        message = Message(
            id=request.headers.get("webhook-id", ""),
            timestamp=request.headers.get("webhook-timestamp", ""),
            signature=request.headers.get("webhook-signature", ""),
            body=body.content(request, MAX_BODY),
        )
        try:
            answer = inbound.receive(services.awarding, services.hooks, found[1], found[2], message)
        except Unauthenticated as error:
            # Signing is no scheme of HTTP's own, but a 401 has to name one (RFC 9110, 15.5.2).
            raise Problem("bad_signature", error.detail, headers={"WWW-Authenticate": "StandardWebhooks"}) from error
        return as_json(_answer(answer, base_url))

    return bound


def _made(made: Made, base_url: str, status: int = 200) -> Reply:
    return as_json({**hook_wire.write(made.hook, base_url), "secret": made.secret}, status=status)


def _with_deliveries(services: Services, hook: Hook) -> Reply:
    now = services.awarding.now()
    found = services.hooks.deliveries(hook.issuer_id, hook.id, now, KEPT)
    shape = hook_wire.write(hook, services.settings.base_url)
    return as_json({**shape, "deliveries": [hook_wire.write_delivery(each) for each in found]})


def _answer(answer: Answer, base_url: str) -> dict[str, object]:
    issued = answer.credential_id
    return {
        "outcome": answer.outcome.value,
        "achievement": answer.achievement_id,
        "credential": None if issued is None else {"id": issued, "url": credential_url(base_url, issued)},
    }
