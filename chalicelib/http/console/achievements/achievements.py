"""Achievement pages: list, create, preview, edit and archive. Each edit creates a version."""

from __future__ import annotations

from dataclasses import replace

from chalice.app import Request

from chalicelib.access.caller import Caller, Person
from chalicelib.access.roles import Permission
from chalicelib.award import achievements
from chalicelib.award.achievements import MAX_SKILLS, Content, NewAchievement
from chalicelib.award.images import stored_images
from chalicelib.credential.achievement import Achievement
from chalicelib.errors import Conflict, Refused
from chalicelib.http.console import layout
from chalicelib.http.console.achievements import achievement_form, recommended
from chalicelib.http.console.forms import form_state, uploaded_image
from chalicelib.http.console.forms.form_state import FormState
from chalicelib.http.console.layout import PageContext
from chalicelib.http.core.access import member
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply
from chalicelib.http.core.routing import Routes
from chalicelib.http.input.form import MAX_WITH_FILE

MISSING = "This achievement does not exist. Check the list of achievements."


def routes(services: Services) -> Routes:
    """`/console/{issuer}/achievements`."""
    bound = Routes(__name__, services)

    @bound.bind("/console/{issuer}/achievements", access=member(Permission.READ))
    def list_all(request: Request, caller: Caller, person: Person) -> Reply:
        context = layout.page_context(services, request, caller, person, "achievements")
        found = sorted(
            services.issuer_context.issuer_store.achievements(caller.issuer_id), key=lambda one: one.name.casefold()
        )
        archived = bool(layout.query(request).get("archived"))
        return layout.show(
            context,
            "achievements.html",
            found=[one for one in found if one.archived is archived],
            archived=archived,
            has_archived=any(one.archived for one in found),
        )

    @bound.bind("/console/{issuer}/achievements/new", access=member(Permission.EDIT))
    def new(request: Request, caller: Caller, person: Person) -> Reply:
        context = layout.page_context(services, request, caller, person, "achievements")
        return _render_form(context, FormState({"kind": "Badge"}))

    @bound.bind(
        "/console/{issuer}/achievements/new",
        access=member(Permission.EDIT),
        methods=("POST",),
        max_form=MAX_WITH_FILE,
    )
    def add(request: Request, caller: Caller, person: Person) -> Reply:
        context = layout.page_context(services, request, caller, person, "achievements")
        form = _submitted_form(services, request, caller.issuer_id)
        if not _is_ready_to_save(services, form, caller.issuer_id):
            return _render_form(context, form)
        with form.record_refusal(""):
            new = NewAchievement.of(caller.issuer_id, _content(services, form, caller.issuer_id))
            achievements.add(services.issuer_context, new)
            return layout.redirect(f"{context.issuer_url}/achievements", did="achievement_added")
        return _render_form(context, form)

    @bound.bind("/console/{issuer}/achievements/{id}", access=member(Permission.READ), missing=MISSING)
    def one(request: Request, caller: Caller, person: Person, achievement_id: str) -> Reply:
        context = layout.page_context(services, request, caller, person, "achievements")
        achievement = services.issuer_context.issuer_store.achievement(caller.issuer_id, achievement_id)
        drawn = stored_images.is_drawn_badge(services.issuer_context, achievement.image)
        form = achievement_form.form_from_achievement(achievement, _own(services, caller.issuer_id), drawn=drawn)
        return _render_form(context, form, achievement)

    @bound.bind(
        "/console/{issuer}/achievements/{id}",
        access=member(Permission.EDIT),
        methods=("POST",),
        missing=MISSING,
        max_form=MAX_WITH_FILE,
    )
    def change(request: Request, caller: Caller, person: Person, achievement_id: str) -> Reply:
        context = layout.page_context(services, request, caller, person, "achievements")
        before = services.issuer_context.issuer_store.achievement(caller.issuer_id, achievement_id)
        form = _submitted_form(services, request, caller.issuer_id)
        if not _is_ready_to_save(services, form, caller.issuer_id):
            return _render_form(context, form, before)
        return _changed(services, context, form, before)

    @bound.bind(
        "/console/{issuer}/achievements/{id}/archive",
        access=member(Permission.EDIT),
        methods=("POST",),
        missing=MISSING,
    )
    def archive(request: Request, caller: Caller, person: Person, achievement_id: str) -> Reply:
        archived = bool(form_state.sent(request).text("archived"))
        achievements.archive(services.issuer_context, caller.issuer_id, achievement_id, archived=archived)
        context = layout.page_context(services, request, caller, person, "achievements")
        did = "achievement_archived" if archived else "achievement_restored"
        return layout.redirect(f"{context.issuer_url}/achievements", did=did)

    return bound


