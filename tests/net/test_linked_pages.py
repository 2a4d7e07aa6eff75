"""From a link to a web page to the credential behind it, over real connections and within the limits of a request."""

from __future__ import annotations

import time

import pytest

from chalicelib.errors import Malformed, Unavailable
from chalicelib.net.fetching.budget import MAX_PER_HOST
from chalicelib.reports.submitted import SubmittedReport
from chalicelib.verify.report import Verdict
from tests.makers import as_bytes, signed, unsigned
from tests.net.external_host import ok, redirect
from tests.net.worker import OTHERS, VICTIM, VISIT, Worker, badge

_PLAIN = {name: value for name, value in unsigned().items() if name != "credentialStatus"}
CREDENTIAL = as_bytes(signed(_PLAIN))


def page(*links: str) -> bytes:
    tags = "".join(f'<link rel="alternate" type="application/vc" href="{link}">' for link in links)
    return ok(f"<!doctype html><html><head>{tags}</head><body></body></html>".encode(), "Content-Type: text/html")


def check(worker: Worker, url: str) -> SubmittedReport:
    return worker.reports.check(url.encode(), VISIT)


def test_a_page_leads_to_a_credential_on_the_same_site(worker: Worker) -> None:
    worker.server.pages |= {"/badges/1": page("1/vc"), "/badges/1/vc": ok(CREDENTIAL)}
    checked = check(worker, worker.url("/badges/1"))
    assert (checked.report.verdict, checked.page) == (Verdict.VALID, worker.url("/badges/1"))
    assert checked.url == worker.url("/badges/1/vc")
    assert worker.server.paths == ["/badges/1", "/badges/1/vc"]


def test_a_relative_link_counts_from_where_the_page_is(worker: Worker) -> None:
    """A short link leads to the page."""
    worker.server.pages |= {
        "/s/1": redirect(worker.url("/badges/1", OTHERS[0])),
        "/badges/1": page("vc"),
        "/badges/vc": ok(CREDENTIAL),
    }
    checked = check(worker, worker.url("/s/1"))
    assert (checked.report.verdict, checked.url) == (Verdict.VALID, worker.url("/badges/vc", OTHERS[0]))
    assert worker.server.names == [VICTIM, OTHERS[0], OTHERS[0]]


def test_a_page_on_any_site_proves_nothing_about_the_credential_behind_it(worker: Worker) -> None:
    tampered = as_bytes({**signed(_PLAIN), "name": "Doctor of everything"})
    worker.server.pages |= {"/1": page(worker.url("/2", OTHERS[0])), "/2": ok(tampered)}
    report = check(worker, worker.url("/1")).report
    assert (report.verdict, report.findings[3].code) == (Verdict.INVALID, "signature_wrong")


def test_a_page_behind_a_page_is_not_followed(worker: Worker) -> None:
    worker.server.pages |= {"/1": page("/2"), "/2": page("/3"), "/3": ok(CREDENTIAL)}
    with pytest.raises(Malformed) as caught:
        check(worker, worker.url("/1"))
    assert caught.value.code == "nothing_found"
    assert worker.server.paths == ["/1", "/2"]


def test_a_page_cannot_make_the_service_contact_an_internal_address(worker: Worker) -> None:
    """Neither by an address nor by a name that leads to one."""
    worker.names.answers["internal.example"] = [["169.254.169.254"]]
    for link in (
        "https://169.254.169.254/latest/meta-data",
        "https://127.0.0.1:1/",
        "https://internal.example/",
        "https://localhost/",
    ):
        worker.server.pages["/1"] = page(link)
        with pytest.raises((Unavailable, Malformed)):
            check(worker, worker.url("/1"))
    assert {*worker.server.names} == {VICTIM}


def test_a_page_without_a_link_over_tls_leads_nowhere(worker: Worker) -> None:
    for link in ("http://plain.example/vc", "file:///etc/passwd", "javascript:alert(1)", "data:application/vc,{}"):
        worker.server.pages["/1"] = page(link)
        with pytest.raises(Malformed):
            check(worker, worker.url("/1"))
    assert worker.server.paths[0] == "/1"
    assert {*worker.server.paths} == {"/1"}


def test_the_page_and_the_credential_share_the_limit_of_a_host(worker: Worker) -> None:
    urls = [worker.url(f"/list/{number}") for number in range(MAX_PER_HOST * 2)]
    worker.server.pages |= {"/1": page("/2"), "/2": ok(badge(urls))}
    assert check(worker, worker.url("/1")).report.verdict is Verdict.UNKNOWN
    assert len(worker.server.paths) <= MAX_PER_HOST + 2


def test_a_page_of_links_costs_one_more_request_and_little_time(worker: Worker) -> None:
    many = b"".join(b'<a href="/%d.json"><link rel=x>' % number for number in range(15_000))
    worker.server.pages["/1"] = ok(b"<html>" + many[: 250 * 1024])
    started = time.process_time()
    with pytest.raises(Malformed):
        check(worker, worker.url("/1"))
    assert time.process_time() - started < 1
    assert worker.server.paths == ["/1"]
