"""A hook as JSON, as it is sent and answered.

{"name": "Moodle", "dry_run": true,
 "fields": {"name": ["/user/firstname", "/user/lastname"], "email": "/user/email", "course": "/course/id",
            "completed": {"at": "/event", "is": "course_completed"}, "completed_at": "/time", "evidence": "/link"},
 "courses": {"42": "<achievement>"}}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

from chalicelib.award.hooks import Delivery, Fields, Hook, Secret
from chalicelib.award.inbound import HookDraft
from chalicelib.credential import dates
from chalicelib.errors import Malformed

_FIELDS = ("name", "email", "course", "completed", "completed_at", "evidence")


def read(sent: Mapping[str, object]) -> HookDraft:
    """The draft in ``sent``. Raises `Malformed` (`invalid_request`) with the place and the fault; what the members say
    is judged by `inbound.add`."""
    _only(sent, ("name", "dry_run", "fields", "courses"), "")
    dry_run = sent.get("dry_run", False)
    if not isinstance(dry_run, bool):
        _fault("/dry_run", "It is true or false.")
    return HookDraft(_text(sent, "name", ""), _fields(sent.get("fields")), _courses(sent.get("courses", {})), dry_run)


def write(hook: Hook, base_url: str) -> dict[str, object]:
    """``hook`` as an answer. Its secrets are not in it."""
    fields = hook.fields
    return {
        "id": hook.id,
        "name": hook.name,
        "url": address(hook, base_url),
        "dry_run": hook.dry_run,
        "fields": {
            "name": list(fields.name),
            "email": fields.email,
            "course": fields.course,
            "completed": {"at": fields.completed, "is": fields.completed_value},
            "completed_at": fields.completed_at,
            "evidence": fields.evidence,
        },
        "courses": dict(hook.courses),
        "secrets": [_secret(secret) for secret in hook.secrets],
        "created": dates.write(hook.created),
    }


def address(hook: Hook, base_url: str) -> str:
    """Where messages for ``hook`` are sent. It names the issuer too, so that the hook is read under its tenant."""
    return f"{base_url}/hooks/{hook.issuer_id}.{hook.id}"


def write_delivery(delivery: Delivery) -> dict[str, object]:
    """What is known of a message that came in."""
    return {
        "at": dates.write(delivery.at),
        "webhook_id": delivery.message_id,
        "outcome": delivery.outcome.value,
        "code": delivery.code,
        "course": delivery.course,
        "credential": delivery.credential_id,
        "bytes": delivery.size,
    }


def _secret(secret: Secret) -> dict[str, object]:
    expires = None if secret.expires is None else dates.write(secret.expires)
    return {"created": dates.write(secret.created), "expires": expires}


def _fields(sent: object) -> Fields:
    if not isinstance(sent, Mapping):
        _fault("/fields", "It is an object that says where in a message what stands.")
    _only(sent, _FIELDS, "/fields")
    name, completed = sent.get("name"), sent.get("completed")
    names = [name] if isinstance(name, str) else name
    if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
        _fault("/fields/name", "It is a JSON pointer, or a list of them.")
    if not isinstance(completed, Mapping):
        _fault("/fields/completed", "It says what means completed: {“at”: a JSON pointer, “is”: the value}.")
    _only(completed, ("at", "is"), "/fields/completed")
    value = completed.get("is")
    if not isinstance(value, str | int):
        _fault("/fields/completed/is", "It is text, a whole number, true or false.")
    return Fields(
        name=tuple(names),
        email=_text(sent, "email", "/fields"),
        course=_text(sent, "course", "/fields"),
        completed=_text(completed, "at", "/fields/completed"),
        completed_value=value,
        completed_at=_optional(sent, "completed_at"),
        evidence=_optional(sent, "evidence"),
    )


def _courses(sent: object) -> dict[str, str]:
    if not isinstance(sent, Mapping):
        _fault("/courses", "It is an object: the sender's id of a course, and the achievement that it earns.")
    courses: dict[str, str] = {}
    for course, achievement_id in sent.items():
        if not isinstance(achievement_id, str):
            _fault(f"/courses/{course[:40]}", "It is the id of an achievement.")
        courses[course] = achievement_id
    return courses


def _optional(sent: Mapping[str, object], name: str) -> str | None:
    return None if sent.get(name) is None else _text(sent, name, "/fields")


def _text(sent: Mapping[str, object], name: str, place: str) -> str:
    value = sent.get(name)
    if not isinstance(value, str):
        _fault(f"{place}/{name}", "It is missing, or not text.")
    return value


def _only(sent: Mapping[str, object], known: tuple[str, ...], place: str) -> None:
    for name in sent:
        if name not in known:
            _fault(f"{place}/{name[:40]}", f"Nothing of this name stands here; known are {', '.join(known)}.")


def _fault(place: str, detail: str) -> NoReturn:
    raise Malformed(f"{place}: {detail}", code="invalid_request")
