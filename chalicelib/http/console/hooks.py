"""Webhooks: where a learning platform tells of a completion, and a credential is awarded by itself."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.access.caller import Caller, Person
from chalicelib.access.roles import Act
from chalicelib.award import hook_wire, inbound
from chalicelib.award.hooks import Fields, Hook, Outcome
from chalicelib.award.inbound import HookDraft, Made
from chalicelib.award.text import check_text
from chalicelib.errors import Conflict, Refused
from chalicelib.http.access import member
from chalicelib.http.console import filled, frame
from chalicelib.http.console.filled import Filled
from chalicelib.http.console.frame import Frame
from chalicelib.http.console.words import Face
from chalicelib.http.ports import Services
from chalicelib.http.reply import Reply
from chalicelib.http.routing import Routes

MISSING = "There is no such webhook here. Look at the list of webhooks."
SHOWN = 20
"""Messages that are listed."""
OUTCOMES = {
    Outcome.ISSUED: Face("Awarded", "good"),
    Outcome.TRIED: Face("Tried, nothing awarded", "open"),
    Outcome.IGNORED: Face("Tells of nothing completed", "none"),
    Outcome.REFUSED: Face("Refused", "bad"),
}
USUAL = {
    "name_at": "/learner/first_name /learner/last_name",
    "email": "/learner/email",
    "course": "/course/id",
    "completed_at": "/completed_at",
    "completed": "/event",
    "completed_value": "course_completed",
    "dry_run": "yes",
}
"""What a new one begins with: the messages of docs/webhooks.md."""


def routes(services: Services) -> Routes:
    """`/console/{issuer}/hooks`."""
    bound = Routes(__name__, services)

    @bound.bind("/console/{issuer}/hooks", access=member(Act.MANAGE))
    def everything(request: Request, caller: Caller, person: Person) -> Reply:
        around = frame.of(services, request, caller, person, "hooks")
        return frame.show(around, "hooks.html", found=tuple(services.hooks.hooks(caller.issuer_id)))

    @bound.bind("/console/{issuer}/hooks/new", access=member(Act.MANAGE))
    def new(request: Request, caller: Caller, person: Person) -> Reply:
        return _shown(services, frame.of(services, request, caller, person, "hooks"), Filled(USUAL))

    @bound.bind("/console/{issuer}/hooks/new", access=member(Act.MANAGE), methods=("POST",))
    def add(request: Request, caller: Caller, person: Person) -> Reply:
        around = frame.of(services, request, caller, person, "hooks")
        form = filled.sent(request)
        draft = _draft(form)
        if draft is not None:
            with form.judged(""):
                made = inbound.add(services.awarding, services.hooks, caller.issuer_id, draft)
                # No redirect: its secret can be shown in this one answer only.
                return _shown(services, around, of(made.hook), made.hook, made)
        return _shown(services, around, form)

    @bound.bind("/console/{issuer}/hooks/{id}", access=member(Act.MANAGE), missing=MISSING)
    def one(request: Request, caller: Caller, person: Person, hook_id: str) -> Reply:
        around = frame.of(services, request, caller, person, "hooks")
        hook = services.hooks.hook(caller.issuer_id, hook_id)
        return _shown(services, around, of(hook), hook)

    @bound.bind("/console/{issuer}/hooks/{id}", access=member(Act.MANAGE), methods=("POST",), missing=MISSING)
    def change(request: Request, caller: Caller, person: Person, hook_id: str) -> Reply:
        around = frame.of(services, request, caller, person, "hooks")
        hook = services.hooks.hook(caller.issuer_id, hook_id)
        return _changed(services, around, hook, filled.sent(request))

    return bound


def of(hook: Hook) -> Filled:
    """The form filled with what ``hook`` says now."""
    fields = hook.fields
    return Filled(
        {
            "name": hook.name,
            "name_at": " ".join(fields.name),
            "email": fields.email,
            "course": fields.course,
            "completed": fields.completed,
            "completed_value": _written(fields.completed_value),
            "completed_at": fields.completed_at or "",
            "evidence": fields.evidence or "",
            "courses": "\n".join(f"{course} = {achievement}" for course, achievement in hook.courses.items()),
            "dry_run": "yes" if hook.dry_run else "",
        }
    )


def _changed(services: Services, around: Frame, hook: Hook, form: Filled) -> Reply:
    match form.said("do"):
        case "remove":
            inbound.remove(services.hooks, hook.issuer_id, hook.id)
            return frame.sent_on(f"{around.at}/hooks", did="hook_removed")
        case "rotate":
            made = inbound.rotate(services.awarding, services.hooks, hook.issuer_id, hook.id)
            return _shown(services, around, of(made.hook), made.hook, made)
    draft = _draft(form)
    if draft is not None:
        try:
            inbound.change(services.awarding, services.hooks, hook.issuer_id, hook.id, draft)
        except (Refused, Conflict) as error:
            form.fault("", error.detail)
        else:
            return frame.sent_on(f"{around.at}/hooks/{hook.id}", did="hook_changed")
    return _shown(services, around, form, hook)


def _draft(form: Filled) -> HookDraft | None:
    """What ``form`` says of a webhook; None when it has faults."""
    form.check("name", lambda said: check_text("name", said, 200))
    for name in ("name_at", "email", "course", "completed"):
        if not form.said(name):
            form.fault(name, "Say where it stands in a message, such as /learner/email.")
    if not form.said("completed_value"):
        form.fault("completed_value", "Say what stands there when a course is completed.")
    courses = _courses(form)
    if form.faults:
        return None
    fields = Fields(
        name=tuple(form.said("name_at").split()),
        email=form.said("email"),
        course=form.said("course"),
        completed=form.said("completed"),
        completed_value=_read(form.said("completed_value")),
        completed_at=form.or_none("completed_at"),
        evidence=form.or_none("evidence"),
    )
    return HookDraft(form.said("name"), fields, courses, bool(form.said("dry_run")))


def _courses(form: Filled) -> dict[str, str]:
    """The achievement that each course earns, from lines of `course = achievement`."""
    found: dict[str, str] = {}
    for number, line in enumerate(form.lines("courses").split("\n"), 1):
        course, equals, achievement = line.rpartition("=")
        if not line.strip():
            continue
        if not equals or not course.strip() or not achievement.strip():
            form.fault("courses", f"Line {number} is not of the form: course = achievement.")
        elif course.strip() in found:
            form.fault("courses", f"Line {number}: this course stands in the list already.")
        found[course.strip()] = achievement.strip()
    if not found:
        form.fault("courses", "Name at least one course, and what it earns.")
    return found


def _read(said: str) -> str | bool:
    """What stands in a message: `true` and `false` are JSON's own."""
    return {"true": True, "false": False}.get(said, said)


def _written(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _shown(
    services: Services, around: Frame, form: Filled, hook: Hook | None = None, made: Made | None = None
) -> Reply:
    found = sorted(services.awarding.ledger.achievements(around.tenant), key=lambda one: one.name.casefold())
    now = services.awarding.now()
    came = services.hooks.deliveries(around.tenant, hook.id, now, SHOWN) if hook else ()
    return frame.show(
        around,
        "hook.html",
        status=form.status,
        form=form,
        hook=hook,
        secret=made.secret if made else None,
        address=hook_wire.address(hook, around.base_url) if hook else "",
        achievements=[one for one in found if not one.archived],
        came=came,
        outcomes=OUTCOMES,
    )
