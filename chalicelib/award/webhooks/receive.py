"""Receive a webhook message: verify it and issue the credential that it reports as earned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib.award.derived_ids import derived_id
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuing import issue
from chalicelib.award.issuing.issue import Award
from chalicelib.award.webhooks import signature
from chalicelib.award.webhooks.signature import TOLERANCE, Message
from chalicelib.award.webhooks.webhook import MAX_COURSE, Delivery, Fields, Outcome, Webhook, WebhookStore
from chalicelib.credential import dates, email_address, strict_json
from chalicelib.credential.build import EvidenceLink, Holder
from chalicelib.credential.strict_json import Limits
from chalicelib.errors import Conflict, Malformed, NotFound, Refused
from chalicelib.json_pointer import Absent, resolve

MAX_BODY = 64 * 1024
"""Maximum size of a message in bytes; Standard Webhooks recommends less than 20 KB ("Payload size")."""
MESSAGE_ID_REUSED = "message_id_reused"


@dataclass(frozen=True, slots=True)
class Answer:
    """The response to a sender."""

    outcome: Outcome
    credential_id: str | None = None
    achievement_id: str | None = None


def receive_message(
    issuer_context: IssuerContext, webhooks: WebhookStore, webhook: Webhook, message: Message
) -> Answer:
    """Process a message to ``webhook`` once; a repeated message gets the same answer.

    Raises `Unauthenticated` for an invalid signature or timestamp; neither is recorded.
    These are recorded as deliveries: `Malformed` when the body is not a JSON object, `Refused` (`course_unknown`,
    `message_incomplete`, or a code of `issue.issue`), and `Conflict` (`message_id_reused`) for an id that was used for
    another holder. Raises `Unavailable` and other kinds of `Conflict` as `issue.issue` does; they are not recorded,
    because the sender retries.
    """
    # With microseconds, so that a message repeated within a second is a separate delivery.
    now = issuer_context.clock().astimezone(UTC)
    valid_secrets = [secret.value for secret in webhook.secrets if secret.expires is None or now < secret.expires]
    signature.verify(message, valid_secrets, now)
    # The credential's id is derived from the message's id alone, so that a message repeated later, concurrently or
    # after a crash, finds the credential that it issued.
    credential_id = derived_id(webhook.seed, "message", webhook.id, message.id)
    course: str | None = None
    try:
        body = strict_json.parse(message.body, Limits(size=MAX_BODY))
        course = _course(webhook.fields, body)
        answer = _issued_before(issuer_context, webhook, body, credential_id) or _issue(
            issuer_context, webhook, body, course, credential_id
        )
    except (Malformed, Refused, Conflict) as error:
        if not isinstance(error, Conflict) or error.code == MESSAGE_ID_REUSED:
            webhooks.add_delivery(webhook, _delivery(message, now, Outcome.REFUSED, course, code=error.code))
        raise
    webhooks.add_delivery(webhook, _delivery(message, now, answer.outcome, course, credential_id=answer.credential_id))
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
        email = None  # the field mapping has changed since
    if email is not None and email_address.normalize(email) != issued_to:
        # Otherwise a sender that reuses one id for all its messages would get a success each time and issue nothing.
        raise Conflict(
            "This webhook-id was used for another holder's completion. Give each completion its own id.",
            code=MESSAGE_ID_REUSED,
        )
    return Answer(Outcome.ISSUED, record.id, record.achievement_id)


def _issue(
    issuer_context: IssuerContext, webhook: Webhook, body: Mapping[str, object], course: str | None, credential_id: str
) -> Answer:
    if not _completed(webhook.fields, body):
        return Answer(Outcome.IGNORED)
    if course is None:
        raise _incomplete(webhook.fields.course, "course id")
    achievement_id = webhook.courses.get(course)
    if achievement_id is None:
        raise Refused(f"This webhook has no achievement for the course {course!r}.", code="course_unknown")
    award = Award(
        issuer_id=webhook.issuer_id,
        achievement_id=achievement_id,
        holder=Holder(_name(webhook.fields, body), _text(body, webhook.fields.email, "email address")),
        valid_from=_completed_at(webhook.fields, body, issuer_context.now()),
        evidence=_evidence(webhook.fields, body),
        credential_id=credential_id,
        notify=True,
    )
    if webhook.dry_run:
        issue.check(award, issuer_context.issuer_store.achievement(webhook.issuer_id, achievement_id))
        return Answer(Outcome.DRY_RUN, achievement_id=achievement_id)
    record = issue.issue(issuer_context, award)
    return Answer(Outcome.ISSUED, record.id, record.achievement_id)


def _completed(fields: Fields, body: Mapping[str, object]) -> bool:
    try:
        found = resolve(body, fields.completed)
    except Absent:
        return False
    # In Python True equals 1; in JSON it does not.
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
    return " ".join(_text(body, pointer, "name") for pointer in fields.name)


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
    what = "completion time (seconds since 1970, or RFC 3339)"
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
    # Evidence is optional here; issuing refuses a completion without it if the achievement requires evidence.
    try:
        found = None if fields.evidence is None else resolve(body, fields.evidence)
    except Absent:
        found = None
    return (EvidenceLink(found, "Evidence of completion"),) if isinstance(found, str) and found.strip() else ()


def _incomplete(pointer: str, what: str) -> Refused:
    # The value is not repeated, because it may be personal data.
    return Refused(f"The message has no {what} at {pointer or 'its root'}.", code="message_incomplete")


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
