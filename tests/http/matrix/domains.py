"""The domains of an issuer."""

from __future__ import annotations

from chalicelib.award.issuers import domain_proof
from tests.http.matrix import At, Builder, Call

DOMAIN = "named.example"
"""No canary: whoever asks for it sees it again in the answer."""


def said(at: At, issuer_id: str) -> None:
    record, _ = domain_proof.instructions(at.laurel.issuer_context.issuer_store.issuer(issuer_id), DOMAIN)
    at.laurel.domain_reader.texts[record[0]] = [record[1]]


def proven(at: At) -> str:
    said(at, at.owner)
    domain_proof.prove(at.laurel.domain_prover, at.owner, DOMAIN)
    return DOMAIN


def asked(at: At) -> str:
    said(at, at.owner)
    return DOMAIN


ENTRIES: dict[tuple[str, str], Builder] = {
    ("GET", "/v1/domains"): lambda at: Call("/v1/domains"),
    ("POST", "/v1/domains"): lambda at: Call("/v1/domains", json={"domain": asked(at)}, good=201, foreign=422),
    ("DELETE", "/v1/domains/{id}"): lambda at: Call(f"/v1/domains/{proven(at)}", good=204),
    ("GET", "/console/{issuer}/domains"): lambda at: Call(f"/console/{at.inside}/domains"),
    ("POST", "/console/{issuer}/domains"): lambda at: Call(
        f"/console/{at.inside}/domains", form={"domain": asked(at)}, good=303, foreign=422
    ),
}
