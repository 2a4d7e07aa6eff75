"""Proof of domain: the domain names the issuer, and check 8 cites it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from chalicelib.award.issuers import domain_proof, issuer_actions
from chalicelib.award.issuers.domain_proof import DomainProver
from chalicelib.credential.issuer import Place
from chalicelib.errors import NotFound, Refused
from chalicelib.tasks.task_queue import Task
from chalicelib.verify.report import Finding, Outcome
from tests.award.fakes import House, new_issuer
from tests.fakes import DomainReader, TaskQueue

DOMAIN = "acme.example"


@dataclass
class Named(House):
    """A house whose issuer may be named by domains."""

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

    def finding(self) -> Finding:
        return self.report(self.issue()).findings[7]

    def known(self) -> list[str]:
        return [proof.domain for proof in self.issuer_store.issuer("acme").domains]

    def next_task(self) -> Task:
        (task,) = self.tasks.due(self.clock.now + timedelta(days=400), 10)
        return task


@pytest.fixture
def house() -> Named:
    return Named()


def test_who_founded_an_issuer_by_themselves_is_not_known(house: Named) -> None:
    assert (house.finding().outcome, house.finding().code) == (Outcome.UNKNOWN, "issuer_unproven")


def test_the_operators_can_register_it(house: Named) -> None:
    issuer_actions.register(house.issuer_context, "acme")
    assert house.finding().code == "issuer_registered"


def test_another_name_than_the_registered_one_is_noticed(house: Named) -> None:
    issuer_actions.register(house.issuer_context, "acme")
    issuer_actions.reword(house.issuer_context, "acme", {"name": "A much finer school"})
    assert house.finding().code == "issuer_name_differs"


def test_a_name_stays_the_operators_word_with_a_domain_beside_it(house: Named) -> None:
    issuer_actions.register(house.issuer_context, "acme")
    house.publish_record()
    domain_proof.prove(house.domain_prover, "acme", DOMAIN)
    finding = house.finding()
    assert finding.code == "issuer_registered"
    assert "Acme Academy" in finding.message
    assert DOMAIN in finding.message
    issuer_actions.reword(house.issuer_context, "acme", {"name": "A much finer school"})
    finding = house.finding()
    assert finding.code == "issuer_domain_proven"
    assert "finer" not in finding.message
    assert "Acme" not in finding.message


@pytest.mark.parametrize("place", list(Place))
def test_a_domain_that_names_it_is_cited_with_where_and_when(house: Named, place: Place) -> None:
    house.publish_record() if place is Place.DNS else house.publish_file()
    proof = domain_proof.prove(house.domain_prover, "acme", " ACME.example. ")
    finding = house.finding()
    assert (finding.outcome, finding.code) == (Outcome.PASSED, "issuer_domain_proven")
    assert DOMAIN in finding.message
    (evidence,) = finding.evidence
    assert (
        evidence.url
        == {
            Place.DNS: "dns:_laurel.acme.example?type=TXT",
            Place.FILE: "https://acme.example/.well-known/laurel-issuers.txt",
        }[place]
    )
    assert (evidence.fetched_at, evidence.sha256) == (proof.seen, proof.sha256)


def test_a_domain_that_says_nothing_proves_nothing_and_is_told_what_to_publish(house: Named) -> None:
    with pytest.raises(Refused) as caught:
        domain_proof.prove(house.domain_prover, "acme", DOMAIN)
    assert caught.value.code == "domain_not_proven"
    (name, text), (url, line) = domain_proof.instructions(house.issuer, DOMAIN)
    assert all(part in caught.value.detail for part in (name, text, url, line))
    assert (house.known(), house.tasks.status) == ([], {})


def test_a_domain_that_names_another_issuer_does_not_name_this_one(house: Named) -> None:
    other = issuer_actions.create(house.issuer_context, new_issuer(id="acme-2"))
    (name, text), (url, line) = domain_proof.instructions(other, DOMAIN)
    house.domain_reader.texts[name] = [text]
    house.domain_reader.files[url] = line.encode()
    with pytest.raises(Refused):
        domain_proof.prove(house.domain_prover, "acme", DOMAIN)


def test_part_of_a_line_is_no_line(house: Named) -> None:
    house.publish_file()
    url = next(iter(house.domain_reader.files))
    house.domain_reader.files[url] = b"did:web:localhost%3A8000:issuers:acme-2 x-did:web:localhost%3A8000:issuers:acme"
    with pytest.raises(Refused):
        domain_proof.prove(house.domain_prover, "acme", DOMAIN)


@pytest.mark.parametrize(
    "text",
    ["", "localhost", "127.0.0.1", "https://acme.example", "acme.example/x", "a b.example", "-a.example"],
)
def test_what_is_no_domain_is_asked_nothing(house: Named, text: str) -> None:
    with pytest.raises(Refused) as caught:
        domain_proof.prove(house.domain_prover, "acme", text)
    assert caught.value.code == "bad_domain"


def test_an_issuer_has_a_few_domains_at_most(house: Named) -> None:
    for number in range(domain_proof.MAX_DOMAINS):
        house.publish_file(f"d{number}.example")
        domain_proof.prove(house.domain_prover, "acme", f"d{number}.example")
    house.publish_file()
    with pytest.raises(Refused) as caught:
        domain_proof.prove(house.domain_prover, "acme", DOMAIN)
    assert caught.value.code == "too_many_domains"
    domain_proof.prove(house.domain_prover, "acme", "d0.example")  # anew
    domain_proof.give_up(house.issuer_context, "acme", "d0.example")
    domain_proof.prove(house.domain_prover, "acme", DOMAIN)
    assert set(house.known()) == {"d1.example", "d2.example", "d3.example", "d4.example", DOMAIN}


def test_what_was_given_up_is_not_cited_and_not_read_again(house: Named) -> None:
    house.publish_record()
    domain_proof.prove(house.domain_prover, "acme", DOMAIN)
    domain_proof.give_up(house.issuer_context, "acme", DOMAIN)
    assert house.finding().code == "issuer_unproven"
    with pytest.raises(NotFound):
        domain_proof.give_up(house.issuer_context, "acme", DOMAIN)
    task = house.next_task()
    house.tasks.done(task)
    domain_proof.read_anew(house.domain_prover, task)
    assert (house.known(), house.tasks.status) == ([], {})


def test_a_domain_is_read_anew_every_month(house: Named) -> None:
    house.publish_record()
    first = domain_proof.prove(house.domain_prover, "acme", DOMAIN)
    for _ in range(12):
        task = house.next_task()
        house.tasks.done(task)
        house.clock.now = task.due
        domain_proof.read_anew(house.domain_prover, task)
    (proof,) = house.issuer_store.issuer("acme").domains
    assert proof.seen == first.seen + 12 * domain_proof.AGAIN
    assert house.finding().code == "issuer_domain_proven"


def test_a_task_that_comes_twice_begins_no_second_chain(house: Named) -> None:
    house.publish_record()
    domain_proof.prove(house.domain_prover, "acme", DOMAIN)
    task = house.next_task()
    house.tasks.done(task)
    house.clock.now = task.due
    domain_proof.read_anew(house.domain_prover, task)
    domain_proof.read_anew(house.domain_prover, task)
    assert house.next_task().due == task.due + domain_proof.AGAIN


@pytest.mark.parametrize("silent", [True, False], ids=["silent", "names it no more"])
def test_a_domain_that_stays_without_a_word_lapses_at_its_third_reading(house: Named, silent: bool) -> None:
    house.publish_record()
    domain_proof.prove(house.domain_prover, "acme", DOMAIN)
    house.domain_reader.texts.clear()
    if silent:
        house.domain_reader.silent.add("_laurel.acme.example")
    cited = []
    for _ in range(4):
        task = house.next_task()
        house.tasks.done(task)
        house.clock.now = task.due
        domain_proof.read_anew(house.domain_prover, task)
        cited.append(house.finding().code)
    assert cited == ["issuer_domain_proven"] * 3 + ["issuer_unproven"]
    assert (house.known(), house.tasks.status) == ([], {})
