"""Proof of domain: the domain names the issuer, and check 8 cites it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from chalicelib.award import domains, issuers
from chalicelib.award.domains import Proving
from chalicelib.award.tasks import Task
from chalicelib.credential.issuer import Place
from chalicelib.errors import NotFound, Refused
from chalicelib.verify.report import Finding, Outcome
from tests.award.fakes import House, new_issuer
from tests.fakes import Tasks, Witness

DOMAIN = "acme.example"


@dataclass
class Named(House):
    """A house whose issuer may be named by domains."""

    witness: Witness = field(default_factory=Witness)
    tasks: Tasks = field(default_factory=Tasks)

    @property
    def proving(self) -> Proving:
        return Proving(self.awarding, self.witness, self.tasks)

    def publish_record(self, domain: str = DOMAIN) -> None:
        (name, text), _ = domains.instructions(self.issuer, domain)
        self.witness.texts[name] = ["v=spf1 -all", text]

    def publish_file(self, domain: str = DOMAIN) -> None:
        _, (url, line) = domains.instructions(self.issuer, domain)
        self.witness.files[url] = f"did:web:another.example\r\n{line}\r\n".encode()

    def finding(self) -> Finding:
        return self.report(self.issue()).findings[7]

    def known(self) -> list[str]:
        return [proof.domain for proof in self.ledger.issuer("acme").domains]

    def next_task(self) -> Task:
        (task,) = self.tasks.due(self.clock.now + timedelta(days=400), 10)
        return task


@pytest.fixture
def house() -> Named:
    return Named()


def test_who_founded_an_issuer_by_themselves_is_not_known(house: Named) -> None:
    assert (house.finding().outcome, house.finding().code) == (Outcome.UNKNOWN, "issuer_unproven")


def test_the_operators_can_register_it(house: Named) -> None:
    issuers.register(house.awarding, "acme")
    assert house.finding().code == "issuer_registered"


def test_another_name_than_the_registered_one_is_noticed(house: Named) -> None:
    issuers.register(house.awarding, "acme")
    issuers.reword(house.awarding, "acme", {"name": "A much finer school"})
    assert house.finding().code == "issuer_name_differs"


def test_a_name_stays_the_operators_word_with_a_domain_beside_it(house: Named) -> None:
    issuers.register(house.awarding, "acme")
    house.publish_record()
    domains.prove(house.proving, "acme", DOMAIN)
    finding = house.finding()
    assert finding.code == "issuer_registered"
    assert "Acme Academy" in finding.message
    assert DOMAIN in finding.message
    issuers.reword(house.awarding, "acme", {"name": "A much finer school"})
    finding = house.finding()
    assert finding.code == "issuer_domain_proven"
    assert "finer" not in finding.message
    assert "Acme" not in finding.message


@pytest.mark.parametrize("place", list(Place))
def test_a_domain_that_names_it_is_cited_with_where_and_when(house: Named, place: Place) -> None:
    house.publish_record() if place is Place.DNS else house.publish_file()
    proof = domains.prove(house.proving, "acme", " ACME.example. ")
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
        domains.prove(house.proving, "acme", DOMAIN)
    assert caught.value.code == "domain_not_proven"
    (name, text), (url, line) = domains.instructions(house.issuer, DOMAIN)
    assert all(part in caught.value.detail for part in (name, text, url, line))
    assert (house.known(), house.tasks.standing) == ([], {})


def test_a_domain_that_names_another_issuer_does_not_name_this_one(house: Named) -> None:
    other = issuers.found(house.awarding, new_issuer(id="acme-2"))
    (name, text), (url, line) = domains.instructions(other, DOMAIN)
    house.witness.texts[name] = [text]
    house.witness.files[url] = line.encode()
    with pytest.raises(Refused):
        domains.prove(house.proving, "acme", DOMAIN)


def test_part_of_a_line_is_no_line(house: Named) -> None:
    house.publish_file()
    url = next(iter(house.witness.files))
    house.witness.files[url] = b"did:web:localhost%3A8000:issuers:acme-2 x-did:web:localhost%3A8000:issuers:acme"
    with pytest.raises(Refused):
        domains.prove(house.proving, "acme", DOMAIN)


@pytest.mark.parametrize(
    "text",
    ["", "localhost", "127.0.0.1", "https://acme.example", "acme.example/x", "a b.example", "-a.example"],
)
def test_what_is_no_domain_is_asked_nothing(house: Named, text: str) -> None:
    with pytest.raises(Refused) as caught:
        domains.prove(house.proving, "acme", text)
    assert caught.value.code == "bad_domain"


def test_an_issuer_has_a_few_domains_at_most(house: Named) -> None:
    for number in range(domains.MAX_DOMAINS):
        house.publish_file(f"d{number}.example")
        domains.prove(house.proving, "acme", f"d{number}.example")
    house.publish_file()
    with pytest.raises(Refused) as caught:
        domains.prove(house.proving, "acme", DOMAIN)
    assert caught.value.code == "too_many_domains"
    domains.prove(house.proving, "acme", "d0.example")  # anew
    domains.give_up(house.awarding, "acme", "d0.example")
    domains.prove(house.proving, "acme", DOMAIN)
    assert set(house.known()) == {"d1.example", "d2.example", "d3.example", "d4.example", DOMAIN}


def test_what_was_given_up_is_not_cited_and_not_read_again(house: Named) -> None:
    house.publish_record()
    domains.prove(house.proving, "acme", DOMAIN)
    domains.give_up(house.awarding, "acme", DOMAIN)
    assert house.finding().code == "issuer_unproven"
    with pytest.raises(NotFound):
        domains.give_up(house.awarding, "acme", DOMAIN)
    task = house.next_task()
    house.tasks.done(task)
    domains.read_anew(house.proving, task)
    assert (house.known(), house.tasks.standing) == ([], {})


def test_a_domain_is_read_anew_every_month(house: Named) -> None:
    house.publish_record()
    first = domains.prove(house.proving, "acme", DOMAIN)
    for _ in range(12):
        task = house.next_task()
        house.tasks.done(task)
        house.clock.now = task.due
        domains.read_anew(house.proving, task)
    (proof,) = house.ledger.issuer("acme").domains
    assert proof.seen == first.seen + 12 * domains.AGAIN
    assert house.finding().code == "issuer_domain_proven"


def test_a_task_that_comes_twice_begins_no_second_chain(house: Named) -> None:
    house.publish_record()
    domains.prove(house.proving, "acme", DOMAIN)
    task = house.next_task()
    house.tasks.done(task)
    house.clock.now = task.due
    domains.read_anew(house.proving, task)
    domains.read_anew(house.proving, task)
    assert house.next_task().due == task.due + domains.AGAIN


@pytest.mark.parametrize("silent", [True, False], ids=["silent", "names it no more"])
def test_a_domain_that_stays_without_a_word_lapses_at_its_third_reading(house: Named, silent: bool) -> None:
    house.publish_record()
    domains.prove(house.proving, "acme", DOMAIN)
    house.witness.texts.clear()
    if silent:
        house.witness.silent.add("_laurel.acme.example")
    cited = []
    for _ in range(4):
        task = house.next_task()
        house.tasks.done(task)
        house.clock.now = task.due
        domains.read_anew(house.proving, task)
        cited.append(house.finding().code)
    assert cited == ["issuer_domain_proven"] * 3 + ["issuer_unproven"]
    assert (house.known(), house.tasks.standing) == ([], {})
