"""The fault matrix of security threat 5: whatever is wrong with a status, the answer is never "valid"."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.credential.record import Entry, Purpose
from chalicelib.verify import bitstring
from chalicelib.verify.pipeline import verify
from chalicelib.verify.report import Outcome, Report, Verdict
from tests.makers import (
    EMPTY_BITS,
    ENTRIES,
    NOW,
    OTHER_KEY,
    FakeResolver,
    as_bytes,
    good_resolver,
    list_url,
    signed,
    status_list,
    unsigned,
)

REVOCATION, SUSPENSION = Purpose.REVOCATION, Purpose.SUSPENSION


def report_on(document: dict[str, Any], resolver: FakeResolver) -> Report:
    return verify(as_bytes(signed(document)), resolver=resolver.resolver(), now=NOW)


def status_finding(report: Report) -> tuple[Verdict, str]:
    return report.verdict, report.findings[6].code


def with_list(
    document: dict[str, Any], *, sign_it: bool = True, purpose: Purpose = REVOCATION, **keys: Any
) -> FakeResolver:
    resolver = good_resolver()
    resolver.lists[list_url(purpose)] = as_bytes(signed(document, **keys) if sign_it else document)
    return resolver


def subject(**changes: Any) -> dict[str, Any]:
    return {**status_list(REVOCATION)["credentialSubject"], **changes}  # type: ignore[dict-item]


LIST_FAULTS: dict[str, tuple[Callable[[], FakeResolver], str]] = {
    "unreachable": (
        lambda: FakeResolver(lists={list_url(SUSPENSION): good_resolver().lists[list_url(SUSPENSION)]}),
        "status_list_unavailable",
    ),
    "not json": (lambda: _raw(b"<html>"), "status_list_unproven"),
    "unsigned": (lambda: with_list(status_list(REVOCATION), sign_it=False), "status_list_unproven"),
    "changed": (
        lambda: _raw(as_bytes({**signed(status_list(REVOCATION)), "validFrom": "2025-01-01T00:00:00Z"})),
        "status_list_unproven",
    ),
    "signed by another": (lambda: with_list(status_list(REVOCATION), key=OTHER_KEY), "status_list_unproven"),
    "another issuer": (
        lambda: with_list(status_list(REVOCATION, key=OTHER_KEY), key=OTHER_KEY),
        "status_list_other_issuer",
    ),
    "expired": (lambda: with_list(status_list(REVOCATION, validUntil="2026-01-02T00:00:00Z")), "status_list_unproven"),
    "not yet valid": (
        lambda: with_list(status_list(REVOCATION, validFrom="2030-01-02T00:00:00Z")),
        "status_list_unproven",
    ),
    "another purpose": (
        lambda: with_list(status_list(REVOCATION, credentialSubject=subject(statusPurpose="suspension"))),
        "status_purpose_differs",
    ),
    "a status of its own": (
        lambda: with_list(status_list(REVOCATION, credentialStatus=unsigned()["credentialStatus"])),
        "status_list_has_status",
    ),
    "another address": (
        lambda: with_list(status_list(REVOCATION, id="http://localhost:8000/status/other")),
        "status_list_other_id",
    ),
    "not a list": (lambda: with_list(status_list(REVOCATION, type=["VerifiableCredential"])), "status_list_wrong_type"),
    "too short": (lambda: with_list(status_list(REVOCATION, EMPTY_BITS[:-1])), "status_list_too_short"),
    "a bomb": (lambda: with_list(status_list(REVOCATION, bytes(bitstring.MAX_BYTES + 1))), "status_list_too_large"),
    "not base64": (
        lambda: with_list(status_list(REVOCATION, credentialSubject=subject(encodedList="u!"))),
        "status_list_malformed",
    ),
}


def _raw(body: bytes) -> FakeResolver:
    resolver = good_resolver()
    resolver.lists[list_url(REVOCATION)] = body
    return resolver


@pytest.mark.parametrize(
    "entries", [ENTRIES[:1], ENTRIES, ENTRIES[::-1]], ids=["one entry", "two", "two, the other first"]
)
@pytest.mark.parametrize("fault", LIST_FAULTS)
def test_a_list_that_cannot_be_believed_is_unknown(fault: str, entries: tuple[Entry, ...]) -> None:
    make_world, code = LIST_FAULTS[fault]
    assert status_finding(report_on(unsigned(entries=entries), make_world())) == (Verdict.UNKNOWN, code)


ENTRY_FAULTS = {
    "unknown type": ({"type": "1EdTechRevocationList"}, "status_type_unknown"),
    "unknown purpose": ({"statusPurpose": "message"}, "status_purpose_unknown"),
    "no list": ({"statusListCredential": ""}, "status_malformed"),
    "negative": ({"statusListIndex": "-1"}, "status_malformed"),
    "not a number": ({"statusListIndex": "12abc"}, "status_malformed"),
    "a fraction": ({"statusListIndex": "1.0"}, "status_malformed"),
    "leading zero": ({"statusListIndex": "07"}, "status_malformed"),
    "other digits": ({"statusListIndex": "７"}, "status_malformed"),
    "out of range": ({"statusListIndex": str(bitstring.MIN_BITS)}, "status_index_out_of_range"),
    "more than a bit": ({"statusSize": 2}, "status_size_unsupported"),
    "a size that is no number": ({"statusSize": True}, "status_size_unsupported"),
}


@pytest.mark.parametrize("beside", [[], [1], [0]], ids=["alone", "then a good one", "after a good one"])
@pytest.mark.parametrize("fault", ENTRY_FAULTS)
def test_an_entry_that_cannot_be_read_is_unknown(fault: str, beside: list[int]) -> None:
    changes, code = ENTRY_FAULTS[fault]
    # eddsa-jcs-2022 signs any member as it stands, so that the fault reaches the check.
    document = unsigned()
    first, second = document["credentialStatus"]  # type: ignore[misc]
    faulty = {**first, **changes}
    document["credentialStatus"] = {(): [faulty], (1,): [faulty, second], (0,): [second, faulty]}[tuple(beside)]
    source = as_bytes(signed(document, suite="eddsa-jcs-2022"))
    report = verify(source, resolver=good_resolver().resolver(), now=NOW)
    assert status_finding(report) == (Verdict.UNKNOWN, code)


@pytest.mark.parametrize(("purpose", "verdict"), [(REVOCATION, Verdict.REVOKED), (SUSPENSION, Verdict.SUSPENDED)])
def test_a_set_bit_is_found_in_either_list(purpose: Purpose, verdict: Verdict) -> None:
    index = next(entry.index for entry in ENTRIES if entry.purpose is purpose)
    resolver = with_list(status_list(purpose, bitstring.with_bit(EMPTY_BITS, index, value=True)), purpose=purpose)
    report = report_on(unsigned(), resolver)
    assert report.verdict is verdict
    assert [evidence.url for evidence in report.findings[6].evidence] == [list_url(purpose)]
    assert report.credential is not None


def test_a_withdrawal_counts_even_when_the_other_list_is_unreachable() -> None:
    resolver = with_list(status_list(REVOCATION, bitstring.with_bit(EMPTY_BITS, ENTRIES[0].index, value=True)))
    del resolver.lists[list_url(SUSPENSION)]
    for entries in (ENTRIES, ENTRIES[::-1]):
        assert report_on(unsigned(entries=entries), resolver).verdict is Verdict.REVOKED


def test_another_credentials_bit_does_not_matter() -> None:
    bits = bitstring.with_bit(EMPTY_BITS, ENTRIES[0].index + 1, value=True)
    assert report_on(unsigned(), with_list(status_list(REVOCATION, bits))).verdict is Verdict.VALID


def test_a_credential_without_a_status_is_not_made_unknown_by_it() -> None:
    document = unsigned(entries=())
    del document["credentialStatus"]
    report = report_on(document, good_resolver())
    assert (report.verdict, report.findings[6].outcome) == (Verdict.VALID, Outcome.NOT_APPLICABLE)


def test_more_entries_than_we_look_at_are_unknown() -> None:
    entries = tuple(Entry(REVOCATION, "r" * 26, index) for index in range(9))
    assert status_finding(report_on(unsigned(entries=entries), good_resolver())) == (
        Verdict.UNKNOWN,
        "too_many_entries",
    )


def test_the_list_is_judged_at_the_time_of_the_verification() -> None:
    resolver = with_list(status_list(REVOCATION, validUntil="2026-11-22T12:00:00Z"))
    assert report_on(unsigned(), resolver).verdict is Verdict.VALID
    later = datetime(2026, 11, 22, 12, 0, 1, tzinfo=UTC)
    assert verify(as_bytes(signed(unsigned())), resolver=resolver.resolver(), now=later).verdict is Verdict.UNKNOWN
