"""Entries for an issuer's domains."""

from __future__ import annotations

from chalicelib.award.issuers import domain_proof
from tests.http.matrix import Builder, Call, EntryContext

DOMAIN = "named.example"
"""Not a canary: the response repeats the domain to the caller who sent it."""


def publish_proof(at: EntryContext, issuer_id: str) -> None:
    record, _ = domain_proof.instructions(at.laurel.issuer_context.issuer_store.issuer(issuer_id), DOMAIN)
    at.laurel.domain_reader.texts[record[0]] = [record[1]]


def proven_domain(at: EntryContext) -> str:
    publish_proof(at, at.owner)
    domain_proof.prove(at.laurel.domain_prover, at.owner, DOMAIN)
    return DOMAIN


def published_domain(at: EntryContext) -> str:
    publish_proof(at, at.owner)
    return DOMAIN


ENTRIES: dict[tuple[str, str], Builder] = {
    ("GET", "/v1/domains"): lambda at: Call("/v1/domains"),
    ("POST", "/v1/domains"): lambda at: Call(
        "/v1/domains", json={"domain": published_domain(at)}, allowed_status=201, foreign_status=422
    ),
    ("DELETE", "/v1/domains/{id}"): lambda at: Call(f"/v1/domains/{proven_domain(at)}", allowed_status=204),
    ("GET", "/console/{issuer}/domains"): lambda at: Call(f"/console/{at.console_issuer}/domains"),
    ("POST", "/console/{issuer}/domains"): lambda at: Call(
        f"/console/{at.console_issuer}/domains",
        form={"domain": published_domain(at)},
        allowed_status=303,
        foreign_status=422,
    ),
}
