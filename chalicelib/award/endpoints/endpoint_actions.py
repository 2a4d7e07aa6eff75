"""Actions on endpoints: create, change, rotate the secret, pause, delete, test, and send messages again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from chalicelib.analytics.event import Kind
from chalicelib.analytics.ulid import ENTROPY_BYTES, ulid
from chalicelib.award import daily_limits
from chalicelib.award.derived_ids import derived_id
from chalicelib.award.endpoints import document
from chalicelib.award.endpoints.endpoint import KINDS, TEST, Endpoint, EndpointStore, Message, Pause, State
from chalicelib.award.endpoints.publishing import queue, task_of
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.webhooks import signature
from chalicelib.award.webhooks.webhook import Secret
from chalicelib.award.webhooks.webhook_actions import MAX_SECRETS, OVERLAP, Check
from chalicelib.errors import Conflict, LaurelError, NotFound, Refused, Unavailable
from chalicelib.tasks.task_queue import TaskQueue

MAX_ENDPOINTS = 5
"""Maximum endpoints per issuer. Each event is a message to each, so this bounds what an event costs."""
MAX_REPLAYED = 100
"""Maximum failed messages sent again by one request, in about a second. A repeated request sends the next ones."""
MESSAGES_SHOWN = 50
"""Recent messages in the API."""
_SEARCHED = 1_000
"""Recent messages among which failed ones are found."""


@dataclass(frozen=True, slots=True)
class EndpointContext:
    """Dependencies of endpoints."""

    store: EndpointStore
    tasks: TaskQueue
    """The queue of the messages."""
    check_url: Callable[[str], object]
    """Raises `Unavailable` with the reason why the guarded fetcher never opens a URL."""
    issuer_context: IssuerContext


@dataclass(frozen=True, slots=True)
class EndpointDraft:
    """What a person chooses. ``version`` is the one that a change is based on."""

    url: str
    kinds: tuple[str, ...]
    paused: bool = False
    version: int | None = None


@dataclass(frozen=True, slots=True)
class EndpointWithSecret:
    """An endpoint and its new secret as text, which is shown once."""

    endpoint: Endpoint
    secret: str


def add(
    context: EndpointContext,
    issuer_id: str,
    draft: EndpointDraft,
    form_id: str | None = None,
    *,
    still_allowed: Check,
) -> EndpointWithSecret:
    """Create an endpoint. For ``form_id`` see `id_of`, for ``still_allowed`` see `Check`. Raises `Refused`
    (`url_refused`, `unknown_kind`, `too_many_endpoints`), `Unavailable`, and `Conflict` when this form has created
    one."""
    _check(context, draft)
    now = context.issuer_context.clock()
    secret = Secret(context.issuer_context.entropy(signature.SECRET_BYTES), now)
    paused = Pause.MANUAL if draft.paused else None
    endpoint = Endpoint(
        context.issuer_context.public_id() if form_id is None else id_of(issuer_id, form_id),
        issuer_id,
        draft.url,
        _ordered(draft.kinds),
        (secret,),
        now,
        paused,
    )
    context.store.add_endpoint(endpoint)
    try:
        # Counted with the new one, because several may be created at once.
        if sum(1 for _ in context.store.endpoints(issuer_id)) > MAX_ENDPOINTS:
            raise Refused(
                f"An issuer can have up to {MAX_ENDPOINTS} endpoints. Delete one first.", code="too_many_endpoints"
            )
        still_allowed()
    except LaurelError:
        context.store.remove_endpoint(endpoint)
        raise
    return EndpointWithSecret(endpoint, signature.write_secret(secret.value))


def id_of(issuer_id: str, form_id: str) -> str:
    """The id of the endpoint that a form creates, so that resubmitting it creates no second one. ``form_id`` is what
    the form sends, so no one can choose an id, such as that of another issuer's endpoint."""
    return derived_id(b"", "endpoint", issuer_id, form_id)


def change(context: EndpointContext, issuer_id: str, endpoint_id: str, draft: EndpointDraft) -> Endpoint:
    """Replace the URL and the kinds, and pause or resume. Raises as `add`, `NotFound`, and `Conflict`
    (`version_conflict`)."""
    before = context.store.endpoint(issuer_id, endpoint_id)
    _check(context, draft)
    if draft.version not in (None, before.version):
        raise _changed()
    paused = (before.paused or Pause.MANUAL) if draft.paused else None
    resumed = before.paused is not None and paused is None
    return _replace(
        context,
        replace(
            before,
            url=draft.url,
            kinds=_ordered(draft.kinds),
            paused=paused,
            failing_since=None if resumed or draft.url != before.url else before.failing_since,
        ),
    )


