"""Registries of issuers, fetched over real connections or read from a file, as check 8 reports them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from chalicelib.reports.registry_list import RegistrySource
from chalicelib.verify.report import Finding, Outcome, Verdict
from tests.makers import OTHER_KEY, as_bytes, issuer, signed, unsigned
from tests.net.external_host import ok
from tests.net.worker import OTHERS, VISIT, Worker, badge

PATH = "/registry.json"


def entries(name: str = "Fernhill College", did: str = OTHER_KEY.did) -> bytes:
    return json.dumps({"registry": {did: {"name": name, "url": "https://fernhill.example"}}}).encode()


def credential() -> bytes:
    """A credential of "Fernhill College" without status, whose key needs no fetch."""
    document = unsigned(issuer(OTHER_KEY), entries=())
    document.pop("credentialStatus", None)
    return as_bytes(signed(document, OTHER_KEY))


def issuer_finding(worker: Worker) -> Finding:
    report = worker.reports.check(credential(), VISIT).report
    assert report.verdict is Verdict.VALID  # whatever the registries say
    return report.findings[7]


@pytest.fixture
def listed(worker: Worker) -> Worker:
    """A worker that trusts one registry."""
    worker.registries.append(RegistrySource("Example Registry", worker.url(PATH)))
    return worker


def test_a_listed_issuer_is_named_with_the_registry_and_what_was_read(listed: Worker) -> None:
    listed.server.pages[PATH] = ok(entries())
    finding = issuer_finding(listed)
    assert (finding.outcome, finding.code) == (Outcome.PASSED, "issuer_registered")
    assert "Example Registry" in finding.message
    [evidence] = finding.evidence
    assert (evidence.url, evidence.sha256) == (listed.url(PATH), hashlib.sha256(entries()).hexdigest())


def test_an_issuer_that_no_registry_has_is_unknown(listed: Worker) -> None:
    listed.server.pages[PATH] = ok(entries(did="did:web:other.example"))
    finding = issuer_finding(listed)
    assert (finding.outcome, finding.code) == (Outcome.UNKNOWN, "issuer_not_registered")


def test_another_registered_name_is_a_caution(listed: Worker) -> None:
    listed.server.pages[PATH] = ok(entries("Another College"))
    finding = issuer_finding(listed)
    assert (finding.outcome, finding.code) == (Outcome.UNKNOWN, "issuer_name_differs")
    assert finding.evidence[0].url == listed.url(PATH)


@pytest.mark.parametrize("page", [ok(b"<html>"), ok(b"{}"), b"HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n"])
def test_a_registry_that_cannot_be_read_is_unknown_and_named(listed: Worker, page: bytes) -> None:
    listed.server.pages[PATH] = page
    finding = issuer_finding(listed)
    assert (finding.outcome, finding.code) == (Outcome.UNKNOWN, "registry_unavailable")
    assert "Example Registry" in finding.message


def test_another_registry_decides_if_one_cannot_be_read(listed: Worker, tmp_path: Path) -> None:
    listed.server.pages[PATH] = ok(b"<html>")
    file = tmp_path / "partners.json"
    file.write_bytes(entries())
    listed.registries.append(RegistrySource("Our partners", str(file)))
    finding = issuer_finding(listed)
    assert (finding.code, finding.evidence) == ("issuer_registered", ())
    assert "Our partners" in finding.message


def test_the_first_registry_that_has_the_issuer_decides(listed: Worker, tmp_path: Path) -> None:
    listed.server.pages[PATH] = ok(entries("Another College"))
    file = tmp_path / "partners.json"
    file.write_bytes(entries())
    listed.registries.append(RegistrySource("Our partners", str(file)))
    assert issuer_finding(listed).code == "issuer_name_differs"


def test_a_missing_file_is_unknown(worker: Worker, tmp_path: Path) -> None:
    worker.registries.append(RegistrySource("Our partners", str(tmp_path / "none.json")))
    assert issuer_finding(worker).code == "registry_unavailable"


def test_a_list_is_fetched_once_for_several_credentials(listed: Worker) -> None:
    listed.server.pages[PATH] = ok(entries(), "Cache-Control: max-age=300")
    assert [issuer_finding(listed).code for _ in range(3)] == ["issuer_registered"] * 3
    assert listed.server.paths == [PATH]


def test_registries_do_not_use_up_the_fetches_of_the_credential(listed: Worker) -> None:
    listed.server.pages[PATH] = ok(entries())
    for host in OTHERS[:2]:
        listed.registries.insert(0, RegistrySource(host, listed.url("/none", host)))
    lists = [listed.url(f"/list{number}") for number in range(3)]
    report = listed.reports.check(badge(lists), VISIT).report
    assert report.findings[7].code == "issuer_registered"
    assert {f"/list{number}" for number in range(3)} <= set(listed.server.paths)
