"""Domain verification: an issuer proves that it controls a domain, and the issuer check reports it (check 8)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol
from urllib.parse import urlsplit

from chalicelib.award.issuer_context import MAX_ATTEMPTS, IssuerContext
from chalicelib.credential import domain as domains
from chalicelib.credential.issuer import DomainProof, Issuer, ProofLocation
from chalicelib.credential.public_suffix import shared_suffix
from chalicelib.errors import Conflict, LaurelError, NotFound, Refused, Unavailable
from chalicelib.tasks.task_queue import Task, TaskQueue

MAX_DOMAINS = 5
"""Maximum domains of an issuer. The public check lists all of them."""
REFRESH_INTERVAL = timedelta(days=30)
"""How often a domain is checked again; `issuer.PROOF_LIFETIME` is three times as long."""
KIND = "domain"
"""The kind of the tasks that check a domain again."""

Check = Callable[[], object]
"""Raises when the caller may no longer manage the issuer. It is called after the proof is stored; if it raises, the
proof is removed again: reading a domain takes seconds, in which the caller may have been removed."""

_SPACE = re.compile(r"\s+")


class DomainReader(Protocol):
    """Reads DNS records and files of a domain. Every method raises `Unavailable` when the domain cannot be reached."""

    def records(self, name: str) -> Sequence[str]:
        """The texts of the TXT records at ``name``; empty when there are none."""

    def file(self, url: str) -> bytes:
        """The file at ``url``."""


def instructions(issuer: Issuer, domain: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """The proof to publish: the name and text of a TXT record, or the URL and content of a file. Either is enough."""
    return (
        (domains.record_name(domain), f"{domains.PREFIX}{issuer.did}"),
        (domains.proof_url(domain, ProofLocation.FILE), issuer.did),
    )


@dataclass(frozen=True, slots=True)
class DomainProver:
    """Dependencies of domain verification."""

    issuer_context: IssuerContext
    domain_reader: DomainReader
    tasks: TaskQueue


def prove(
    domain_prover: DomainProver, issuer_id: str, text: str, *, still_allowed: Check = lambda: None
) -> DomainProof:
    """Verify that the domain names this issuer, store the proof and schedule a check every 30 days.

    For ``still_allowed`` see `Check`. Raises what it raises; `Refused` (`bad_domain`; `domain_shared`;
    `domain_not_proven`, which says what to publish; `too_many_domains`), `NotFound` for the issuer, `Conflict`
    (`busy`).
    """
    domain = domains.normalize(text)
    _refuse_shared(domain, domain_prover.issuer_context.base_url)
    issuer = domain_prover.issuer_context.issuer_store.issuer(issuer_id)
    proof = _read(domain_prover, issuer, domain)
    _check_room(issuer, domain)
    # Add the task first: a task whose domain is not stored ends without rescheduling itself.
    domain_prover.tasks.add([Task(KIND, issuer_id, domain, proof.seen + REFRESH_INTERVAL)])

    def with_proof(issuer: Issuer) -> tuple[DomainProof, ...]:
        _check_room(issuer, domain)
        return (*_others(issuer, domain), proof)

    _change_domains(domain_prover.issuer_context, issuer_id, with_proof)
    try:
        still_allowed()
    except LaurelError:
        before = tuple(each for each in issuer.domains if each.domain == domain)
        _change_domains(
            domain_prover.issuer_context,
            issuer_id,
            lambda stored: (*_others(stored, domain), *before) if proof in stored.domains else stored.domains,
        )
        raise
    return proof


def remove(issuer_context: IssuerContext, issuer_id: str, text: str) -> None:
    """Remove a domain from the issuer. Raises `NotFound`, `Refused` (`bad_domain`), `Conflict`."""
    domain = domains.normalize(text)
    if domain not in {domains.domain for domains in issuer_context.issuer_store.issuer(issuer_id).domains}:
        raise NotFound("The issuer does not have this domain.")
    _change_domains(issuer_context, issuer_id, lambda issuer: _others(issuer, domain))


def refresh(domain_prover: DomainProver, task: Task) -> None:
    """Handle a task of `KIND`: check a domain again and schedule the next check, unless the domain was removed.

    A domain that does not respond, or no longer names the issuer, keeps its proof until the proof expires. Otherwise an
    outage of a day would change the verification result of every credential of the issuer.
    """
    now = domain_prover.issuer_context.now()
    try:
        issuer = domain_prover.issuer_context.issuer_store.issuer(task.issuer_id)
    except NotFound:
        return
    before = next((proof for proof in issuer.domains if proof.domain == task.subject), None)
    if before is None or now < before.seen + REFRESH_INTERVAL:
        return  # removed, or checked since, with the next check scheduled
    try:
        _refuse_shared(before.domain, domain_prover.issuer_context.base_url)
        after: DomainProof | None = _read(domain_prover, issuer, before.domain)
    except (Refused, Unavailable):
        after = before if before in issuer.proven(now) else None
    if after is not None:
        domain_prover.tasks.add([Task(KIND, issuer.id, before.domain, now + REFRESH_INTERVAL)])

    def refreshed(issuer: Issuer) -> tuple[DomainProof, ...]:
        if before not in issuer.domains:
            return issuer.domains  # removed or proven again while the domain was read
        return (*_others(issuer, before.domain), *([after] if after else []))

    if after != before:
        _change_domains(domain_prover.issuer_context, issuer.id, refreshed)


def _check_room(issuer: Issuer, domain: str) -> None:
    if len(_others(issuer, domain)) >= MAX_DOMAINS:
        raise Refused(f"An issuer can have up to {MAX_DOMAINS} domains. Remove one first.", code="too_many_domains")


def _others(issuer: Issuer, domain: str) -> tuple[DomainProof, ...]:
    return tuple(proof for proof in issuer.domains if proof.domain != domain)


def _refuse_shared(domain: str, base_url: str) -> None:
    """Refuse a domain that is not the issuer's own: ours, a public suffix, or a name that a provider hands out."""
    if domain == urlsplit(base_url).hostname:
        raise Refused(f"{domain} is the domain of this service, so no issuer can verify it.", code="domain_shared")
    suffix = shared_suffix(domain)
    if suffix is None:
        return
    why = (
        "does not belong to a single organization"
        if suffix == domain
        else f"is a subdomain that anyone can get from {suffix}"
    )
    raise Refused(f"{domain} {why}, so no issuer can verify it. Use a domain of your own.", code="domain_shared")


