"""Settings page of an issuer: profile, identity and a link to the export."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.access.caller import Caller, Person
from chalicelib.access.roles import Permission
from chalicelib.award.images import stored_images
from chalicelib.award.issuers import issuer_actions
from chalicelib.credential.issuer import Issuer, SigningKey
from chalicelib.errors import Refused
from chalicelib.http.console import form_state, issuer_form, layout, limits
from chalicelib.http.console.form_state import FormState
from chalicelib.http.console.layout import PageContext
from chalicelib.http.core.access import member
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply
from chalicelib.http.core.routing import Routes
from chalicelib.http.input.form import MAX_WITH_FILE


def routes(services: Services) -> Routes:
    """`/console/{issuer}/settings`."""
    bound = Routes(__name__, services)

    @bound.bind("/console/{issuer}/settings", access=member(Permission.MANAGE))
    def settings(request: Request, caller: Caller, person: Person) -> Reply:
        context = layout.of(services, request, caller, person, "settings")
        return _shown(services, context, issuer_form.of(services.issuer_context.issuer_store.issuer(caller.issuer_id)))

    @bound.bind(
        "/console/{issuer}/settings", access=member(Permission.MANAGE), methods=("POST",), max_form=MAX_WITH_FILE
    )
    def change(request: Request, caller: Caller, person: Person) -> Reply:
        context = layout.of(services, request, caller, person, "settings")
        form = form_state.sent(request)
        issuer_form.check(form)
        if context.issuer is not None:
            with form.record_refusal("name"):
                issuer_actions.check_name_change(context.issuer, form.text("name"), by_operator=person.operator)
        if not form.errors:
            with form.record_refusal(""):
                changes = issuer_form.changes(form)
                if form.file:
                    changes["image"] = stored_images.store(services.issuer_context, form.file)
                issuer_actions.update_profile(
                    services.issuer_context, caller.issuer_id, changes, by_operator=person.operator
                )
                return layout.redirect(f"{context.issuer_url}/settings", did="settings_changed")
        return _shown(services, context, form)

    return bound


def _shown(services: Services, context: PageContext, form: FormState) -> Reply:
    issuer = services.issuer_context.issuer_store.issuer(context.tenant)
    now = services.issuer_context.now()
    return layout.show(
        context,
        "settings.html",
        status=form.status,
        form=form,
        font_options=issuer_form.FONT_OPTIONS,
        key=_key(issuer),
        identified=issuer.identified(now),
        limits=limits.lines(issuer, now),
    )


def _key(issuer: Issuer) -> SigningKey | None:
    """Return the current signing key, None without one."""
    try:
        return issuer.signing_key
    except Refused:
        return None
