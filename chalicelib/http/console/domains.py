"""The domains that stand behind the issuer: what to publish, and a button that looks."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.access.caller import Caller, Person
from chalicelib.access.roles import Act
from chalicelib.award import domains
from chalicelib.credential import domain
from chalicelib.errors import Refused
from chalicelib.http.access import member
from chalicelib.http.console import filled, frame
from chalicelib.http.console.filled import Filled
from chalicelib.http.console.frame import Frame
from chalicelib.http.domains import prove
from chalicelib.http.ports import Services
from chalicelib.http.reply import Reply
from chalicelib.http.routing import Routes

EXAMPLE = "your-domain.example"


def routes(services: Services) -> Routes:
    """`/console/{issuer}/domains`."""
    bound = Routes(__name__, services)

    @bound.bind("/console/{issuer}/domains", access=member(Act.MANAGE))
    def page(request: Request, caller: Caller, person: Person) -> Reply:
        return _shown(services, frame.of(services, request, caller, person, "settings"), Filled())

    @bound.bind("/console/{issuer}/domains", access=member(Act.MANAGE), methods=("POST",))
    def act(request: Request, caller: Caller, person: Person) -> Reply:
        around = frame.of(services, request, caller, person, "settings")
        form = filled.sent(request)
        with form.judged("domain"):
            if form.said("act") == "give_up":
                domains.give_up(services.awarding, caller.issuer_id, form.said("domain"))
                return frame.sent_on(f"{around.at}/domains", did="domain_given_up")
            prove(services, caller.issuer_id, form.said("domain"))
            return frame.sent_on(f"{around.at}/domains", did="domain_proven")
        return _shown(services, around, form)

    return bound


def _shown(services: Services, around: Frame, form: Filled) -> Reply:
    issuer = services.awarding.ledger.issuer(around.tenant)
    now = services.awarding.now()
    record, file = domains.instructions(issuer, _typed(form) or EXAMPLE)
    known = [(proof, domain.proof_url(proof.domain, proof.place), proof.believed(now)) for proof in issuer.domains]
    return frame.show(around, "domains.html", status=form.status, form=form, known=known, record=record, file=file)


def _typed(form: Filled) -> str | None:
    try:
        return domain.normal(form.said("domain"))
    except Refused:
        return None
