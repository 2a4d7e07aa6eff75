"""Domain verification routes of the JSON API."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import unquote

from chalice.app import Request

from chalicelib.access import rate_limits
from chalicelib.access.caller import Caller
from chalicelib.access.rate_limits import Limit
from chalicelib.access.roles import Permission
from chalicelib.award.issuers import domain_proof
from chalicelib.credential import dates
from chalicelib.credential import domain as domains
from chalicelib.credential.issuer import DomainProof, Issuer, ProofLocation
from chalicelib.errors import NotFound, Refused
from chalicelib.http.core import authentication
from chalicelib.http.core.access import token
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, as_json
from chalicelib.http.core.routing import Routes
from chalicelib.http.input import body
from chalicelib.http.input.json_body import JsonReader

MISSING = "This issuer does not have this domain."
DOMAIN_CHECKS = Limit("domain", 30, timedelta(hours=1))
"""Maximum domain checks per issuer: each one queries third-party name servers and web servers."""
SHARED_DOMAIN_CHECKS = Limit("domain-shared", 120, timedelta(hours=1))
"""The same for all issuers of one creator, or of one registered domain. Each check may hold a worker of everyone's
function for nine seconds, and issuers are free. A class of thirty behind one address has four checks each."""


def routes(services: Services) -> Routes:
    """Create the routes `/v1/domains` and `/v1/domains/{id}`."""
    bound = Routes(__name__, services)

    @bound.bind("/v1/domains", access=token(Permission.READ))
    def listing(_request: Request, caller: Caller) -> Reply:
        return as_json(_to_json(services, services.issuer_context.issuer_store.issuer(caller.issuer_id)))

    @bound.bind("/v1/domains", access=token(Permission.MANAGE), methods=("POST",))
    def read(request: Request, caller: Caller) -> Reply:
        reader = JsonReader(body.json_object(request))
        name = reader.text("domain")
        reader.finish()

        def still_allowed() -> object:
            return authentication.caller(services.access_context, request, Permission.MANAGE)

        return as_json(_proof(services, prove(services, caller.issuer_id, name, still_allowed)), status=201)

    @bound.bind("/v1/domains/{id}", access=token(Permission.MANAGE), methods=("DELETE",), missing=MISSING)
    def remove(_request: Request, caller: Caller, name: str) -> Reply:
        try:
            domain_proof.remove(services.domain_prover.issuer_context, caller.issuer_id, unquote(name))
        except Refused as error:  # what is not a domain is none of the issuer's
            raise NotFound("no such domain") from error
        return Reply("", "text/plain", 204)

    return bound


def prove(services: Services, issuer_id: str, text: str, still_allowed: domain_proof.Check) -> DomainProof:
    """Check a domain, within the rate limit. Raises `TooMany`, and as `domain_proof.prove` does."""
    issuer = services.issuer_context.issuer_store.issuer(issuer_id)
    now = services.issuer_context.now()
    rate_limits.enforce(services.access_context, DOMAIN_CHECKS, issuer_id)
    for shared in (issuer.quota_owner_id(now),) if issuer.vouching_domain(now) else issuer.creator:
        rate_limits.enforce(services.access_context, SHARED_DOMAIN_CHECKS, shared)
    return domain_proof.prove(services.domain_prover, issuer_id, text, still_allowed=still_allowed)


def _to_json(services: Services, issuer: Issuer) -> dict[str, object]:
    record, file = domain_proof.instructions(issuer, "{domain}")
    return {
        "items": [_proof(services, proof) for proof in issuer.domains],
        "publish": {
            "record": {"name": record[0], "type": "TXT", "text": record[1]},
            "file": {"url": file[0], "line": file[1]},
        },
    }


def _proof(services: Services, proof: DomainProof) -> dict[str, object]:
    is_current = proof.is_current(services.issuer_context.now())
    return {
        "domain": proof.domain,
        "place": proof.place,
        "url": domains.proof_url(proof.domain, ProofLocation(proof.place)),
        "seen": dates.write(proof.seen),
        "current": is_current,
    }
