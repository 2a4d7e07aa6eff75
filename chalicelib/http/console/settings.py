"""Settings page of an issuer: profile, identity and a link to the export."""

from __future__ import annotations

from collections.abc import Sequence

from chalice.app import Request

from chalicelib.access.caller import Caller, Person
from chalicelib.access.roles import Permission
from chalicelib.award.issuers import issuer_actions
from chalicelib.credential.issuer import Issuer, SigningKey
from chalicelib.errors import Conflict, Refused
from chalicelib.http.console import layout, limits
from chalicelib.http.console.branding.preview import PART_OPTIONS
from chalicelib.http.console.forms import form_state, issuer_form, uploaded_image
from chalicelib.http.console.forms.form_state import Difference, FormState
from chalicelib.http.console.layout import PageContext
from chalicelib.http.core.access import member
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply
from chalicelib.http.core.routing import Routes
from chalicelib.http.directory.issuer_directory import directory_url
from chalicelib.http.directory.issuer_search import PEOPLE
from chalicelib.http.input.form import MAX_WITH_FILE

CONFLICT = (
    "Someone else has saved this profile since you opened it. Your text is still here: compare it with theirs below. "
    "Saving it replaces theirs."
)
LABELS = {
    "name": "Name",
    "url": "Website",
    "description": "Description",
    "email": "Contact email address",
    "image": "Logo",
    "accent": "Button colour",
}


def routes(services: Services) -> Routes:
    """`/console/{issuer}/settings`."""
    bound = Routes(__name__, services)

    @bound.bind("/console/{issuer}/settings", access=member(Permission.MANAGE))
    def settings(request: Request, caller: Caller, person: Person) -> Reply:
        context = layout.page_context(services, request, caller, person, "settings")
        return _shown(services, context, _saved(services, caller.issuer_id))

    @bound.bind(
        "/console/{issuer}/settings", access=member(Permission.MANAGE), methods=("POST",), max_form=MAX_WITH_FILE
    )
    def change(request: Request, caller: Caller, person: Person) -> Reply:
        context = layout.page_context(services, request, caller, person, "settings")
        form = issuer_form.with_stored_logo(services, caller.issuer_id, form_state.sent(request))
        issuer_form.check(form)
        issuer_form.check_stored_logo(services, form)
        if context.issuer is not None:
            with form.record_refusal("name"):
                issuer_actions.check_name_change(context.issuer, form.text("name"), by_operator=person.operator)
        if not form.errors:
            with form.record_refusal(""):
                changes = issuer_form.changes(form, context.base_url)
                version = form.number("version") or 0
                try:
                    issuer_actions.update_profile(
                        services.issuer_context, caller.issuer_id, changes, version, by_operator=person.operator
                    )
                except Conflict as error:
                    return _conflict(services, context, form, error)
                return layout.redirect(f"{context.issuer_url}/settings", did="settings_changed")
        return _shown(services, context, form)

    return bound


def _conflict(services: Services, context: PageContext, form: FormState, error: Conflict) -> Reply:
    """Show the form as submitted, with what someone else has saved in the meantime."""
    if error.code != "version_conflict":
        raise error
    saved = _saved(services, context.tenant)
    form.add_error("", CONFLICT)
    with_logo = (one.with_value("image", issuer_form.logo(one, context.base_url) or "") for one in (saved, form))
    found = form_state.differences(LABELS, *with_logo)
    # The form may replace the other person's profile only after this person has seen the conflict.
    return _shown(services, context, form.with_value("version", saved.text("version")), found)


def _saved(services: Services, issuer_id: str) -> FormState:
    return issuer_form.form_from_issuer(
        services.issuer_context.issuer_store.issuer(issuer_id), services.settings.base_url
    )


def _shown(services: Services, context: PageContext, form: FormState, conflict: Sequence[Difference] = ()) -> Reply:
    issuer = services.issuer_context.issuer_store.issuer(context.tenant)
    now = services.issuer_context.now()
    return layout.show(
        context,
        "settings.html",
        status=form.status,
        form=form,
        logo=uploaded_image.name(form, issuer_form.KEPT),
        conflict=conflict,
        font_options=issuer_form.FONT_OPTIONS,
        part_options=PART_OPTIONS,
        key=_key(issuer),
        identified=issuer.identified(now),
        limits=limits.lines(issuer, now),
        now=now,
        own_directory=directory_url(context.base_url, issuer.id),
        directory_people=PEOPLE,
    )


def _key(issuer: Issuer) -> SigningKey | None:
    """Return the current signing key, None without one."""
    try:
        return issuer.signing_key
    except Refused:
        return None
