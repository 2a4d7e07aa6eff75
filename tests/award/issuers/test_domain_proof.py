"""Domain proof: the domain names the issuer, and check 8 cites it as evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from chalicelib.award.issuers import domain_proof, issuer_actions
from chalicelib.award.issuers.domain_proof import DomainProver
from chalicelib.credential.issuer import PROOF_LIFETIME, ProofLocation
from chalicelib.errors import Forbidden, NotFound, Refused
from chalicelib.tasks.task_queue import Task
from chalicelib.verify.report import Finding, Outcome
from tests.award.fakes import IssuerFixture, new_issuer
from tests.fakes import DomainReader, TaskQueue

DOMAIN = "acme.example"


@dataclass
class DomainFixture(IssuerFixture):
    """An issuer with a fake domain reader, to publish records and files that name it."""

    domain_reader: DomainReader = field(default_factory=DomainReader)
    tasks: TaskQueue = field(default_factory=TaskQueue)

    @property
    def domain_prover(self) -> DomainProver:
        return DomainProver(self.issuer_context, self.domain_reader, self.tasks)

    def publish_record(self, domain: str = DOMAIN) -> None:
        (name, text), _ = domain_proof.instructions(self.issuer, domain)
        self.domain_reader.texts[name] = ["v=spf1 -all", text]

    def publish_file(self, domain: str = DOMAIN) -> None:
        _, (url, line) = domain_proof.instructions(self.issuer, domain)
        self.domain_reader.files[url] = f"did:web:another.example\r\n{line}\r\n".encode()

    def rename(self, name: str) -> None:
        """Store another name beside the registered one, as no route does."""
        issuer = self.issuer_store.issuer("acme")
        self.issuer_store.replace_issuer(replace(issuer, name=name, version=issuer.version + 1))

    def finding(self) -> Finding:
        return self.report(self.issue()).findings[7]

    def known(self) -> list[str]:
        return [proof.domain for proof in self.issuer_store.issuer("acme").domains]

    def next_task(self) -> Task:
        (task,) = self.tasks.due(self.clock.now + timedelta(days=400), 10)
        return task


@pytest.fixture
def acme() -> DomainFixture:
    return DomainFixture()


def test_self_registered_issuer_is_unproven(acme: DomainFixture) -> None:
    assert (acme.finding().outcome, acme.finding().code) == (Outcome.UNKNOWN, "issuer_unproven")


def test_operators_can_register_an_issuer(acme: DomainFixture) -> None:
    issuer_actions.register(acme.issuer_context, "acme", acme.issuer.name)
    assert acme.finding().code == "issuer_registered"


def test_name_that_differs_from_the_registered_one_is_reported(acme: DomainFixture) -> None:
    issuer_actions.register(acme.issuer_context, "acme", acme.issuer.name)
    acme.rename("A much finer school")
    assert acme.finding().code == "issuer_name_differs"


def test_registered_name_takes_precedence_over_a_domain_proof(acme: DomainFixture) -> None:
    issuer_actions.register(acme.issuer_context, "acme", acme.issuer.name)
    acme.publish_record()
    domain_proof.prove(acme.domain_prover, "acme", DOMAIN)
    finding = acme.finding()
    assert finding.code == "issuer_registered"
    assert "Acme Academy" in finding.message
    assert DOMAIN in finding.message
    acme.rename("A much finer school")
    finding = acme.finding()
    assert finding.code == "issuer_domain_proven"
    assert "finer" not in finding.message
    assert "Acme" not in finding.message


@pytest.mark.parametrize("place", list(ProofLocation))
def test_domain_proof_is_cited_with_location_and_time(acme: DomainFixture, place: ProofLocation) -> None:
    acme.publish_record() if place is ProofLocation.DNS else acme.publish_file()
    proof = domain_proof.prove(acme.domain_prover, "acme", " ACME.example. ")
    finding = acme.finding()
    assert (finding.outcome, finding.code) == (Outcome.PASSED, "issuer_domain_proven")
    assert DOMAIN in finding.message
    (evidence,) = finding.evidence
    assert (
        evidence.url
        == {
            ProofLocation.DNS: "dns:_laurel.acme.example?type=TXT",
            ProofLocation.FILE: "https://acme.example/.well-known/laurel-issuers.txt",
        }[place]
    )
    assert (evidence.fetched_at, evidence.sha256) == (proof.seen, proof.sha256)


def test_domain_without_a_record_is_refused_with_instructions(acme: DomainFixture) -> None:
    with pytest.raises(Refused) as caught:
        domain_proof.prove(acme.domain_prover, "acme", DOMAIN)
    assert caught.value.code == "domain_not_proven"
    (name, text), (url, line) = domain_proof.instructions(acme.issuer, DOMAIN)
    assert all(part in caught.value.detail for part in (name, text, url, line))
    assert (acme.known(), acme.tasks.status) == ([], {})


def test_domain_that_names_another_issuer_is_refused(acme: DomainFixture) -> None:
    other = issuer_actions.create(acme.issuer_context, new_issuer(id="acme-2"))
    (name, text), (url, line) = domain_proof.instructions(other, DOMAIN)
    acme.domain_reader.texts[name] = [text]
    acme.domain_reader.files[url] = line.encode()
    with pytest.raises(Refused):
        domain_proof.prove(acme.domain_prover, "acme", DOMAIN)


def test_did_must_be_the_whole_line(acme: DomainFixture) -> None:
    acme.publish_file()
    url = next(iter(acme.domain_reader.files))
    acme.domain_reader.files[url] = b"did:web:localhost%3A8000:issuers:acme-2 x-did:web:localhost%3A8000:issuers:acme"
    with pytest.raises(Refused):
        domain_proof.prove(acme.domain_prover, "acme", DOMAIN)


@pytest.mark.parametrize(
    "text",
    ["", "localhost", "127.0.0.1", "https://acme.example/x", "acme.example/x", "a b.example", "-a.example"],
)
def test_invalid_domain_is_refused_without_a_request(acme: DomainFixture, text: str) -> None:
    with pytest.raises(Refused) as caught:
        domain_proof.prove(acme.domain_prover, "acme", text)
    assert caught.value.code == "bad_domain"


def test_number_of_domains_is_limited(acme: DomainFixture) -> None:
    for number in range(domain_proof.MAX_DOMAINS):
        acme.publish_file(f"d{number}.example")
        domain_proof.prove(acme.domain_prover, "acme", f"d{number}.example")
    acme.publish_file()
    with pytest.raises(Refused) as caught:
        domain_proof.prove(acme.domain_prover, "acme", DOMAIN)
    assert caught.value.code == "too_many_domains"
    domain_proof.prove(acme.domain_prover, "acme", "d0.example")  # a repeated proof does not count twice
    domain_proof.remove(acme.issuer_context, "acme", "d0.example")
    domain_proof.prove(acme.domain_prover, "acme", DOMAIN)
    assert set(acme.known()) == {"d1.example", "d2.example", "d3.example", "d4.example", DOMAIN}


def test_removed_domain_is_neither_cited_nor_checked_again(acme: DomainFixture) -> None:
    acme.publish_record()
    domain_proof.prove(acme.domain_prover, "acme", DOMAIN)
    domain_proof.remove(acme.issuer_context, "acme", DOMAIN)
    assert acme.finding().code == "issuer_unproven"
    with pytest.raises(NotFound):
        domain_proof.remove(acme.issuer_context, "acme", DOMAIN)
    task = acme.next_task()
    acme.tasks.done(task)
    domain_proof.refresh(acme.domain_prover, task)
    assert (acme.known(), acme.tasks.status) == ([], {})


def test_removal_during_a_refresh_is_kept(acme: DomainFixture) -> None:
    acme.publish_record()
    domain_proof.prove(acme.domain_prover, "acme", DOMAIN)
    task = acme.next_task()
    acme.tasks.done(task)
    acme.clock.now = task.due
    reads = acme.domain_reader

    class Removing(DomainReader):
        def records(self, name: str) -> Sequence[str]:
            domain_proof.remove(acme.issuer_context, "acme", DOMAIN)
            return reads.records(name)

    domain_proof.refresh(replace(acme.domain_prover, domain_reader=Removing()), task)
    assert acme.known() == []


def test_proof_made_during_a_refresh_that_fails_is_kept(acme: DomainFixture) -> None:
    acme.publish_record()
    domain_proof.prove(acme.domain_prover, "acme", DOMAIN)
    task = acme.next_task()
    acme.clock.now = task.due + PROOF_LIFETIME

    class Proving(DomainReader):
        def records(self, name: str) -> Sequence[str]:
            domain_proof.prove(acme.domain_prover, "acme", DOMAIN)
            return []

    domain_proof.refresh(replace(acme.domain_prover, domain_reader=Proving()), task)
    (proof,) = acme.issuer_store.issuer("acme").domains
    assert proof.seen == acme.clock.now


def test_domains_proven_at_the_same_time_do_not_exceed_the_number(acme: DomainFixture) -> None:
    names = [f"d{number}.example" for number in range(domain_proof.MAX_DOMAINS)]
    for name in names:
        acme.publish_file(name)
    acme.publish_record()
    reads = acme.domain_reader

    class Proving(DomainReader):
        def records(self, name: str) -> Sequence[str]:
            for each in names:
                domain_proof.prove(acme.domain_prover, "acme", each)
            return reads.records(name)

    with pytest.raises(Refused) as caught:
        domain_proof.prove(replace(acme.domain_prover, domain_reader=Proving()), "acme", DOMAIN)
    assert caught.value.code == "too_many_domains"
    assert acme.known() == names


@pytest.mark.parametrize("known", [False, True])
def test_a_member_who_is_removed_while_a_domain_is_read_leaves_nothing_behind(acme: DomainFixture, known: bool) -> None:
    """Reading takes seconds: the person who was just removed must not name the issuer after a domain of their own."""
    acme.publish_record()
    before = [domain_proof.prove(acme.domain_prover, "acme", DOMAIN)] if known else []
    acme.clock.advance(timedelta(hours=1))

    def removed() -> None:
        raise Forbidden("You are not a member of this issuer.")

    with pytest.raises(Forbidden):
        domain_proof.prove(acme.domain_prover, "acme", DOMAIN, still_allowed=removed)
    assert list(acme.issuer_store.issuer("acme").domains) == before


def test_domain_is_checked_again_every_month(acme: DomainFixture) -> None:
    acme.publish_record()
    first = domain_proof.prove(acme.domain_prover, "acme", DOMAIN)
    for _ in range(12):
        task = acme.next_task()
        acme.tasks.done(task)
        acme.clock.now = task.due
        domain_proof.refresh(acme.domain_prover, task)
    (proof,) = acme.issuer_store.issuer("acme").domains
    assert proof.seen == first.seen + 12 * domain_proof.REFRESH_INTERVAL
    assert acme.finding().code == "issuer_domain_proven"


def test_repeated_task_does_not_schedule_twice(acme: DomainFixture) -> None:
    acme.publish_record()
    domain_proof.prove(acme.domain_prover, "acme", DOMAIN)
    task = acme.next_task()
    acme.tasks.done(task)
    acme.clock.now = task.due
    domain_proof.refresh(acme.domain_prover, task)
    domain_proof.refresh(acme.domain_prover, task)
    assert acme.next_task().due == task.due + domain_proof.REFRESH_INTERVAL


@pytest.mark.parametrize("silent", [True, False], ids=["silent", "record removed"])
def test_domain_proof_lapses_after_repeated_failed_checks(acme: DomainFixture, silent: bool) -> None:
    acme.publish_record()
    domain_proof.prove(acme.domain_prover, "acme", DOMAIN)
    acme.domain_reader.texts.clear()
    if silent:
        acme.domain_reader.silent.add("_laurel.acme.example")
    cited = []
    for _ in range(4):
        task = acme.next_task()
        acme.tasks.done(task)
        acme.clock.now = task.due
        domain_proof.refresh(acme.domain_prover, task)
        cited.append(acme.finding().code)
    assert cited == ["issuer_domain_proven"] * 3 + ["issuer_unproven"]
    assert (acme.known(), acme.tasks.status) == ([], {})


@pytest.mark.parametrize(
    "domain",
    ["github.io", "vercel.app", "co.uk", "someone.github.io", "a.someone.github.io", "oxford.vercel.app"],
)
def test_a_name_on_a_shared_host_confirms_no_issuer(acme: DomainFixture, domain: str) -> None:
    acme.publish_record(domain)
    acme.publish_file(domain)
    with pytest.raises(Refused) as caught:
        domain_proof.prove(acme.domain_prover, "acme", domain)
    assert caught.value.code == "domain_shared"
    assert (acme.known(), acme.tasks.status) == ([], {})


def test_the_host_of_this_deployment_confirms_no_issuer(acme: DomainFixture) -> None:
    own = replace(acme.issuer_context, base_url="https://laurel.example")
    acme.publish_record("laurel.example")
    with pytest.raises(Refused) as caught:
        domain_proof.prove(replace(acme.domain_prover, issuer_context=own), "acme", "laurel.example")
    assert caught.value.code == "domain_shared"


def test_a_domain_that_became_shared_lapses(acme: DomainFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    acme.publish_record()
    domain_proof.prove(acme.domain_prover, "acme", DOMAIN)
    monkeypatch.setattr(domain_proof, "shared_suffix", lambda _: "example")
    for _ in range(4):
        acme.clock.now += domain_proof.REFRESH_INTERVAL
        for task in acme.tasks.due(acme.clock.now, 10):
            domain_proof.refresh(acme.domain_prover, task)
    assert acme.known() == []
