"""Proof of domain: a domain names an issuer as its own, and the check of the issuer says so (check 8)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from chalicelib.award.awarding import Awarding
from chalicelib.award.tasks import Task, Tasks
from chalicelib.credential import domain as domains
from chalicelib.credential.issuer import DomainProof, Issuer, Place
from chalicelib.errors import Conflict, NotFound, Refused, Unavailable

MAX_DOMAINS = 5
"""Of one issuer. The public check names them all."""
AGAIN = timedelta(days=30)
"""How often a domain is read anew; `issuer.PROOF_LASTS` is three times as long."""
KIND = "domain"
"""The kind of the tasks that read it anew."""
TRIES = 8

_SPACE = re.compile(r"\s+")


class Witness(Protocol):
    """Reads what a domain says. Every method raises `Unavailable` when the domain cannot be asked."""

    def records(self, name: str) -> Sequence[str]:
        """The texts of the TXT records at ``name``; none when there are none."""

    def file(self, url: str) -> bytes:
        """The file at ``url``."""


def instructions(issuer: Issuer, domain: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """What to publish: the TXT record's name and text, and the file's address and content. Either will do."""
    return (
        (domains.record_name(domain), f"{domains.PREFIX}{issuer.did}"),
        (domains.proof_url(domain, Place.FILE), issuer.did),
    )


@dataclass(frozen=True, slots=True)
class Proving:
    """The surroundings of the acts below."""

    awarding: Awarding
    witness: Witness
    tasks: Tasks


def prove(proving: Proving, issuer_id: str, text: str) -> DomainProof:
    """Read what the domain says now, keep it when it names this issuer, and have it read anew every month.

    Raises `Refused` (`bad_domain`; `domain_not_proven`, which says what to publish; `too_many_domains`), `NotFound`
    for the issuer, `Conflict` (`busy`).
    """
    domain = domains.normal(text)
    issuer = proving.awarding.ledger.issuer(issuer_id)
    proof = _read(proving, issuer, domain)
    if domain not in {kept.domain for kept in issuer.domains} and len(issuer.domains) >= MAX_DOMAINS:
        raise Refused(f"An issuer has at most {MAX_DOMAINS} domains; give one up first.", code="too_many_domains")
    # First the task: one without its domain ends by itself.
    proving.tasks.add([Task(KIND, issuer_id, domain, proof.seen + AGAIN)])
    _keep(proving.awarding, issuer_id, domain, proof)
    return proof


def give_up(awarding: Awarding, issuer_id: str, text: str) -> None:
    """From now on the domain says nothing about the issuer. Raises `NotFound`, `Refused` (`bad_domain`), `Conflict`."""
    domain = domains.normal(text)
    if domain not in {kept.domain for kept in awarding.ledger.issuer(issuer_id).domains}:
        raise NotFound("The issuer has no such domain.")
    _keep(awarding, issuer_id, domain, None)


def read_anew(proving: Proving, task: Task) -> None:
    """Do a task of `KIND`: read a domain once more, and note when the next time is, unless it was given up.

    A domain that is silent, or says nothing of the issuer any more, keeps its proof until that lapses by itself: an
    outage of a day would otherwise change what every credential of the issuer looks like.
    """
    now = proving.awarding.now()
    try:
        issuer = proving.awarding.ledger.issuer(task.issuer_id)
    except NotFound:
        return
    kept = next((proof for proof in issuer.domains if proof.domain == task.subject), None)
    if kept is None or now < kept.seen + AGAIN:
        return  # given up, or somebody read it since and has noted the next time
    try:
        proof: DomainProof | None = _read(proving, issuer, kept.domain)
    except (Refused, Unavailable):
        proof = kept if kept in issuer.proven(now) else None
    if proof is not None:
        proving.tasks.add([Task(KIND, issuer.id, kept.domain, now + AGAIN)])
    if proof != kept:
        _keep(proving.awarding, issuer.id, kept.domain, proof)


def _read(proving: Proving, issuer: Issuer, domain: str) -> DomainProof:
    witness, now = proving.witness, proving.awarding.now()
    record, file = instructions(issuer, domain)
    silent: Unavailable | None = None
    try:
        for text in witness.records(record[0]):
            if _SPACE.sub("", text) == record[1]:
                return DomainProof(domain, Place.DNS, now, hashlib.sha256(text.encode()).hexdigest())
    except Unavailable as error:
        silent = error
    try:
        content = witness.file(file[0])
    except Unavailable as error:
        silent = silent or error
    else:
        if file[1] in content.decode("utf-8", "replace").split():
            return DomainProof(domain, Place.FILE, now, hashlib.sha256(content).hexdigest())
    what = (
        f"Publish the TXT record {record[0]} with the text {record[1]}, or the file {file[0]} with the line {file[1]}"
    )
    heard = f" (asking it failed: {silent.detail})" if silent else ""
    raise Refused(f"{domain} does not name this issuer yet{heard}. {what}; then try again.", code="domain_not_proven")


def _keep(awarding: Awarding, issuer_id: str, domain: str, proof: DomainProof | None) -> None:
    """Store ``proof`` in place of what was kept of ``domain``."""
    for _ in range(TRIES):
        issuer = awarding.ledger.issuer(issuer_id)
        others = tuple(kept for kept in issuer.domains if kept.domain != domain)
        kept = others if proof is None else (*others, proof)
        try:
            awarding.ledger.replace_issuer(replace(issuer, domains=kept, version=issuer.version + 1))
        except Conflict:
            continue
        return
    raise Conflict("Others keep changing this issuer; try again.", code="busy")
