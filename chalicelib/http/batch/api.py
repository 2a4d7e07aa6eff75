"""The JSON API of batches."""

from __future__ import annotations

import json
from collections import Counter

from chalice.app import Request

from chalicelib.analytics.event import Kind
from chalicelib.errors import Unauthenticated
from chalicelib.http.batch import answer_json, request_body, result_json
from chalicelib.http.batch.request_body import BatchRequest
from chalicelib.http.core import log
from chalicelib.http.core.access import verifier
from chalicelib.http.core.api_caller import ApiCaller
from chalicelib.http.core.ports import Services
from chalicelib.http.core.problem import Problem
from chalicelib.http.core.response import Reply, as_json, uncached
from chalicelib.http.core.routing import Routes
from chalicelib.http.input import negotiation, request_context
from chalicelib.settings import Function
from chalicelib.verifiers import idempotency, limits
from chalicelib.verifiers.batch import answering, jobs
from chalicelib.verifiers.batch.checking import verdicts_of
from chalicelib.verifiers.batch.jobs import Progress
from chalicelib.verifiers.idempotency import StoredAnswer
from chalicelib.verifiers.scope import Scope

MISSING = "There is no batch with this id, or this API key cannot access it. Batches are deleted after seven days."
_ANONYMOUS = (
    f"Without an API key, a batch can have up to {answering.MAX_ANONYMOUS} items and no Idempotency-Key. Send a "
    "verifier's API key in the header: Authorization: Bearer laurel_vk_..."
)
_TOO_LARGE = "The reports are larger than a response may be. Send fewer items, or report=summary."


def routes(services: Services) -> Routes:
    """Create the routes `/v1/verify/batch` and `/v1/verify/batch/{id}`."""
    bound = Routes(__name__, services, Function.VERIFY)

    @bound.bind("/v1/verify/batch", access=verifier(Scope.BATCH, anonymous=True), methods=("POST",), idempotent=True)
    def verify(request: Request, caller: ApiCaller) -> Reply:
        key = request.headers.get("idempotency-key")
        sent = request_body.read(request)
        if caller.grant is None and (key is not None or len(sent.items) > answering.MAX_ANONYMOUS):
            raise Unauthenticated(_ANONYMOUS)
        if caller.verifier_id is None:
            return _reply(_answered(services, request, sent, caller))
        owner = caller.verifier_id
        answer = idempotency.answer_once(
            services.idempotency,
            owner,
            key,
            sent.content,
            lambda new_id: _answered(services, request, sent, caller, new_id),
        )
        return _reply(answer)

    bound.preflight("/v1/verify/batch")

    @bound.bind("/v1/verify/batch/{id}", access=verifier(Scope.BATCH), missing=MISSING)
    def show(_request: Request, caller: ApiCaller, job_id: str) -> Reply:
        found = jobs.progress(services.batch_jobs, job_id, caller.key.verifier_id)
        link = None
        if found.job.finished is not None:
            link = services.batch_jobs.files.link(job_id, answer_json.LINK_SECONDS)
        return as_json(answer_json.job(found, bound.base_url, link), headers=uncached())

    return bound


def _answered(
    services: Services, request: Request, sent: BatchRequest, caller: ApiCaller, job_id: str = ""
) -> StoredAnswer:
    """Answer at once, or create a job. An answer that was kept costs one item, and a new one all of them."""
    caller.charge(min(len(sent.items), limits.MAX_BATCH_COST))
    base_url = services.settings.base_url
    visit = request_context.create(request, Kind.VERIFICATION)
    write = result_json.writer(base_url)
    found = answering.answer(services.batch_reports, write, sent.items, len(sent.content), sent.detail, visit)
    log.answered_many(visit.kind, verdicts_of(found.checked))
    if len(found.lines) == len(sent.items):
        return StoredAnswer(200, answer_json.results(result_json.worst(found.checked), found.lines))
    if caller.verifier_id is None:
        raise Problem("too_large", _TOO_LARGE)
    job = jobs.create(services.batch_jobs, job_id, caller.verifier_id, sent.detail, sent.texts, found.lines)
    return StoredAnswer(202, json.dumps(answer_json.job(Progress(job, Counter()), base_url)))


def _reply(answer: StoredAnswer) -> Reply:
    headers = uncached()
    if answer.status == 202:
        headers["Location"] = json.loads(answer.body)["links"]["self"]
    return Reply(answer.body, negotiation.JSON, answer.status, headers)
