"""Watches of a verifier, for its programs: `/v1/watches`."""

from __future__ import annotations

import json
import re

from chalice.app import Request

from chalicelib.credential.public_id import PUBLIC_ID
from chalicelib.errors import Unauthenticated
from chalicelib.http.api.pathways import sent
from chalicelib.http.core.access import verifier
from chalicelib.http.core.api_caller import ApiCaller
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, as_json, uncached
from chalicelib.http.core.routing import Routes
from chalicelib.http.input import body, negotiation, query
from chalicelib.http.input.json_body import JsonReader
from chalicelib.verifiers import idempotency
from chalicelib.verifiers.idempotency import StoredAnswer
from chalicelib.verifiers.scope import Scope
from chalicelib.verifiers.watches import changing, creating, watch_json
from chalicelib.verifiers.watches.creating import WatchWithSecret

MISSING = "There is no watch with this id, or this API key cannot access it."
MISSING_TARGET = "There is no credential or receipt with this id."
MISSING_DELIVERY = "This watch has no such delivery. Deliveries are kept for 30 days."
MAX_BODY = 16 * 1024
"""Bytes of a request: two links and a reference."""
MAX_PAGE = 100
_ULID = re.compile("[0-9A-Z]{26}", re.ASCII)


def routes(services: Services) -> Routes:
    """Create the routes `/v1/watches` and below."""
    bound = Routes(__name__, services)
    access = verifier(Scope.WATCH)

    @bound.bind("/v1/watches", access=access)
    def listing(request: Request, caller: ApiCaller) -> Reply:
        filters = query.only(request, "cursor", "limit")
        limit = query.limit(filters, MAX_PAGE)
        after = query.cursor(filters, PUBLIC_ID)
        found = services.watch_context.store.of_verifier(_of(caller), after, limit)
        items = [watch_json.write(watch, bound.base_url) for watch in found]
        return as_json({"items": items, "next": found[-1].id if len(found) == limit else None})

    @bound.bind("/v1/watches", access=access, methods=("POST",), missing=MISSING_TARGET, idempotent=True)
    def create(request: Request, caller: ApiCaller) -> Reply:
        verifier_id = _of(caller)
        content = body.content(request, MAX_BODY)
        draft = sent(request, watch_json.read)

        def act(watch_id: str) -> StoredAnswer:
            made = creating.create(services.watch_context, verifier_id, watch_id, draft)
            return StoredAnswer(201, json.dumps(_with_secret(made, bound.base_url)))

        key = request.headers.get("idempotency-key")
        answer = idempotency.answer_once(services.watch_idempotency, verifier_id, key, content, act)
        headers = {**uncached(), "Location": json.loads(answer.body)["links"]["self"]}
        return Reply(answer.body, negotiation.JSON, answer.status, headers)

    @bound.bind("/v1/watches/{id}", access=access, missing=MISSING)
    def show(_request: Request, caller: ApiCaller, watch_id: str) -> Reply:
        return as_json(watch_json.write(services.watch_context.store.watch(_of(caller), watch_id), bound.base_url))

    @bound.bind("/v1/watches/{id}", access=access, methods=("DELETE",), missing=MISSING)
    def remove(_request: Request, caller: ApiCaller, watch_id: str) -> Reply:
        changing.remove(services.watch_context, _of(caller), watch_id)
        return Reply("", "text/plain", 204)

    @bound.bind("/v1/watches/{id}/rotate-secret", access=access, methods=("POST",), missing=MISSING)
    def rotate(request: Request, caller: ApiCaller, watch_id: str) -> Reply:
        _nothing_in(request)
        return as_json(_with_secret(changing.rotate(services.watch_context, _of(caller), watch_id), bound.base_url))

    @bound.bind("/v1/watches/{id}/test", access=access, methods=("POST",), missing=MISSING)
    def test(request: Request, caller: ApiCaller, watch_id: str) -> Reply:
        _nothing_in(request)
        delivery = changing.test(services.watch_context, _of(caller), watch_id)
        return as_json(watch_json.write_delivery(delivery), status=202)

    @bound.bind("/v1/watches/{id}/deliveries", access=access, missing=MISSING)
    def deliveries(request: Request, caller: ApiCaller, watch_id: str) -> Reply:
        filters = query.only(request, "cursor", "limit")
        limit = query.limit(filters, MAX_PAGE)
        context, before = services.watch_context, query.cursor(filters, _ULID)
        watch = context.store.watch(_of(caller), watch_id)
        found = context.store.deliveries(watch.verifier_id, watch.id, before, limit, context.clock())
        items = [watch_json.write_delivery(delivery) for delivery in found]
        return as_json({"items": items, "next": found[-1].id if len(found) == limit else None})

    @bound.bind(
        "/v1/watches/{id}/deliveries/{delivery}/replay", access=access, methods=("POST",), missing=MISSING_DELIVERY
    )
    def replay(request: Request, caller: ApiCaller, watch_id: str, delivery_id: str) -> Reply:
        _nothing_in(request)
        delivery = changing.replay(services.watch_context, _of(caller), watch_id, delivery_id)
        return as_json(watch_json.write_delivery(delivery), status=202)

    return bound


def _of(caller: ApiCaller) -> str:
    if caller.verifier_id is None:
        raise Unauthenticated("This needs an API key.")
    return caller.verifier_id


def _nothing_in(request: Request) -> None:
    JsonReader(body.json_or_nothing(request)).finish()


def _with_secret(made: WatchWithSecret, base_url: str) -> dict[str, object]:
    return {**watch_json.write(made.watch, base_url), "secret": made.secret}
