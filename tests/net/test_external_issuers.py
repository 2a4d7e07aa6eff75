"""Issuers with a history (did:webvh), and the status of tokens, over real connections."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.verify.report import Report, Verdict
from tests.makers import as_bytes, issuer, signed, unsigned
from tests.net.external_host import ok, redirect
from tests.net.worker import OTHERS, VICTIM, VISIT, Worker
from tests.verify.did_webvh.histories import ISSUING, SECOND, did_of, document, first, following, lines, multikey
from tests.verify.formats.sd_jwts import DIPLOMA, sd_jwt
from tests.verify.jose.test_token_status_list import list_token, packed
from tests.verify.jose.tokens import encoded, jwk

LOG = "/issuers/did.jsonl"
DID_JWK = "did:jwk:" + encoded(jwk("ES256")).decode()


def check(worker: Worker, source: bytes) -> Report:
    return worker.reports.check(source, VISIT).report


@pytest.fixture
def history(worker: Worker) -> list[dict[str, Any]]:
    """The first version of an issuer on the test's server."""
    return [first(state=document(f"did:webvh:{{SCID}}:{VICTIM}%3A{worker.server.port}:issuers"))]


def credential_of(history: list[dict[str, Any]]) -> bytes:
    did = did_of(lines(history))
    made = unsigned(replace(issuer(ISSUING), did=did), entries=())
    del made["credentialStatus"]
    return as_bytes(signed(made, ISSUING, method=f"{did}#key-1"))


def test_a_credential_of_an_issuer_with_a_history_is_valid(worker: Worker, history: list[dict[str, Any]]) -> None:
    worker.server.pages[LOG] = ok(lines([*history, following(history[0])]))
    report = check(worker, credential_of(history))
    assert report.verdict is Verdict.VALID, report.findings
    assert worker.server.paths == [LOG]


def test_a_history_that_someone_else_continued_decides_nothing(worker: Worker, history: list[dict[str, Any]]) -> None:
    """Whoever controls the server still cannot name a key of their own."""
    stolen = following(history[0], SECOND, parameters={"updateKeys": [multikey(SECOND)]})
    worker.server.pages[LOG] = ok(lines([*history, stolen]))
    report = check(worker, credential_of(history))
    assert (report.verdict, report.findings[3].code) == (Verdict.UNKNOWN, "key_unavailable")


def test_a_history_is_only_followed_on_its_own_host(worker: Worker, history: list[dict[str, Any]]) -> None:
    worker.server.pages |= {LOG: redirect(worker.url("/other", OTHERS[0])), "/other": ok(lines(history))}
    assert check(worker, credential_of(history)).verdict is Verdict.UNKNOWN
    assert {*worker.server.names} == {VICTIM}


def test_a_history_that_never_ends_is_unknown(worker: Worker, history: list[dict[str, Any]]) -> None:
    worker.server.pages[LOG] = ok(lines(history) + b"{}\n" * 500_000)
    assert check(worker, credential_of(history)).verdict is Verdict.UNKNOWN


def diploma(worker: Worker) -> bytes:
    status = {"status_list": {"idx": 5, "uri": worker.url("/statuses")}}
    return sd_jwt({**DIPLOMA, "iss": DID_JWK, "status": status}, kid=f"{DID_JWK}#0")


def statuses(worker: Worker, value: int = 0, **claims: Any) -> bytes:
    listed = {"bits": 1, "lst": packed(bytes([value << 5]) + bytes(127))}
    given = {"sub": worker.url("/statuses"), "iat": int(worker.now.timestamp()), "status_list": listed, **claims}
    return ok(list_token(given, kid=f"{DID_JWK}#0"), "Cache-Control: max-age=300")


@pytest.mark.parametrize(("value", "verdict"), [(0, Verdict.VALID), (1, Verdict.REVOKED)])
def test_the_status_of_a_token_is_read_from_its_list(worker: Worker, value: int, verdict: Verdict) -> None:
    worker.server.pages["/statuses"] = statuses(worker, value)
    report = check(worker, diploma(worker))
    assert report.verdict is verdict, report.findings
    assert worker.server.heads[0].lower().count("statuslist+jwt")


@pytest.mark.parametrize(("limits", "verdict"), [({}, Verdict.VALID), ({"ttl": 60}, Verdict.REVOKED)])
def test_a_cached_list_that_says_it_is_outdated_is_fetched_again(
    worker: Worker, limits: dict[str, int], verdict: Verdict
) -> None:
    """The cache must not keep it longer than its issuer says (`ttl`), even if the server does (`max-age`)."""
    worker.server.pages["/statuses"] = statuses(worker, **limits)
    assert check(worker, diploma(worker)).verdict is Verdict.VALID
    worker.now += timedelta(seconds=120)
    worker.server.pages["/statuses"] = statuses(worker, value=1, **limits)
    assert check(worker, diploma(worker)).verdict is verdict


def test_a_list_for_another_address_shows_nothing(worker: Worker) -> None:
    worker.server.pages["/statuses"] = statuses(worker, sub=worker.url("/others"))
    report = check(worker, diploma(worker))
    assert (report.verdict, report.findings[6].outcome) == (Verdict.UNKNOWN, "unknown")