def _changed(services: Services, context: PageContext, form: FormState, before: Achievement) -> Reply:
    """Save ``form`` as the version after the one that the person edited."""
    issuer_id = context.tenant
    try:
        content = replace(_content(services, form, issuer_id), archived=before.archived)
        achievements.revise(services.issuer_context, issuer_id, before.id, form.number("version") or 0, content)
    except Conflict as error:
        form.add_error("", error.detail)
        saved = services.issuer_context.issuer_store.achievement(issuer_id, before.id)
        # The form may replace the other person's version only after this person has seen the conflict.
        return _render_form(context, form.with_value("version", str(saved.version)), saved)
    except Refused as error:
        form.add_error("", error.detail)
        return _render_form(context, form, before)
    return layout.redirect(f"{context.issuer_url}/achievements/{before.id}", did="achievement_changed")


def _own(services: Services, issuer_id: str) -> list[Achievement]:
    return list(services.issuer_context.issuer_store.achievements(issuer_id))


def _render_form(context: PageContext, form: FormState, achievement: Achievement | None = None) -> Reply:
    """Render the form of a new or an existing ``achievement``. A viewer gets the preview without a form."""
    accent = context.issuer.accent if context.issuer else None
    preview = achievement_form.preview(form, context.base_url, accent)
    if not context.may("edit"):
        return layout.show(context, "achievement.html", achievement=achievement, preview_content=preview)
    return layout.show(
        context,
        "achievement_form.html",
        status=form.status,
        form=form,
        kind_options=achievement_form.kind_options(form),
        skill_rows=len(achievement_form.rows(form)),
        max_skills=MAX_SKILLS,
        achievement=achievement,
        preview_content=preview,
    )


def _submitted_form(services: Services, request: Request, issuer_id: str) -> FormState:
    """Read the submitted form. Store a valid image, so that it need not be uploaded again after an error."""
    return uploaded_image.keep(services, issuer_id, form_state.sent(request), "picture", achievement_form.KEPT)


def _is_ready_to_save(services: Services, form: FormState, issuer_id: str) -> bool:
    """Return whether to save ``form``: it is valid, and neither a preview nor more rows were requested."""
    if form.text("do") in ("preview", "more"):
        return False
    achievement_form.check(form, _own(services, issuer_id))
    return not form.errors


def _content(services: Services, form: FormState, issuer_id: str) -> Content:
    return Content(
        name=form.text("name"),
        description=form.text("description"),
        criteria=form.text("criteria"),
        picture=_picture(services, form),
        picture_alt=achievement_form.picture_alt(form),
        skills=achievement_form.skills(form),
        kind=form.text("kind"),
        valid_days=achievement_form.valid_days(form),
        evidence_required=bool(form.text("evidence_required")),
        shows_count=bool(form.text("shows_count")),
        enrolment_url=achievement_form.enrolment_url(form),
        eligibility=form.or_none("eligibility"),
        related=recommended.parse(form.text("related"), _own(services, issuer_id)),
    )


def _picture(services: Services, form: FormState) -> bytes | None:
    """Return the image kept by ``form``, None without one. Raises `Refused` when it does not exist, for example after a
    forged hash."""
    kept = uploaded_image.name(form, achievement_form.KEPT)
    return uploaded_image.load(services, kept).content if kept else None
