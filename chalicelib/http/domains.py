"""The domains that name an issuer as their own, for programs."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import unquote

from chalice.app import Request

from chalicelib.access import limits
from chalicelib.access.caller import Caller
from chalicelib.access.limits import Limit
from chalicelib.access.roles import Act
from chalicelib.award import domains
from chalicelib.credential import dates, domain
from chalicelib.credential.issuer import DomainProof, Issuer, Place
from chalicelib.http import body, fields
from chalicelib.http.access import token
from chalicelib.http.ports import Services
from chalicelib.http.reply import Reply, as_json
from chalicelib.http.routing import Routes

MISSING = "No such domain names this issuer."
READINGS = Limit("domain", 30, timedelta(hours=1))
"""Readings of domains for one issuer: each asks name servers and web servers that are not ours."""


def routes(services: Services) -> Routes:
    """`/v1/domains` and `/v1/domains/{id}`."""
    bound = Routes(__name__, services)

    @bound.bind("/v1/domains", access=token(Act.READ))
    def listing(_request: Request, caller: Caller) -> Reply:
        return as_json(_shape(services, services.awarding.ledger.issuer(caller.issuer_id)))

    @bound.bind("/v1/domains", access=token(Act.MANAGE), methods=("POST",))
    def read(request: Request, caller: Caller) -> Reply:
        sent = body.json_object(request)
        fields.only(sent, "domain")
        return as_json(_proof(services, prove(services, caller.issuer_id, fields.text(sent, "domain"))), status=201)

    @bound.bind("/v1/domains/{id}", access=token(Act.MANAGE), methods=("DELETE",), missing=MISSING)
    def give_up(_request: Request, caller: Caller, name: str) -> Reply:
        domains.give_up(services.proving.awarding, caller.issuer_id, unquote(name))
        return Reply("", "text/plain", 204)

    return bound


def prove(services: Services, issuer_id: str, text: str) -> DomainProof:
    """Read a domain, as often as is allowed. Raises `TooMany`, and as `domains.prove` does."""
    limits.insist(services.gate, READINGS, issuer_id)
    return domains.prove(services.proving, issuer_id, text)


def _shape(services: Services, issuer: Issuer) -> dict[str, object]:
    record, file = domains.instructions(issuer, "{domain}")
    return {
        "items": [_proof(services, proof) for proof in issuer.domains],
        "publish": {
            "record": {"name": record[0], "type": "TXT", "text": record[1]},
            "file": {"url": file[0], "line": file[1]},
        },
    }


def _proof(services: Services, proof: DomainProof) -> dict[str, object]:
    believed = proof.believed(services.awarding.now())
    return {
        "domain": proof.domain,
        "place": proof.place,
        "url": domain.proof_url(proof.domain, Place(proof.place)),
        "seen": dates.write(proof.seen),
        "believed": believed,
    }