def _read(domain_prover: DomainProver, issuer: Issuer, domain: str) -> DomainProof:
    domain_reader, now = domain_prover.domain_reader, domain_prover.issuer_context.now()
    record, file = instructions(issuer, domain)
    lookup_error: Unavailable | None = None
    try:
        for text in domain_reader.records(record[0]):
            if _SPACE.sub("", text) == record[1]:
                return DomainProof(domain, ProofLocation.DNS, now, hashlib.sha256(text.encode()).hexdigest())
    except Unavailable as error:
        lookup_error = error
    try:
        content = domain_reader.file(file[0])
    except Unavailable as error:
        lookup_error = lookup_error or error
    else:
        if file[1] in content.decode("utf-8", "replace").split():
            return DomainProof(domain, ProofLocation.FILE, now, hashlib.sha256(content).hexdigest())
    what = (
        f"Publish the TXT record {record[0]} with the value {record[1]}, or the file {file[0]} with the line {file[1]}"
    )
    heard = f" (the look-up failed: {lookup_error.detail.rstrip('.')})" if lookup_error else ""
    raise Refused(
        f"{domain} could not be verified for this issuer yet{heard}. {what}. Then try again.", code="domain_not_proven"
    )


def _change_domains(
    issuer_context: IssuerContext, issuer_id: str, change: Callable[[Issuer], tuple[DomainProof, ...]]
) -> None:
    """Store what ``change`` makes of the issuer's domains, decided on the stored issuer that it replaces."""
    for _ in range(MAX_ATTEMPTS):
        issuer = issuer_context.issuer_store.issuer(issuer_id)
        domains = change(issuer)
        if domains == issuer.domains:
            return
        try:
            issuer_context.issuer_store.replace_issuer(replace(issuer, domains=domains, version=issuer.version + 1))
        except Conflict:
            continue
        return
    raise Conflict("Someone else is changing this issuer. Try again.", code="busy")
