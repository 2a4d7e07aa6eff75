"""The domains of an issuer in the console: instructions and the domain check."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest

from chalicelib.award.issuers import domain_proof
from chalicelib.credential.issuer import PROOF_LIFETIME, DomainProof, ProofLocation
from chalicelib.errors import Refused, TooMany
from chalicelib.http.api.domains import DOMAIN_CHECKS, SHARED_DOMAIN_CHECKS, prove
from tests.http.console.test_bulk import text_of
from tests.http.fake_laurel import Laurel, id_of
from tests.http.gateway import HTML
from tests.http.signed_in import Browser

HERE = "/console/fernhill/domains"
DOMAIN = "named.example"
ISOLATES = {0x2068: None, 0x2069: None}


def publish(laurel: Laurel) -> None:
    (name, text), _ = domain_proof.instructions(laurel.issuer_store.issuer("fernhill"), DOMAIN)
    laurel.domain_reader.texts[name] = [text]


def domain_finding(laurel: Laurel, browser: Browser) -> str:
    report = browser.client.get(f"/v1/credentials/{id_of('valid')}/report").json
    return report["findings"][7]["message"]


def test_domain_is_proven_cited_and_given_up(owner: Browser, laurel: Laurel) -> None:
    (name, text), (url, line) = domain_proof.instructions(laurel.issuer_store.issuer("fernhill"), DOMAIN)
    response = owner.post(HERE, {"domain": DOMAIN})
    assert response.status == 422
    assert all(part in text_of(response) for part in (name, text, url, line))
    assert DOMAIN not in domain_finding(laurel, owner)
    publish(laurel)
    assert owner.post(HERE, {"domain": DOMAIN}).headers["location"].endswith("/domains?did=domain_proven")
    assert DOMAIN in domain_finding(laurel, owner)
    assert DOMAIN in text_of(owner.get(HERE))
    assert DOMAIN in text_of(owner.get("/console/fernhill/settings"))
    assert owner.post(HERE, {"act": "remove", "domain": DOMAIN}).headers["location"].endswith("did=domain_given_up")
    assert DOMAIN not in domain_finding(laurel, owner)


def test_domain_checks_are_rate_limited(owner: Browser, laurel: Laurel) -> None:
    responses = [owner.post(HERE, {"domain": DOMAIN}).status for _ in range(DOMAIN_CHECKS.max_count + 1)]
    assert responses == [422] * DOMAIN_CHECKS.max_count + [429]


@pytest.mark.parametrize("common", ["creator", "domain"])
def test_free_issuers_do_not_multiply_the_time_that_domain_checks_take(laurel: Laurel, common: str) -> None:
    """A check of a slow host holds a worker for nine seconds, and one network can create forty issuers a day."""
    attempts = 0
    for number in range(10):
        proof = DomainProof(f"n{number}.evil.example", ProofLocation.DNS, laurel.now, "0" * 64)
        changes = {"domains": (proof,)} if common == "domain" else {"creator": (f"mailbox-{number}", "network-1")}
        issuer = laurel.issuer_store.issuer("fernhill")
        evil = replace(issuer, id=f"evil-{number}", did=f"did:web:evil-{number}", registered_as=None, **changes)  # type: ignore[arg-type] # as above
        laurel.issuer_store.add_issuer(evil, ())
        for _ in range(DOMAIN_CHECKS.max_count):
            with suppress(TooMany):
                try:
                    prove(laurel, f"evil-{number}", DOMAIN, lambda: None)
                except Refused:
                    attempts += 1
    assert attempts == SHARED_DOMAIN_CHECKS.max_count


def test_an_outdated_domain_proof_is_marked_and_not_cited(owner: Browser, laurel: Laurel) -> None:
    publish(laurel)
    owner.post(HERE, {"domain": DOMAIN})
    assert "Not verified recently" not in text_of(owner.get(HERE))
    issuer = laurel.issuer_store.issuer("fernhill")
    old = tuple(replace(proof, seen=proof.seen - PROOF_LIFETIME) for proof in issuer.domains)
    laurel.issuer_store.replace_issuer(replace(issuer, domains=old, version=issuer.version + 1))
    assert "Not verified recently" in text_of(owner.get(HERE))
    assert DOMAIN not in domain_finding(laurel, owner)


def test_a_domain_proof_does_not_verify_the_issuer_name(owner: Browser, laurel: Laurel) -> None:
    """Otherwise the owner of any domain could have a false issuer name stated as a fact, with their own link."""
    publish(laurel)
    owner.post(HERE, {"domain": DOMAIN})
    page = f"/c/{id_of('valid')}"
    assert "Issued by Fernhill College" in text_of(owner.client.get(page, accept=HTML)).translate(ISOLATES)
    issuer = laurel.issuer_store.issuer("fernhill")
    laurel.issuer_store.replace_issuer(replace(issuer, registered_as=None, version=issuer.version + 1))
    shown = owner.client.get(page, accept=HTML)
    assert "Issued under the name “Fernhill College”. The issuer has verified the domain named.example" in text_of(
        shown
    ).translate(ISOLATES)
    assert f'href="{issuer.url}"' not in shown.text
