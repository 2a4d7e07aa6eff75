"""Fourteen status errors, alone and next to a valid entry in either position, over real TLS: none is valid.

`tests/verify/checks/test_status.py` tests more errors of lists and entries, with a fake resolver. Here the list comes
through the guarded fetcher and its cache, as a list of an external host does.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from chalicelib.credential.record import Purpose
from chalicelib.net.fetching.cache import Cache
from chalicelib.net.fetching.deadline import Deadline
from chalicelib.net.fetching.fetch import Fetcher
from chalicelib.net.fetching.guard import Guard
from chalicelib.net.status_lists import FetchedStatusLists
from chalicelib.verify import bitstring
from chalicelib.verify.pipeline import verify
from chalicelib.verify.ports import Resolver
from chalicelib.verify.report import Report, Verdict
from tests import makers
from tests.net.certificates import Authority
from tests.net.external_host import Behaviour, ExternalHost, ok
from tests.net.fake_resolver import FakeResolver

VALID_HOST, INVALID_HOST = "good.example", "bad.example"
PATH = "/status/1"


@dataclass(frozen=True, slots=True)
class StatusError:
    """An error of the host's response, the list, the certificate or the entry."""

    code: str
    page: Callable[[bytes], bytes | Behaviour] = ok
    listed: Callable[[dict[str, Any]], bytes] | None = None
    authority: Authority | None = None
    entry: Mapping[str, object] | None = None
    verdict: Verdict = Verdict.UNKNOWN
    seconds: float = 10.0
    """Time limit for all fetches of the verification."""


def listed(document: dict[str, Any], **members: Any) -> bytes:
    return makers.as_bytes(makers.signed({**document, **members}))


def subject(document: dict[str, Any], **members: Any) -> bytes:
    return listed(document, credentialSubject={**document["credentialSubject"], **members})


def forged(document: dict[str, Any]) -> bytes:
    return makers.as_bytes({**makers.signed(document), "validFrom": "2025-01-01T00:00:00Z"})


def delayed(_connection: object) -> None:
    time.sleep(1.5)


REVOKED = bitstring.encode(bitstring.with_bit(makers.EMPTY_BITS, 7, value=True))

STATUS_ERRORS = {
    "404": StatusError("status_list_unavailable", lambda body: ok(body, status="404 Not Found")),
    "500": StatusError("status_list_unavailable", lambda body: ok(body, status="500 Internal Server Error")),
    "time-out": StatusError("status_list_unavailable", lambda body: delayed, seconds=1.0),
    "TLS failure": StatusError("status_list_unavailable", authority=Authority("Untrusted authority")),
    "bad proof": StatusError("status_list_unproven", listed=forged),
    "expired list": StatusError("status_list_unproven", listed=partial(listed, validUntil="2026-01-02T00:00:00Z")),
    "other purpose": StatusError("status_purpose_differs", listed=partial(subject, statusPurpose="suspension")),
    "short list": StatusError(
        "status_list_too_short", listed=partial(subject, encodedList=bitstring.encode(makers.EMPTY_BITS[:-1]))
    ),
    "index out of range": StatusError("status_index_out_of_range", entry={"statusListIndex": str(bitstring.MIN_BITS)}),
    "negative index": StatusError("status_malformed", entry={"statusListIndex": "-1"}),
    "index that is not an integer": StatusError("status_malformed", entry={"statusListIndex": "7.0"}),
    "too few entries of two bits": StatusError("status_list_too_short", entry={"statusSize": 2}),
    "huge statusSize": StatusError("status_size_unsupported", entry={"statusSize": 17}),
    "list of another kind": StatusError("status_list_wrong_type", entry={"type": "StatusList2021Entry"}),
    "unknown type": StatusError("status_type_unknown", entry={"type": "RevocationList2020Status"}),
    "one of two is set": StatusError("revoked", listed=partial(subject, encodedList=REVOKED), verdict=Verdict.REVOKED),
}
"""The rows of the threat model. The last one is for verifiers that check only one entry."""


