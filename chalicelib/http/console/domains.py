"""Domain pages: the DNS or file proof to publish, and a button that verifies it."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.access.caller import Caller, Person
from chalicelib.access.roles import Permission
from chalicelib.award.issuers import domain_proof
from chalicelib.credential import domain
from chalicelib.errors import Refused
from chalicelib.http.api.domains import prove
from chalicelib.http.console import layout, limits
from chalicelib.http.console.forms import form_state
from chalicelib.http.console.forms.form_state import FormState
from chalicelib.http.console.layout import PageContext
from chalicelib.http.core import authentication
from chalicelib.http.core.access import member
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply
from chalicelib.http.core.routing import Routes

EXAMPLE = "your-domain.example"


def routes(services: Services) -> Routes:
    """`/console/{issuer}/domains`."""
    bound = Routes(__name__, services)

    @bound.bind("/console/{issuer}/domains", access=member(Permission.MANAGE))
    def page(request: Request, caller: Caller, person: Person) -> Reply:
        return _shown(services, layout.page_context(services, request, caller, person, "settings"), FormState())

    @bound.bind("/console/{issuer}/domains", access=member(Permission.MANAGE), methods=("POST",))
    def act(request: Request, caller: Caller, person: Person) -> Reply:
        context = layout.page_context(services, request, caller, person, "settings")
        form = form_state.sent(request)
        with form.record_refusal("domain"):
            if form.text("act") == "remove":
                domain_proof.remove(services.issuer_context, caller.issuer_id, form.text("domain"))
                return layout.redirect(f"{context.issuer_url}/domains", did="domain_given_up")
            prove(
                services,
                caller.issuer_id,
                form.text("domain"),
                lambda: authentication.member(services.access_context, person, caller.issuer_id, Permission.MANAGE),
            )
            return layout.redirect(f"{context.issuer_url}/domains", did="domain_proven")
        return _shown(services, context, form)

    return bound


def _shown(services: Services, context: PageContext, form: FormState) -> Reply:
    issuer = services.issuer_context.issuer_store.issuer(context.tenant)
    now = services.issuer_context.now()
    record, file = domain_proof.instructions(issuer, _typed(form) or EXAMPLE)
    known = [(proof, domain.proof_url(proof.domain, proof.place), proof.is_current(now)) for proof in issuer.domains]
    return layout.show(
        context,
        "domains.html",
        status=form.status,
        form=form,
        known=known,
        record=record,
        file=file,
        limits=limits.lines(issuer, now),
    )


def _typed(form: FormState) -> str | None:
    try:
        return domain.normalize(form.text("domain"))
    except Refused:
        return None
