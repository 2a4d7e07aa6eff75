"""Fourteen faults of a status, alone and beside a good entry in either place, over real TLS: none comes out as valid.

`tests/verify/checks/test_status.py` has more faults of lists and entries, on a world from dictionaries; here the list
comes by the guarded fetcher and its cache, as a stranger's does.
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
from chalicelib.net.cache import Cache
from chalicelib.net.deadline import Deadline
from chalicelib.net.fetch import Fetcher
from chalicelib.net.guard import Guard
from chalicelib.net.status_lists import FetchedStatusLists
from chalicelib.verify import bitstring
from chalicelib.verify.pipeline import verify
from chalicelib.verify.ports import Resolver
from chalicelib.verify.report import Report, Verdict
from tests import makers
from tests.net.certificates import Authority
from tests.net.conftest import Names
from tests.net.stranger import Behaviour, Stranger, ok

GOOD, BAD = "good.example", "bad.example"
PATH = "/status/1"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: with the answer of the host, with the list, with its certificate, or with the entry."""

    code: str
    page: Callable[[bytes], bytes | Behaviour] = ok
    listed: Callable[[dict[str, Any]], bytes] | None = None
    authority: Authority | None = None
    entry: Mapping[str, object] | None = None
    verdict: Verdict = Verdict.UNKNOWN
    seconds: float = 10.0
    """For all that the verification fetches."""


def listed(document: dict[str, Any], **members: Any) -> bytes:
    return makers.as_bytes(makers.signed({**document, **members}))


def subject(document: dict[str, Any], **members: Any) -> bytes:
    return listed(document, credentialSubject={**document["credentialSubject"], **members})


def forged(document: dict[str, Any]) -> bytes:
    return makers.as_bytes({**makers.signed(document), "validFrom": "2025-01-01T00:00:00Z"})


def too_late(_connection: object) -> None:
    time.sleep(1.5)


REVOKED = bitstring.encode(bitstring.with_bit(makers.EMPTY_BITS, 7, value=True))

FAULTS = {
    "404": Fault("status_list_unavailable", lambda body: ok(body, status="404 Not Found")),
    "500": Fault("status_list_unavailable", lambda body: ok(body, status="500 Internal Server Error")),
    "time-out": Fault("status_list_unavailable", lambda body: too_late, seconds=1.0),
    "TLS failure": Fault("status_list_unavailable", authority=Authority("Nobody's authority")),
    "bad proof": Fault("status_list_unproven", listed=forged),
    "expired list": Fault("status_list_unproven", listed=partial(listed, validUntil="2026-01-02T00:00:00Z")),
    "other purpose": Fault("status_purpose_differs", listed=partial(subject, statusPurpose="suspension")),
    "short list": Fault(
        "status_list_too_short", listed=partial(subject, encodedList=bitstring.encode(makers.EMPTY_BITS[:-1]))
    ),
    "index out of range": Fault("status_index_out_of_range", entry={"statusListIndex": str(bitstring.MIN_BITS)}),
    "negative index": Fault("status_malformed", entry={"statusListIndex": "-1"}),
    "index that is no integer": Fault("status_malformed", entry={"statusListIndex": "7.0"}),
    "statusSize above 1": Fault("status_size_unsupported", entry={"statusSize": 2}),
    "unknown type": Fault("status_type_unknown", entry={"type": "StatusList2021Entry"}),
    "one of two is set": Fault("revoked", listed=partial(subject, encodedList=REVOKED), verdict=Verdict.REVOKED),
}
"""The rows of the threat model, the last for verifiers that look at one entry only."""


@dataclass(slots=True)
class Stage:
    """Two hosts of status lists, and a verifier that reaches both."""

    hosts: dict[str, Stranger]
    fetcher: Fetcher
    seconds: float

    def url(self, host: str) -> str:
        return f"https://{host}:{self.hosts[host].port}{PATH}"

    def status_list(self, host: str) -> dict[str, Any]:
        document = makers.status_list(Purpose.REVOCATION)
        moved: dict[str, Any] = json.loads(json.dumps(document).replace(str(document["id"]), self.url(host)))
        return moved

    def entry(self, host: str, **members: object) -> dict[str, object]:
        [entry] = makers.unsigned(entries=makers.ENTRIES[:1])["credentialStatus"]  # type: ignore[misc]
        return {**entry, "id": f"{self.url(host)}#7", "statusListCredential": self.url(host), **members}

    def report(self, *entries: dict[str, object]) -> Report:
        # eddsa-jcs-2022 signs any member as it stands, so that the fault reaches the check.
        source = makers.signed({**makers.unsigned(), "credentialStatus": list(entries)}, suite="eddsa-jcs-2022")
        web = Cache(self.fetcher, lambda: makers.NOW)
        lists = FetchedStatusLists(web, Deadline.after(self.seconds, time.monotonic))
        ports: Resolver = replace(makers.FakeResolver().resolver(), status_lists=lists)
        return verify(makers.as_bytes(source), resolver=ports, now=makers.NOW)


@pytest.fixture(params=[None, *FAULTS], ids=lambda name: name or "no fault")
def fault(request: pytest.FixtureRequest) -> Fault | None:
    return FAULTS[request.param] if request.param else None


@pytest.fixture
def stage(fault: Fault | None, tmp_path: Path) -> Iterator[Stage]:
    trusted = Authority()
    authorities = {GOOD: trusted, BAD: (fault and fault.authority) or trusted}
    with ExitStack() as running:
        hosts = {
            host: running.enter_context(Stranger(authority.server(tmp_path, host)))
            for host, authority in authorities.items()
        }
        guard = Guard(frozenset(f"{host}:{stranger.port}" for host, stranger in hosts.items()))
        names = Names(**{host.replace(".", "_"): [["127.0.0.1"]] for host in hosts})
        fetcher = Fetcher(guard, names, trusted.trust(), lambda: makers.NOW)
        stage = Stage(hosts, fetcher, fault.seconds if fault else 10.0)
        for host, stranger in hosts.items():
            stranger.pages[PATH] = ok(listed(stage.status_list(host)))
        if fault is not None:
            body = (fault.listed or listed)(stage.status_list(BAD))
            hosts[BAD].pages[PATH] = fault.page(body)
        yield stage


@pytest.mark.parametrize("place", ["alone", "first of two", "second of two"])
def test_no_fault_of_a_status_is_valid_and_without_one_it_is(fault: Fault | None, stage: Stage, place: str) -> None:
    good, bad = stage.entry(GOOD), stage.entry(BAD, **((fault and fault.entry) or {}))
    report = stage.report(*{"alone": [bad], "first of two": [bad, good], "second of two": [good, bad]}[place])
    expected = (fault.verdict, fault.code) if fault else (Verdict.VALID, "still_stands")
    assert (report.verdict, report.findings[6].code) == expected


def test_the_matrix_is_whole() -> None:
    assert len(FAULTS) == 14
    assert Verdict.VALID not in {fault.verdict for fault in FAULTS.values()}
