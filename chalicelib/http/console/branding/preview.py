"""Preview of an issuer's branding: what the settings form would change, before it is saved.

The form is sent to a frame of the settings page, so that it works without script and nothing needs to be stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from chalice.app import Request

from chalicelib.access import rate_limits
from chalicelib.access.caller import Caller, Person
from chalicelib.access.rate_limits import Limit
from chalicelib.access.roles import Permission
from chalicelib.award.images import formats, stored_images
from chalicelib.award.issuers import issuer_actions
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.record import Image
from chalicelib.errors import Refused, TooMany
from chalicelib.http.console.branding.part import Part, Shown
from chalicelib.http.console.forms import form_state, issuer_form
from chalicelib.http.console.forms.form_state import FormState
from chalicelib.http.core.access import member
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, uncached
from chalicelib.http.core.routing import Routes
from chalicelib.http.html import render
from chalicelib.http.input.form import MAX_WITH_FILE

PART_OPTIONS = (
    (Part.PAGE, "Credential page"),
    (Part.EMAIL, "Email to the holder"),
    (Part.CARD, "Image for link previews"),
    (Part.CERTIFICATE, "Certificate"),
)
PREVIEWS = Limit("branding-previews", 300, timedelta(hours=1))
"""Maximum previews of one member. A certificate takes about 0.3 seconds to draw, so an hour of previews costs less than
a cent; with one preview per pause in typing, few people reach 100."""


def routes(services: Services) -> Routes:
    """`/console/{issuer}/settings/preview`."""
    bound = Routes(__name__, services)

    @bound.bind(
        "/console/{issuer}/settings/preview",
        access=member(Permission.MANAGE),
        methods=("POST",),
        max_form=MAX_WITH_FILE,
    )
    def preview(request: Request, caller: Caller, person: Person) -> Reply:
        try:
            rate_limits.enforce(services.access_context, PREVIEWS, person.email)
        except TooMany as error:
            return _document(services, problems=(error.detail,), status=429)
        issuer = services.issuer_context.issuer_store.issuer(caller.issuer_id)
        form = form_state.sent(request)
        _check(services, form, issuer, by_operator=person.operator)
        if form.errors:
            return _document(services, problems=tuple(form.errors.values()), status=422)
        part = Part(form.text("show")) if form.text("show") in tuple(Part) else Part.PAGE
        try:
            return _document(services, shown=_draw(services, issuer, form, part), part=part)
        except Refused as error:
            return _document(services, problems=(error.detail,), status=422)

    return bound


def _check(services: Services, form: FormState, issuer: Issuer, *, by_operator: bool) -> None:
    issuer_form.check(form)
    issuer_form.check_stored_logo(services, form)
    with form.record_refusal("name"):
        issuer_actions.check_name_change(issuer, form.text("name"), by_operator=by_operator)


def _draw(services: Services, issuer: Issuer, form: FormState, part: Part) -> Shown:
    from chalicelib.http.console.branding import sample  # imported late: it loads the libraries that draw and sign

    changes = issuer_form.changes(form, services.settings.base_url)
    unsaved: tuple[Image, ...] = ()
    if form.file:
        logo = sample.image_of(form.file, formats.check(form.file))
        changes["image"], unsaved = stored_images.address(services.issuer_context, logo), (logo,)
    changed = replace(issuer, **changes)  # type: ignore[arg-type] # checked by the form
    return sample.draw(sample.branding_sample(services, changed, unsaved), part)


def _document(
    services: Services,
    *,
    shown: Shown | None = None,
    part: Part = Part.PAGE,
    problems: Sequence[str] = (),
    status: int = 200,
) -> Reply:
    base_url = services.settings.base_url
    # No script, link or form works here, so inline styles need no hashes. An email would need one for each line.
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; img-src {base_url} data:; base-uri 'none'; "
        f"form-action 'none'; frame-ancestors {base_url}; sandbox"
    )
    reply = render.document(
        "console/preview.html", status, policy, shown=shown, title=dict(PART_OPTIONS)[part], problems=problems
    )
    reply.headers.update(uncached())
    return reply
