"""A cached document never decides against a credential: before a check fails because of it, it is fetched anew."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest

from chalicelib.credential.multibase import encode_ed25519
from chalicelib.net.fetched_sources import FetchedSources
from chalicelib.net.fetching.guard import Guard
from chalicelib.verify.report import CORE, Outcome, Verdict
from tests.makers import ISSUER_KEY, OTHER_KEY, Signatory, as_bytes, issuer, signed, unsigned
from tests.net.external_host import ok
from tests.net.worker import VICTIM, VISIT, Worker
from tests.verify.keys.test_did_document import JWK

DOCUMENT = "/.well-known/did.json"
LONG = "Cache-Control: max-age=300"

Publish = Callable[..., None]


@pytest.fixture
def did(worker: Worker) -> str:
    return f"did:web:{VICTIM}%3A{worker.server.port}"


def key_document(did: str, **keys: Signatory) -> bytes:
    methods = [
        {"id": f"#{name}", "type": "Multikey", "controller": did, "publicKeyMultibase": encode_ed25519(key.public)}
        for name, key in keys.items()
    ]
    document = {"id": did, "verificationMethod": methods, "assertionMethod": [method["id"] for method in methods]}
    return ok(json.dumps(document).encode(), LONG)


def credential(did: str, key: Signatory, name: str) -> bytes:
    """A credential of ``did`` without status."""
    document = unsigned(issuer(did=did), entries=())
    document.pop("credentialStatus", None)
    return as_bytes(signed(document, key=key, method=f"{did}#{name}"))


def outcome(worker: Worker, submitted: bytes) -> tuple[Verdict, str]:
    """The verdict, and the finding that decided it."""
    report = worker.reports.check(submitted, VISIT).report
    core = [finding for finding in report.findings if finding.check in CORE]
    return report.verdict, next((each.code for each in core if each.outcome is not Outcome.PASSED), core[-1].code)


@pytest.fixture
def publish(worker: Worker, did: str) -> Publish:
    def put(**keys: Signatory) -> None:
        worker.server.pages[DOCUMENT] = key_document(did, **keys)

    return put


@pytest.mark.parametrize(
    ("first", "then", "name"),
    [
        ({"first": ISSUER_KEY}, {"first": ISSUER_KEY, "second": OTHER_KEY}, "second"),
        ({"only": ISSUER_KEY}, {"only": OTHER_KEY}, "only"),
    ],
    ids=["a new name", "a new key under the same name"],
)
def test_a_credential_that_is_signed_with_a_key_newer_than_the_cache_is_valid(
    worker: Worker, did: str, publish: Publish, first: dict[str, Signatory], then: dict[str, Signatory], name: str
) -> None:
    publish(**first)
    assert outcome(worker, credential(did, ISSUER_KEY, next(iter(first)))) == (Verdict.VALID, "signer_is_issuer")
    publish(**then)
    assert outcome(worker, credential(did, OTHER_KEY, name)) == (Verdict.VALID, "signer_is_issuer")
    assert worker.server.paths == [DOCUMENT, DOCUMENT]


def test_a_key_that_was_allowed_for_issuing_after_the_cached_copy_is_accepted(worker: Worker, did: str) -> None:
    allowed = key_document(did, first=ISSUER_KEY)
    worker.server.pages[DOCUMENT] = allowed.replace(b'"assertionMethod"', b'"authentication_"')
    submitted = credential(did, ISSUER_KEY, "first")
    assert outcome(worker, submitted) == (Verdict.INVALID, "key_not_for_assertions")
    worker.server.pages[DOCUMENT] = allowed
    assert outcome(worker, submitted) == (Verdict.VALID, "signer_is_issuer")


def test_without_a_fresh_copy_the_cached_one_proves_nothing(worker: Worker, did: str, publish: Publish) -> None:
    publish(first=ISSUER_KEY)
    outcome(worker, credential(did, ISSUER_KEY, "first"))
    worker.server.pages[DOCUMENT] = ok(b"", status="503 Service Unavailable")
    assert outcome(worker, credential(did, OTHER_KEY, "second")) == (Verdict.UNKNOWN, "key_unavailable")
    assert outcome(worker, credential(did, ISSUER_KEY, "first")) == (Verdict.VALID, "signer_is_issuer")


def test_a_forged_credential_is_invalid_and_costs_its_host_one_request_each_time(
    worker: Worker, did: str, publish: Publish
) -> None:
    publish(first=ISSUER_KEY)
    forged = credential(did, OTHER_KEY, "first")
    for times in (1, 2, 3):
        assert outcome(worker, forged) == (Verdict.INVALID, "signature_wrong")
        assert worker.server.paths == [DOCUMENT] * times


def test_metadata_that_was_missing_a_moment_ago_is_read_before_a_token_fails(worker: Worker) -> None:
    """A cached failure leads to the issuer's document, which does not list the key."""
    url = worker.url("/issuer")
    guard = Guard(frozenset({f"{VICTIM}:{worker.server.port}"}))

    def request() -> FetchedSources:
        return FetchedSources(worker.cache, guard, time.monotonic, lambda: None, worker.dead_hosts)

    def names(sources: FetchedSources) -> list[str]:
        return [method.id for method in sources.controllers.find(url).methods]

    worker.server.pages["/issuer"] = ok(json.dumps({"id": url, "verificationMethod": []}).encode(), LONG)
    assert names(request()) == []
    worker.server.pages["/.well-known/jwt-vc-issuer/issuer"] = ok(
        json.dumps({"issuer": url, "jwks": {"keys": [{**JWK, "kid": "new"}]}}).encode(), LONG
    )
    later = request()
    assert names(later) == []
    assert later.refresh()
    assert names(later) == ["new"]
    assert not request().refresh()


def test_a_link_is_fetched_again_before_its_cached_credential_fails(worker: Worker, did: str, publish: Publish) -> None:
    """The issuer has replaced what the link leads to."""
    publish(first=ISSUER_KEY)
    worker.server.pages["/badge"] = ok(credential(did, OTHER_KEY, "first"), LONG)
    assert outcome(worker, worker.url("/badge").encode()) == (Verdict.INVALID, "signature_wrong")
    worker.server.pages["/badge"] = ok(credential(did, ISSUER_KEY, "first"), LONG)
    assert outcome(worker, worker.url("/badge").encode()) == (Verdict.VALID, "signer_is_issuer")


def test_a_cached_key_does_not_decide_against_a_credential_in_a_presentation(
    worker: Worker, did: str, publish: Publish
) -> None:
    publish(first=ISSUER_KEY)
    assert outcome(worker, credential(did, ISSUER_KEY, "first"))[0] is Verdict.VALID
    publish(first=ISSUER_KEY, second=OTHER_KEY)
    inner = json.loads(credential(did, OTHER_KEY, "second"))
    presentation = {"@context": inner["@context"][:1], "type": "VerifiablePresentation", "verifiableCredential": inner}
    report = worker.reports.check(json.dumps(presentation).encode(), VISIT).report
    assert [each.report.verdict for each in report.contained] == [Verdict.VALID]
