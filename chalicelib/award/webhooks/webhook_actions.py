"""What an issuer does with hooks, and what a message that comes in by one does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from chalicelib.award.derived_ids import SECRET_BYTES, derived_id
from chalicelib.award.input.json_pointer import Absent, check_pointer, resolve
from chalicelib.award.input.text_rules import check_text
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuing import issue
from chalicelib.award.issuing.issue import Award
from chalicelib.award.webhooks import signature
from chalicelib.award.webhooks.signature import TOLERANCE, Message
from chalicelib.award.webhooks.webhook import (
    Delivery,
    Fields,
    Outcome,
    Secret,
    Webhook,
    WebhookStore,
)
from chalicelib.credential import dates, strict_json
from chalicelib.credential.build import EvidenceLink, Holder
from chalicelib.credential.strict_json import Caps
from chalicelib.errors import Conflict, Malformed, NotFound, Refused

MAX_BODY = 64 * 1024
"""Bytes of a message; Standard Webhooks recommends less than 20 KB ("Payload size")."""
MAX_HOOKS = 20
"""Of one issuer: one for each system that tells of completions, and one to try things out."""
MAX_COURSES = 500
"""In one hook's table; with the longest ids it takes half of what DynamoDB holds in an item."""
MAX_COURSE = 200
"""Characters of a sender's id of a course."""
MAX_NAMES = 3
"""Places that a name is put together from."""
OVERLAP = timedelta(hours=24)
"""How long the secret before the newest is still good: time to bring the new one to every sender."""
KEPT = 50
"""Deliveries that an issuer is shown."""
REUSED = "message_id_reused"

_ID = re.compile(r"[a-z2-7]{26}", re.ASCII)


@dataclass(frozen=True, slots=True)
class WebhookDraft:
    """What an issuer says of a hook."""

    name: str
    fields: Fields
    courses: Mapping[str, str]
    dry_run: bool


