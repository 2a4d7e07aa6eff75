"""The commands about issuers."""

from __future__ import annotations

from argparse import Namespace

from chalicelib.access import address
from chalicelib.award import domains, issuers
from chalicelib.award.issuers import NewIssuer
from chalicelib.credential.issuer import Issuer
from chalicelib.services import Services
from cli.output import show


def add(services: Services, asked: Namespace) -> int:
    """Found an issuer."""
    new = NewIssuer(asked.id, asked.name, asked.url, asked.description, asked.email, asked.image)
    owner = None if asked.owner is None else address.normal(asked.owner)
    _show(issuers.found(services.awarding, new, asked.did, owner=owner, registered=True), asked.json)
    return 0


def list_all(services: Services, asked: Namespace) -> int:
    """Every issuer."""
    for issuer in services.ledger.issuers():
        _show(issuer, asked.json)
    return 0


def register(services: Services, asked: Namespace) -> int:
    """Know an issuer under its present name."""
    _show(issuers.register(services.awarding, asked.id), asked.json)
    return 0


def prove_domain(services: Services, asked: Namespace) -> int:
    """Read what a domain says of an issuer, and keep it."""
    proof = domains.prove(services.proving, asked.id, asked.domain)
    text = f"{proof.domain} names {asked.id} as its own ({proof.place})."
    show(asked.json, text, domain=proof.domain, place=proof.place, seen=proof.seen.isoformat())
    return 0


def give_up_domain(services: Services, asked: Namespace) -> int:
    """Forget a domain of an issuer."""
    domains.give_up(services.awarding, asked.id, asked.domain)
    return 0


def rotate_key(services: Services, asked: Namespace) -> int:
    """Retire an issuer's key and make another one."""
    _show(issuers.rotate_key(services.awarding, asked.id), asked.json)
    return 0


def _show(issuer: Issuer, as_json: bool) -> None:
    key = issuer.keys[-1].multibase
    text = f"{issuer.id}  {issuer.name}\n  {issuer.did}\n  key {key} ({len(issuer.keys)} so far)"
    show(as_json, text, id=issuer.id, did=issuer.did, name=issuer.name, url=issuer.url, key=key, keys=len(issuer.keys))
