"""Create, change and delete webhooks, and rotate their secrets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.award.derived_ids import SECRET_BYTES
from chalicelib.award.input.text_rules import check_text
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.webhooks import signature
from chalicelib.award.webhooks.webhook import MAX_COURSE, Fields, Secret, Webhook, WebhookStore
from chalicelib.credential.public_id import PUBLIC_ID
from chalicelib.errors import Conflict, LaurelError, NotFound, Refused
from chalicelib.json_pointer import check_pointer

MAX_WEBHOOKS = 20
"""Maximum webhooks per issuer: one for each system that reports completions, and one for testing."""
MAX_COURSES = 500
"""Maximum courses per webhook; with the longest ids they fill half of a DynamoDB item."""
MAX_NAMES = 3
"""Maximum JSON pointers whose values are joined into a name."""
OVERLAP = timedelta(hours=24)
"""How long the previous secret stays valid after a rotation, so that every sender can be updated."""
MAX_SECRETS = 5
"""Maximum secrets that are valid at the same time. Each is tried for every message, and no owner rotates more often in
a day by mistake."""
DELIVERIES_SHOWN = 50
"""Most recent deliveries shown to an issuer."""


Check = Callable[[], object]
"""Raises when the caller may no longer manage webhooks. It is called after a new secret is stored; if it raises,
the secret is removed again: a person who is removed or demoted at the same moment never sees a secret that works."""


def _anyone() -> None:
    """The check of a caller that cannot be removed, such as the command line."""


@dataclass(frozen=True, slots=True)
class WebhookDraft:
    """The settings of a webhook that an issuer chooses."""

    name: str
    fields: Fields
    courses: Mapping[str, str]
    dry_run: bool
    version: int | None = None
    """The version that the change is based on; required to change a webhook."""


@dataclass(frozen=True, slots=True)
class WebhookWithSecret:
    """A webhook with its new secret, which is shown once."""

    webhook: Webhook
    secret: str


def add(
    issuer_context: IssuerContext,
    webhooks: WebhookStore,
    issuer_id: str,
    draft: WebhookDraft,
    webhook_id: str | None = None,
    *,
    still_allowed: Check = _anyone,
) -> WebhookWithSecret:
    """Create a webhook. Pass a ``webhook_id`` to make a repeated call fail instead of creating a second webhook.
    For ``still_allowed`` see `Check`.

    Raises `Refused` for an invalid id (`bad_id`), text, pointer (`bad_pointer`) or course table (`bad_courses`), an
    achievement that the issuer does not have (`unknown_achievement`), or too many webhooks (`too_many_webhooks`);
    `Conflict` when the issuer already has a webhook with this id; `NotFound` for the issuer.
    """
    issuer_context.issuer_store.issuer(issuer_id)
    if webhook_id is not None and not PUBLIC_ID.fullmatch(webhook_id):
        raise Refused("This is not a webhook id.", code="bad_id")
    _check(issuer_context, issuer_id, draft)
    if sum(1 for _ in webhooks.webhooks(issuer_id)) >= MAX_WEBHOOKS:
        raise Refused(f"An issuer can have up to {MAX_WEBHOOKS} webhooks. Delete one first.", code="too_many_webhooks")
    now = issuer_context.now()
    secret = Secret(issuer_context.entropy(signature.SECRET_BYTES), now)
    webhook = Webhook(
        id=webhook_id or issuer_context.public_id(),
        issuer_id=issuer_id,
        name=draft.name,
        fields=draft.fields,
        courses=draft.courses,
        dry_run=draft.dry_run,
        secrets=(secret,),
        seed=issuer_context.entropy(SECRET_BYTES),
        created=now,
    )
    webhooks.add_webhook(webhook)
    try:
        still_allowed()
    except LaurelError:
        webhooks.remove_webhook(webhook)
        raise
    return WebhookWithSecret(webhook, signature.write_secret(secret.value))


def change(
    issuer_context: IssuerContext, webhooks: WebhookStore, issuer_id: str, webhook_id: str, draft: WebhookDraft
) -> Webhook:
    """Replace the settings of a webhook; its secrets stay.

    Repeating the same change, for example after a lost response, is harmless. Raises as `add`, `NotFound`, and
    `Conflict` (`version_conflict`) when the webhook has changed since the version that ``draft`` is based on.
    """
    before = webhooks.webhook(issuer_id, webhook_id)
    _check(issuer_context, issuer_id, draft)
    if draft.version != before.version:
        if draft.version == before.version - 1 and _has_settings(before, draft):
            return before
        raise _changed(before.version)
    after = replace(
        before,
        name=draft.name,
        fields=draft.fields,
        courses=draft.courses,
        dry_run=draft.dry_run,
        version=before.version + 1,
    )
    try:
        webhooks.replace_webhook(after)
    except Conflict as error:
        raise _changed() from error
    return after


def rotate(
    issuer_context: IssuerContext,
    webhooks: WebhookStore,
    issuer_id: str,
    webhook_id: str,
    version: int | None = None,
    *,
    leaked: bool = False,
    still_allowed: Check = _anyone,
) -> WebhookWithSecret:
    """Create a new secret. The previous one stays valid for `OVERLAP`, and older ones until the time set for them
    earlier: a second rotation must not end the one that the sender still uses. All stop working at once if one of them
    has ``leaked``.

    ``version`` is the one that the caller saw, so that a repeated call, or two people at once, rotate once; None is for
    an operator's command line. For ``still_allowed`` see `Check`. Raises `NotFound`, and `Conflict`
    (`version_conflict`) when it has changed since.
    """
    before = webhooks.webhook(issuer_id, webhook_id)
    if version is not None and version != before.version:
        raise _changed(before.version)
    now = issuer_context.now()
    fresh = Secret(issuer_context.entropy(signature.SECRET_BYTES), now)
    earlier = () if leaked else _still_valid(before, now)
    after = replace(before, secrets=(fresh, *earlier[: MAX_SECRETS - 1]), version=before.version + 1)
    try:
        webhooks.replace_webhook(after)
    except Conflict as error:
        raise _changed() from error
    try:
        still_allowed()
    except LaurelError:
        webhooks.replace_webhook(replace(after, secrets=before.secrets, version=after.version + 1))
        raise
    return WebhookWithSecret(after, signature.write_secret(fresh.value))


def remove(webhooks: WebhookStore, issuer_id: str, webhook_id: str) -> None:
    """Delete a webhook; credentials issued through it stay. Raises `NotFound`."""
    webhooks.remove_webhook(webhooks.webhook(issuer_id, webhook_id))


def _still_valid(webhook: Webhook, now: datetime) -> tuple[Secret, ...]:
    """Its secrets after a rotation at ``now``, newest first."""
    current, *older = webhook.secrets
    kept = (secret for secret in older if secret.expires is not None and now < secret.expires)
    return (replace(current, expires=now + OVERLAP), *kept)


def _has_settings(webhook: Webhook, draft: WebhookDraft) -> bool:
    return (webhook.name, webhook.fields, dict(webhook.courses), webhook.dry_run) == (
        draft.name,
        draft.fields,
        dict(draft.courses),
        draft.dry_run,
    )


def _changed(present: int | None = None) -> Conflict:
    now = f"; its version is now {present}" if present else ""
    return Conflict(f"Someone else changed this webhook{now}. Reload it before you change it.", code="version_conflict")


def _check(issuer_context: IssuerContext, issuer_id: str, draft: WebhookDraft) -> None:
    check_text("webhook's name", draft.name, 200)
    fields = draft.fields
    if not 1 <= len(fields.name) <= MAX_NAMES:
        raise Refused(f"Use 1 to {MAX_NAMES} JSON Pointers for the name.", code="bad_pointer")
    named = {"email": fields.email, "course": fields.course, "completed": fields.completed}
    optional = {"completed_at": fields.completed_at, "evidence": fields.evidence}
    for name, pointer in [*(("name", each) for each in fields.name), *named.items(), *optional.items()]:
        if pointer is not None:
            check_pointer(name, pointer)
    if isinstance(fields.completed_value, str):
        check_text("completion value", fields.completed_value, 200)
    if len(draft.courses) > MAX_COURSES:
        raise Refused(f"A webhook can have up to {MAX_COURSES} courses. Create another webhook.", code="bad_courses")
    for course in draft.courses:
        check_text("course's id", course, MAX_COURSE)
    for achievement_id in sorted(set(draft.courses.values())):
        try:
            issuer_context.issuer_store.achievement(issuer_id, achievement_id)
        except NotFound as error:
            raise Refused(
                f"This issuer does not have the achievement {achievement_id[:80]!r}.", code="unknown_achievement"
            ) from error