@dataclass(frozen=True, slots=True)
class Made:
    """A hook with a new secret, as it is shown once."""

    webhook: Webhook
    secret: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a sender is told."""

    outcome: Outcome
    credential_id: str | None = None
    achievement_id: str | None = None


def add(
    issuer_context: IssuerContext,
    webhooks: WebhookStore,
    issuer_id: str,
    draft: WebhookDraft,
    hook_id: str | None = None,
) -> Made:
    """Store a new hook. Whoever may ask twice for the same gives it a ``hook_id``.

    Raises `Refused` for an id that is none (`bad_id`), for a text, a pointer (`bad_pointer`), a table (`bad_courses`)
    that is not acceptable, an achievement that the issuer does not have (`unknown_achievement`), or one hook too many
    (`too_many_hooks`); `Conflict` when the issuer has a hook of that id already; `NotFound` for the issuer.
    """
    issuer_context.issuer_store.issuer(issuer_id)
    if hook_id is not None and not _ID.fullmatch(hook_id):
        raise Refused("This is not a webhook id.", code="bad_id")
    _check(issuer_context, issuer_id, draft)
    if sum(1 for _ in webhooks.webhooks(issuer_id)) >= MAX_HOOKS:
        raise Refused(f"An issuer can have up to {MAX_HOOKS} webhooks. Delete one.", code="too_many_hooks")
    now = issuer_context.now()
    secret = Secret(issuer_context.entropy(signature.SECRET_BYTES), now)
    webhook = Webhook(
        id=hook_id or issuer_context.public_id(),
        issuer_id=issuer_id,
        name=draft.name,
        fields=draft.fields,
        courses=draft.courses,
        dry_run=draft.dry_run,
        secrets=(secret,),
        seed=issuer_context.entropy(SECRET_BYTES),
        created=now,
    )
    webhooks.add_hook(webhook)
    return Made(webhook, signature.write_secret(secret.value))


def change(
    issuer_context: IssuerContext, webhooks: WebhookStore, issuer_id: str, hook_id: str, draft: WebhookDraft
) -> Webhook:
    """Store another name, mapping, table or state of a hook; its secrets stay. Raises as `add`, and `Conflict`."""
    before = webhooks.webhook(issuer_id, hook_id)
    _check(issuer_context, issuer_id, draft)
    after = replace(
        before,
        name=draft.name,
        fields=draft.fields,
        courses=draft.courses,
        dry_run=draft.dry_run,
        version=before.version + 1,
    )
    webhooks.replace_hook(after)
    return after


def rotate(
    issuer_context: IssuerContext, webhooks: WebhookStore, issuer_id: str, hook_id: str, version: int | None = None
) -> Made:
    """Give a hook a new secret. The one before it is good for `OVERLAP` more, older ones no longer.

    Whoever may ask twice for the same says by ``version`` which hook they saw. Raises `NotFound`, `Conflict` when that
    is no longer the newest, or another writer was first.
    """
    before = webhooks.webhook(issuer_id, hook_id)
    if version is not None and version != before.version:
        raise Conflict("The webhook was changed in the meantime.", code="version_conflict")
    now = issuer_context.now()
    fresh = Secret(issuer_context.entropy(signature.SECRET_BYTES), now)
    after = replace(
        before, secrets=(fresh, replace(before.secrets[0], expires=now + OVERLAP)), version=before.version + 1
    )
    webhooks.replace_hook(after)
    return Made(after, signature.write_secret(fresh.value))


def remove(webhooks: WebhookStore, issuer_id: str, hook_id: str) -> None:
    """Take a hook away; what was issued by it stays. Raises `NotFound`."""
    webhooks.remove_hook(webhooks.webhook(issuer_id, hook_id))


def receive(
    issuer_context: IssuerContext, webhooks: WebhookStore, issuer_id: str, hook_id: str, message: Message
) -> Answer:
    """Do what a message asks for, once: the same message again gets the same answer.

    Raises `NotFound` for the hook, `Unauthenticated` when nobody who knows the secret sent it just now; then nothing
    is kept. Everything after that is kept among the hook's deliveries: `Malformed` for a body that is no JSON object,
    `Refused` (`course_unknown`, `message_incomplete`, or what `issue.issue` refuses), `Conflict` (`message_id_reused`)
    for an id that was another holder's. Raises `Unavailable` and other kinds of `Conflict` as `issue.issue` does,
    which are not kept, because the sender tries again.
    """
    webhook = webhooks.webhook(issuer_id, hook_id)
    # To the microsecond: a message that is repeated within a second is a delivery of its own.
    now = issuer_context.clock().astimezone(UTC)
    good = [secret.value for secret in webhook.secrets if secret.expires is None or now < secret.expires]
    signature.verify(message, good, now)
    # It follows from the message's id alone, and it is the credential's: a sender that repeats a message, at once, from
    # two machines or after a crash of ours, at whatever time, meets the credential that it issued.
    credential_id = derived_id(webhook.seed, "message", webhook.id, message.id)
    course: str | None = None
    try:
        body = strict_json.parse(message.body, Caps(size=MAX_BODY))
        course = _course(webhook.fields, body)
        answer = _issued_before(issuer_context, webhook, body, credential_id) or _do(
            issuer_context, webhook, body, course, credential_id
        )
    except (Malformed, Refused, Conflict) as error:
        if not isinstance(error, Conflict) or error.code == REUSED:
            webhooks.keep(webhook, _delivery(message, now, Outcome.REFUSED, course, code=error.code))
        raise
    webhooks.keep(webhook, _delivery(message, now, answer.outcome, course, credential_id=answer.credential_id))
    return answer


def _issued_before(
    issuer_context: IssuerContext, webhook: Webhook, body: Mapping[str, object], credential_id: str
) -> Answer | None:
    try:
        record = issuer_context.issuer_store.record(credential_id)
        issued_to = issuer_context.issuer_store.recipient(credential_id).email
    except NotFound:
        return None
    try:
        email = _text(body, webhook.fields.email, "")
    except Refused:
        email = None  # the hook reads messages in another way by now
    if email is not None and email.lower() != issued_to:
        # A sender that gives all its messages one id would otherwise be told each time that all is well.
        raise Conflict(
            "This webhook-id was used for another holder's completion. Give each completion its own id.",
            code=REUSED,
        )
    return Answer(Outcome.ISSUED, record.id, record.achievement_id)


def _do(
    issuer_context: IssuerContext, webhook: Webhook, body: Mapping[str, object], course: str | None, credential_id: str
) -> Answer:
    if not _completed(webhook.fields, body):
        return Answer(Outcome.IGNORED)
    if course is None:
        raise _incomplete(webhook.fields.course, "the id of a course")
    achievement_id = webhook.courses.get(course)
    if achievement_id is None:
        raise Refused(f"This webhook has no achievement for the course {course!r}.", code="course_unknown")
    award = Award(
        issuer_id=webhook.issuer_id,
        achievement_id=achievement_id,
        holder=Holder(_name(webhook.fields, body), _text(body, webhook.fields.email, "an e-mail address")),
        valid_from=_completed_at(webhook.fields, body, issuer_context.now()),
        evidence=_evidence(webhook.fields, body),
        credential_id=credential_id,
        notify=True,
    )
    if webhook.dry_run:
        issue.check(award, issuer_context.issuer_store.achievement(webhook.issuer_id, achievement_id))
        return Answer(Outcome.TRIED, achievement_id=achievement_id)
    record = issue.issue(issuer_context, award)
    return Answer(Outcome.ISSUED, record.id, record.achievement_id)


def _completed(fields: Fields, body: Mapping[str, object]) -> bool:
    try:
        found = resolve(body, fields.completed)
    except Absent:
        return False
    # In Python True is 1, in JSON it is not.
    return type(found) is type(fields.completed_value) and found == fields.completed_value


def _course(fields: Fields, body: Mapping[str, object]) -> str | None:
    try:
        found = resolve(body, fields.course)
    except Absent:
        return None
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    return found[:MAX_COURSE] if isinstance(found, str) and found.strip() else None


def _name(fields: Fields, body: Mapping[str, object]) -> str:
    return " ".join(_text(body, pointer, "a name") for pointer in fields.name)


def _text(body: Mapping[str, object], pointer: str, what: str) -> str:
    try:
        found = resolve(body, pointer)
    except Absent as error:
        raise _incomplete(pointer, what) from error
    if not isinstance(found, str) or not found.strip():
        raise _incomplete(pointer, what)
    return found.strip()


def _completed_at(fields: Fields, body: Mapping[str, object], now: datetime) -> datetime | None:
    if fields.completed_at is None:
        return None
    what = "the time of completion: seconds since 1970, or RFC 3339"
    try:
        found = resolve(body, fields.completed_at)
        if isinstance(found, int) and not isinstance(found, bool):
            at = datetime.fromtimestamp(found, UTC)
        else:
            at = dates.parse(found)
    except (Absent, Malformed, ValueError, OverflowError, OSError) as error:
        raise _incomplete(fields.completed_at, what) from error
    if at > now + TOLERANCE:
        raise Refused(f"The time at {fields.completed_at} is in the future.", code="message_incomplete")
    return at


def _evidence(fields: Fields, body: Mapping[str, object]) -> tuple[EvidenceLink, ...]:
    # Not every completion has something to show; an achievement that demands evidence refuses those that have not.
    try:
        found = None if fields.evidence is None else resolve(body, fields.evidence)
    except Absent:
        found = None
    return (EvidenceLink(found, "What was done to earn it"),) if isinstance(found, str) and found.strip() else ()


def _incomplete(pointer: str, what: str) -> Refused:
    # What does stand there is not said again: it may be anything about anybody.
    return Refused(f"At {pointer or 'the top'} of the message there is no {what}.", code="message_incomplete")


def _delivery(
    message: Message,
    at: datetime,
    outcome: Outcome,
    course: str | None,
    *,
    code: str | None = None,
    credential_id: str | None = None,
) -> Delivery:
    return Delivery(at, message.id, outcome, code, course, credential_id, len(message.body))


def _check(issuer_context: IssuerContext, issuer_id: str, draft: WebhookDraft) -> None:
    check_text("webhook's name", draft.name, 200)
    fields = draft.fields
    if not 1 <= len(fields.name) <= MAX_NAMES:
        raise Refused(f"A name takes 1 to {MAX_NAMES} pointers.", code="bad_pointer")
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