def rotate(
    context: EndpointContext, issuer_id: str, endpoint_id: str, version: int | None = None
) -> EndpointWithSecret:
    """Create a new secret. Messages are also signed with the previous one for `OVERLAP`, so that the receiver can
    change to the new one at any time. Raises `NotFound`, `Conflict` (`version_conflict`)."""
    before = context.store.endpoint(issuer_id, endpoint_id)
    if version not in (None, before.version):
        raise _changed()
    now = context.issuer_context.clock()
    current, *older = before.secrets
    kept = [each for each in older if each.expires is not None and now < each.expires]
    fresh = Secret(context.issuer_context.entropy(signature.SECRET_BYTES), now)
    earlier = (replace(current, expires=now + OVERLAP), *kept)[: MAX_SECRETS - 1]
    after = _replace(context, replace(before, secrets=(fresh, *earlier)))
    return EndpointWithSecret(after, signature.write_secret(fresh.value))


def remove(context: EndpointContext, issuer_id: str, endpoint_id: str) -> None:
    """Delete an endpoint and its secrets. Raises `NotFound`."""
    context.store.remove_endpoint(context.store.endpoint(issuer_id, endpoint_id))


def test(context: EndpointContext, issuer_id: str, endpoint_id: str) -> Message:
    """Queue a message that tests an endpoint. Raises `NotFound`, `Refused` (`endpoint_paused`), `QuotaExceeded`
    (`daily_limit_exceeded`)."""
    endpoint = _running(context, issuer_id, endpoint_id)
    _take(context, issuer_id, 1)
    now = context.issuer_context.clock()
    message_id = ulid(now, context.issuer_context.entropy(ENTROPY_BYTES))
    body = document.text(document.of_test(issuer_id, now))
    message = Message(message_id, issuer_id, endpoint.id, TEST, body, now, now)
    queue(context.store, context.tasks, [message])
    return message


def replay(context: EndpointContext, issuer_id: str, endpoint_id: str, message_id: str) -> Message:
    """Send a message again, whose id and body stay the same. Raises as `test`."""
    _running(context, issuer_id, endpoint_id)
    message = context.store.message(issuer_id, endpoint_id, message_id)
    if message is None:
        raise NotFound("This endpoint has no such message.")
    _take(context, issuer_id, 1)
    return _again(context, message)


def replay_failed(context: EndpointContext, issuer_id: str, endpoint_id: str) -> int:
    """Resend recent failed messages, at most `MAX_REPLAYED`, and return how many. Raises as `test`."""
    _running(context, issuer_id, endpoint_id)
    found = context.store.messages(issuer_id, endpoint_id, context.issuer_context.clock(), _SEARCHED)
    failed = [message for message in found if message.state is State.FAILED][:MAX_REPLAYED]
    if failed:
        _take(context, issuer_id, len(failed))
    for message in failed:
        _again(context, message)
    return len(failed)


def _take(context: EndpointContext, issuer_id: str, amount: int) -> None:
    """Count messages that a person queues. Raises `QuotaExceeded` (`daily_limit_exceeded`)."""
    issuer = context.issuer_context.issuer_store.issuer(issuer_id)
    daily_limits.take(context.issuer_context, issuer, daily_limits.QUEUED_MESSAGES, amount)


def _again(context: EndpointContext, message: Message) -> Message:
    now = context.issuer_context.clock()
    after = replace(message, state=State.WAITING, queued=now, due=now, attempts=0, version=message.version + 1)
    context.tasks.add([task_of(after)])  # first, because without its message a task does nothing
    try:
        context.store.replace_message(after)
    except Conflict as error:
        raise _changed() from error
    return after


def _running(context: EndpointContext, issuer_id: str, endpoint_id: str) -> Endpoint:
    endpoint = context.store.endpoint(issuer_id, endpoint_id)
    if endpoint.paused is not None:
        raise Refused("This endpoint is paused. Resume it first.", code="endpoint_paused")
    return endpoint


def _replace(context: EndpointContext, endpoint: Endpoint) -> Endpoint:
    after = replace(endpoint, version=endpoint.version + 1)
    try:
        context.store.replace_endpoint(after)
    except Conflict as error:
        raise _changed() from error
    return after


def _changed() -> Conflict:
    return Conflict("Someone else changed this endpoint. Reload it before you change it.", code="version_conflict")


def _ordered(kinds: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(kind.value for kind in KINDS if kind.value in kinds)


def _check(context: EndpointContext, draft: EndpointDraft) -> None:
    try:
        context.check_url(draft.url)
    except Unavailable as error:
        raise Refused(error.detail, code="url_refused") from error
    known = {kind.value for kind in KINDS}
    if unknown := sorted(set(draft.kinds) - known):
        raise Refused(f"Unknown event type: {unknown[0][:80]!r}.", code="unknown_kind")
    if not draft.kinds:
        raise Refused("Choose at least one event type.", code="unknown_kind")


DEFAULT_KINDS = (Kind.ISSUED.value, Kind.REVOKED.value, Kind.SHARED.value, Kind.CONVERSION.value)
"""The kinds that a new endpoint gets unless someone chooses others."""