@dataclass(slots=True)
class StatusListSetup:
    """Two hosts of status lists, and a verifier that can reach both."""

    hosts: dict[str, ExternalHost]
    fetcher: Fetcher
    seconds: float

    def url(self, host: str) -> str:
        return f"https://{host}:{self.hosts[host].port}{PATH}"

    def status_list(self, host: str) -> dict[str, Any]:
        document = makers.status_list(Purpose.REVOCATION)
        relocated: dict[str, Any] = json.loads(json.dumps(document).replace(str(document["id"]), self.url(host)))
        return relocated

    def entry(self, host: str, **members: object) -> dict[str, object]:
        [entry] = makers.unsigned(entries=makers.ENTRIES[:1])["credentialStatus"]  # type: ignore[misc]
        return {**entry, "id": f"{self.url(host)}#7", "statusListCredential": self.url(host), **members}

    def report(self, *entries: dict[str, object]) -> Report:
        # eddsa-jcs-2022 signs any member as written, so the invalid entry reaches the check.
        source = makers.signed({**makers.unsigned(), "credentialStatus": list(entries)}, suite="eddsa-jcs-2022")
        cache = Cache(self.fetcher, lambda: makers.NOW)
        lists = FetchedStatusLists(cache, Deadline.after(self.seconds, time.monotonic))
        ports: Resolver = replace(makers.FakeResolver().resolver(), status_lists=lists)
        return verify(makers.as_bytes(source), resolver=ports, now=makers.NOW)


@pytest.fixture(params=[None, *STATUS_ERRORS], ids=lambda name: name or "no error")
def status_error(request: pytest.FixtureRequest) -> StatusError | None:
    return STATUS_ERRORS[request.param] if request.param else None


@pytest.fixture
def setup(status_error: StatusError | None, tmp_path: Path) -> Iterator[StatusListSetup]:
    trusted = Authority()
    authorities = {VALID_HOST: trusted, INVALID_HOST: (status_error and status_error.authority) or trusted}
    with ExitStack() as stack:
        hosts = {
            host: stack.enter_context(ExternalHost(authority.server(tmp_path, host)))
            for host, authority in authorities.items()
        }
        guard = Guard(frozenset(f"{host}:{server.port}" for host, server in hosts.items()))
        names = FakeResolver(**{host.replace(".", "_"): [["127.0.0.1"]] for host in hosts})
        fetcher = Fetcher(guard, names, trusted.trust(), lambda: makers.NOW)
        setup = StatusListSetup(hosts, fetcher, status_error.seconds if status_error else 10.0)
        for host, server in hosts.items():
            server.pages[PATH] = ok(listed(setup.status_list(host)))
        if status_error is not None:
            body = (status_error.listed or listed)(setup.status_list(INVALID_HOST))
            hosts[INVALID_HOST].pages[PATH] = status_error.page(body)
        yield setup


@pytest.mark.parametrize("position", ["alone", "first of two", "second of two"])
def test_only_a_status_without_an_error_is_valid(
    status_error: StatusError | None, setup: StatusListSetup, position: str
) -> None:
    valid_entry, invalid_entry = (
        setup.entry(VALID_HOST),
        setup.entry(INVALID_HOST, **((status_error and status_error.entry) or {})),
    )
    report = setup.report(
        *{
            "alone": [invalid_entry],
            "first of two": [invalid_entry, valid_entry],
            "second of two": [valid_entry, invalid_entry],
        }[position]
    )
    expected = (status_error.verdict, status_error.code) if status_error else (Verdict.VALID, "not_revoked")
    assert (report.verdict, report.findings[6].code) == expected


def test_the_matrix_is_complete() -> None:
    assert len(STATUS_ERRORS) == 16
    assert Verdict.VALID not in {status_error.verdict for status_error in STATUS_ERRORS.values()}
