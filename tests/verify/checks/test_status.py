"""The failure matrix of security threat 5: whatever is wrong with a status, the verdict is never "valid"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.credential.record import Entry, Purpose
from chalicelib.credential.vocabulary import CREDENTIALS_V1, STATUS_ENTRY
from chalicelib.errors import TooMany
from chalicelib.verify import bitstring, status_entry
from chalicelib.verify.canonical.work import Work
from chalicelib.verify.checks import status
from chalicelib.verify.options import DEFAULT_OPTIONS
from chalicelib.verify.pipeline import verify
from chalicelib.verify.ports import Fetched
from chalicelib.verify.report import Outcome, Report, Verdict
from chalicelib.verify.status_entry import ListKind
from chalicelib.verify.status_list import VerifiedList, read_list
from chalicelib.verify.verification_context import CheckUnknown, VerificationContext
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
    document: dict[str, Any], *, sign_list: bool = True, purpose: Purpose = REVOCATION, **keys: Any
) -> FakeResolver:
    resolver = good_resolver()
    resolver.lists[list_url(purpose)] = as_bytes(signed(document, **keys) if sign_list else document)
    return resolver


def subject(**changes: Any) -> dict[str, Any]:
    return {**status_list(REVOCATION)["credentialSubject"], **changes}  # type: ignore[dict-item]


def test_credentials_of_one_request_share_a_verified_list() -> None:
    fake = good_resolver()
    resolver = fake.resolver()
    source = as_bytes(signed(unsigned()))
    assert verify(source, resolver=resolver, now=NOW).verdict is Verdict.VALID
    fake.lists.update(dict.fromkeys(fake.lists, b"{}"))
    assert verify(source, resolver=resolver, now=NOW).verdict is Verdict.VALID
    assert verify(source, resolver=fake.resolver(), now=NOW).verdict is Verdict.UNKNOWN


def test_lists_that_unpack_to_too_much_make_the_status_unknown() -> None:
    resolver = good_resolver().resolver()
    verify(as_bytes(signed(unsigned())), resolver=resolver, now=NOW)
    unpacked = VerificationContext(b"", replace(resolver, work=Work(left=0)), NOW, DEFAULT_OPTIONS)
    unpacked.issuer = next(iter(resolver.lists.values())).issuer
    with pytest.raises(CheckUnknown, match="alone"):
        read_list(list_url(REVOCATION), status_entry.KINDS[STATUS_ENTRY], unpacked)


LIST_ERRORS: dict[str, tuple[Callable[[], FakeResolver], str]] = {
    "unreachable": (
        lambda: FakeResolver(lists={list_url(SUSPENSION): good_resolver().lists[list_url(SUSPENSION)]}),
        "status_list_unavailable",
    ),
    "not json": (lambda: _raw(b"<html>"), "status_list_unproven"),
    "unsigned": (lambda: with_list(status_list(REVOCATION), sign_list=False), "status_list_unproven"),
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
    "another URL": (
        lambda: with_list(status_list(REVOCATION, id="http://localhost:8000/status/other")),
        "status_list_other_id",
    ),
    "not a list": (lambda: with_list(status_list(REVOCATION, type=["VerifiableCredential"])), "status_list_wrong_type"),
    "too short": (lambda: with_list(status_list(REVOCATION, EMPTY_BITS[:-1])), "status_list_too_short"),
    "a decompression bomb": (
        lambda: with_list(status_list(REVOCATION, bytes(bitstring.MAX_BYTES + 1))),
        "status_list_too_large",
    ),
    "not base64": (
        lambda: with_list(status_list(REVOCATION, credentialSubject=subject(encodedList="u!"))),
        "status_list_malformed",
    ),
}


def _raw(body: bytes) -> FakeResolver:
    resolver = good_resolver()
    resolver.lists[list_url(REVOCATION)] = body
    return resolver


@pytest.mark.parametrize("entries", [ENTRIES[:1], ENTRIES, ENTRIES[::-1]], ids=["one entry", "two", "two, reversed"])
@pytest.mark.parametrize("error", LIST_ERRORS)
def test_a_list_that_cannot_be_trusted_is_unknown(error: str, entries: tuple[Entry, ...]) -> None:
    make_resolver, code = LIST_ERRORS[error]
    assert status_finding(report_on(unsigned(entries=entries), make_resolver())) == (Verdict.UNKNOWN, code)


def test_a_list_that_cannot_be_trusted_is_verified_once_for_all_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Verifying a list may cost as much as a credential, and a forger chooses both the list and the entries."""
    document = unsigned(entries=tuple(replace(ENTRIES[0], index=index) for index in range(status.MAX_ENTRIES)))
    reads: list[str] = []
    read_list = status.read_list

    def counted(url: str, kind: ListKind, verification: VerificationContext) -> VerifiedList:
        reads.append(url)
        return read_list(url, kind, verification)

    monkeypatch.setattr(status, "read_list", counted)
    assert status_finding(report_on(document, _raw(b"<html>"))) == (Verdict.UNKNOWN, "status_list_unproven")
    assert reads == [list_url(REVOCATION)]


ENTRY_ERRORS = {
    "unknown type": ({"type": "RevocationList2020Status"}, "status_type_unknown"),
    "unknown purpose": ({"statusPurpose": "refresh"}, "status_purpose_unknown"),
    "a message in a list for revocation": ({"statusPurpose": "message"}, "status_purpose_differs"),
    "no list": ({"statusListCredential": ""}, "status_malformed"),
    "negative": ({"statusListIndex": "-1"}, "status_malformed"),
    "not a number": ({"statusListIndex": "12abc"}, "status_malformed"),
    "a fraction": ({"statusListIndex": "1.0"}, "status_malformed"),
    "leading zero": ({"statusListIndex": "07"}, "status_malformed"),
    "other digits": ({"statusListIndex": "７"}, "status_malformed"),
    "out of range": ({"statusListIndex": str(bitstring.MIN_BITS)}, "status_index_out_of_range"),
    "too few entries of this size": ({"statusSize": 2}, "status_list_too_short"),
    "a size that is not a number": ({"statusSize": True}, "status_size_unsupported"),
    "a size of nothing": ({"statusSize": 0}, "status_size_unsupported"),
    "a size above the limit": ({"statusSize": status_entry.MAX_SIZE + 1}, "status_size_unsupported"),
    "another kind of list": ({"type": "StatusList2021Entry"}, "status_list_wrong_type"),
}


@pytest.mark.parametrize("neighbours", [[], [1], [0]], ids=["alone", "before a valid one", "after a valid one"])
@pytest.mark.parametrize("error", ENTRY_ERRORS)
def test_an_invalid_entry_is_unknown(error: str, neighbours: list[int]) -> None:
    changes, code = ENTRY_ERRORS[error]
    # eddsa-jcs-2022 signs any member as written, so the invalid entry reaches the check.
    document = unsigned()
    first, second = document["credentialStatus"]  # type: ignore[misc]
    invalid = {**first, **changes}
    document["credentialStatus"] = {(): [invalid], (1,): [invalid, second], (0,): [second, invalid]}[tuple(neighbours)]
    source = as_bytes(signed(document, suite="eddsa-jcs-2022"))
    report = verify(source, resolver=good_resolver().resolver(), now=NOW)
    assert status_finding(report) == (Verdict.UNKNOWN, code)


@pytest.mark.parametrize(("purpose", "verdict"), [(REVOCATION, Verdict.REVOKED), (SUSPENSION, Verdict.SUSPENDED)])
def test_a_set_bit_counts_in_either_list(purpose: Purpose, verdict: Verdict) -> None:
    index = next(entry.index for entry in ENTRIES if entry.purpose is purpose)
    resolver = with_list(status_list(purpose, bitstring.with_bit(EMPTY_BITS, index, value=True)), purpose=purpose)
    report = report_on(unsigned(), resolver)
    assert report.verdict is verdict
    assert [evidence.url for evidence in report.findings[6].evidence] == [list_url(purpose)]
    assert report.credential is not None


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda entry: {**entry, "statusListIndex": [entry["statusListIndex"]]},
        lambda entry: {**entry, "statusListCredential": {"id": entry["statusListCredential"]}},
        lambda entry: {**entry, "statusListCredential": [entry["statusListCredential"]]},
        lambda entry: {**entry, "statusSize": []},
    ],
    ids=["index", "list as a node", "list in a list", "no size"],
)
def test_a_holder_cannot_hide_a_revocation_by_writing_the_same_statements_differently(
    rewrite: Callable[[dict[str, Any]], dict[str, Any]],
) -> None:
    index = next(entry.index for entry in ENTRIES if entry.purpose is REVOCATION)
    resolver = with_list(status_list(REVOCATION, bitstring.with_bit(EMPTY_BITS, index, value=True)))
    document = signed(unsigned())
    document["credentialStatus"] = [rewrite(entry) for entry in document["credentialStatus"]]
    report = verify(as_bytes(document), resolver=resolver.resolver(), now=NOW)
    assert (report.verdict, report.findings[3].outcome) == (Verdict.REVOKED, Outcome.PASSED)


def test_a_revocation_counts_even_when_the_other_list_is_unreachable() -> None:
    resolver = with_list(status_list(REVOCATION, bitstring.with_bit(EMPTY_BITS, ENTRIES[0].index, value=True)))
    del resolver.lists[list_url(SUSPENSION)]
    for entries in (ENTRIES, ENTRIES[::-1]):
        assert report_on(unsigned(entries=entries), resolver).verdict is Verdict.REVOKED


def test_the_bit_of_another_credential_does_not_matter() -> None:
    bits = bitstring.with_bit(EMPTY_BITS, ENTRIES[0].index + 1, value=True)
    assert report_on(unsigned(), with_list(status_list(REVOCATION, bits))).verdict is Verdict.VALID


def test_a_credential_without_a_status_can_be_valid() -> None:
    document = unsigned(entries=())
    del document["credentialStatus"]
    report = report_on(document, good_resolver())
    assert (report.verdict, report.findings[6].outcome) == (Verdict.VALID, Outcome.NOT_APPLICABLE)


def test_too_many_entries_are_unknown() -> None:
    entries = tuple(Entry(REVOCATION, "r" * 26, index) for index in range(9))
    assert status_finding(report_on(unsigned(entries=entries), good_resolver())) == (
        Verdict.UNKNOWN,
        "too_many_entries",
    )


def test_the_list_is_checked_at_the_time_of_the_verification() -> None:
    resolver = with_list(status_list(REVOCATION, validUntil="2026-11-22T12:00:00Z"))
    assert report_on(unsigned(), resolver).verdict is Verdict.VALID
    later = datetime(2026, 11, 22, 12, 0, 1, tzinfo=UTC)
    assert verify(as_bytes(signed(unsigned())), resolver=resolver.resolver(), now=later).verdict is Verdict.UNKNOWN


def test_all_lists_are_announced_before_the_first_is_read() -> None:
    """So that a resolver can read them at the same time: slow hosts must not add up."""
    resolver, calls = good_resolver().resolver(), []

    class Recording:
        def prefetch(self, urls: Sequence[str]) -> None:
            calls.append(tuple(urls))

        def fetch(self, url: str) -> Fetched:
            calls.append(url)
            return resolver.status_lists.fetch(url)

    document = unsigned(entries=(*ENTRIES, Entry(REVOCATION, "r" * 26, 8)))
    verify(as_bytes(signed(document)), resolver=replace(resolver, status_lists=Recording()), now=NOW)
    urls = (list_url(REVOCATION), list_url(SUSPENSION))
    assert calls == [urls, *urls]


def test_an_error_that_ends_the_request_is_not_a_verdict() -> None:
    """A network without allowance gets an error, not a report that says `unknown`."""

    class Exhausted:
        def prefetch(self, urls: Sequence[str]) -> None:
            """See the port."""

        def fetch(self, url: str) -> Fetched:
            raise TooMany("Wait.", 60)

    resolver = replace(good_resolver().resolver(), status_lists=Exhausted())
    with pytest.raises(TooMany):
        verify(as_bytes(signed(unsigned())), resolver=resolver, now=NOW)


def with_value(value: int, size: int, index: int = ENTRIES[0].index) -> bytes:
    """Return a list in which entry ``index`` of ``size`` bits has ``value``."""
    bits = bytes(len(EMPTY_BITS) * size)
    for position in range(size):
        bits = bitstring.with_bit(bits, index * size + position, value=bool(value >> (size - 1 - position) & 1))
    return bits


@pytest.mark.parametrize("size", [1, 2, 3, 8, 16])
@pytest.mark.parametrize("form", [int, str], ids=["number", "text"])
def test_a_status_of_several_bits_is_revoked_if_any_of_them_is_set(size: int, form: type) -> None:
    for value in {0, 1, 1 << (size - 1), (1 << size) - 1}:
        document = unsigned(entries=ENTRIES[:1])
        document["credentialStatus"][0]["statusSize"] = form(size)  # type: ignore[index]
        report = report_on(document, with_list(status_list(REVOCATION, with_value(value, size))))
        assert report.verdict is (Verdict.REVOKED if value else Verdict.VALID), value


def test_the_value_of_a_neighbour_of_several_bits_does_not_matter() -> None:
    for neighbour in (ENTRIES[0].index - 1, ENTRIES[0].index + 1):
        document = unsigned(entries=ENTRIES[:1])
        document["credentialStatus"][0]["statusSize"] = 3  # type: ignore[index]
        report = report_on(document, with_list(status_list(REVOCATION, with_value(7, 3, neighbour))))
        assert report.verdict is Verdict.VALID


@pytest.mark.parametrize(("value", "says"), [(0, "'pending'"), (2, "'withdrawn'"), (3, "'0x3'")])
def test_a_status_message_is_named_and_never_valid(value: int, says: str) -> None:
    """Its issuer can write anything in it, also that the credential is worthless."""
    document: dict[str, Any] = unsigned(entries=ENTRIES[:1])
    document["credentialStatus"][0] |= {
        "statusPurpose": "message",
        "statusSize": 2,
        "statusMessage": [{"status": "0x0", "message": "pending"}, {"status": "0x2", "message": "withdrawn"}],
    }
    changes = {**subject(statusPurpose="message"), "encodedList": bitstring.encode(with_value(value, 2))}
    report = report_on(document, with_list(status_list(REVOCATION, credentialSubject=changes)))
    assert status_finding(report) == (Verdict.UNKNOWN, "status_message")
    assert says in report.findings[6].message


@pytest.mark.parametrize("alphabet", ["base64url", "base64"])
@pytest.mark.parametrize("revoked", [False, True])
def test_a_status_list_2021_is_read(revoked: bool, alphabet: str) -> None:
    context = "https://w3id.org/vc/status-list/2021/v1"
    bits = bitstring.with_bit(EMPTY_BITS, ENTRIES[0].index, value=revoked)
    encoded = bitstring.encode(bits)[1:]
    if alphabet == "base64":
        encoded = encoded.replace("-", "+").replace("_", "/") + "=" * (-len(encoded) % 4)
    listed = status_list(
        REVOCATION,
        type=["VerifiableCredential", "StatusList2021Credential"],
        credentialSubject=subject(type="StatusList2021", encodedList=encoded),
    )
    del listed["credentialSubject"]["ttl"]  # type: ignore[attr-defined]
    # The context of StatusList2021 contradicts that of VC 2.0, so such lists are VC 1.1.
    listed["@context"] = [CREDENTIALS_V1, context, "https://w3id.org/security/data-integrity/v2"]
    listed["issuanceDate"] = listed.pop("validFrom")
    document: dict[str, Any] = unsigned(entries=ENTRIES[:1])
    document["@context"] = [*document["@context"], context]
    document["credentialStatus"][0]["type"] = "StatusList2021Entry"
    assert report_on(document, with_list(listed)).verdict is (Verdict.REVOKED if revoked else Verdict.VALID)


def test_an_unknown_type_of_status_is_named_up_to_a_limit() -> None:
    entry = {"id": "urn:x:y", "type": ["A" * 70, "Second", "Third", "Fourth"]}
    document = {**unsigned(entries=()), "credentialStatus": [entry]}
    report = verify(as_bytes(signed(document, suite="eddsa-jcs-2022")), resolver=good_resolver().resolver(), now=NOW)
    assert report.findings[6].code == "status_type_unknown"
    assert f"'{'A' * 64}, Second, Third'" in report.findings[6].message


def test_the_finding_on_an_unusable_list_says_why_and_what_was_read() -> None:
    url = list_url(REVOCATION)
    broken: dict[str, dict[str, Any]] = {
        "status_list_unproven": {**signed(status_list(REVOCATION)), "validFrom": "2025-01-01T00:00:00Z"},
        "status_list_malformed": signed(status_list(REVOCATION, credentialSubject=subject(encodedList="u!"))),
    }
    for code, document in broken.items():
        resolver = good_resolver()
        resolver.lists[url] = as_bytes(document)
        finding = report_on(unsigned(), resolver).findings[6]
        assert (finding.code, [each.url for each in finding.evidence]) == (code, [url])
        assert finding.message
    unproven = broken["status_list_unproven"]
    message = report_on(unsigned(), with_list(unproven, sign_list=False)).findings[6].message
    assert message.startswith("Its status list cannot be trusted: The signature is not valid")


def test_a_list_whose_key_may_be_read_later_is_unknown_only_for_now() -> None:
    resolver = good_resolver()
    by_web = status_list(REVOCATION, issuer="did:web:other.example")
    method = "did:web:other.example#key-1"
    resolver.lists[list_url(REVOCATION)] = as_bytes(signed(by_web, method=method))
    finding = report_on(unsigned(), resolver).findings[6]
    assert (finding.code, finding.temporary) == ("status_list_unproven", True)
    resolver.lists[list_url(REVOCATION)] = as_bytes(status_list(REVOCATION))
    assert report_on(unsigned(), resolver).findings[6].temporary is False


def test_a_list_without_an_id_is_the_one_at_its_address() -> None:
    document = status_list(REVOCATION)
    del document["id"]
    assert report_on(unsigned(), with_list(document)).verdict is Verdict.VALID


def test_a_list_with_a_chain_of_signatures_is_refused_for_that() -> None:
    document: Any = signed(status_list(REVOCATION))
    proof = {**document["proof"], "previousProof": document["proof"].get("id", "urn:uuid:1")}
    document["proof"] = [{**document["proof"], "id": "urn:uuid:1"}, proof]
    finding = report_on(unsigned(), with_list(document, sign_list=False)).findings[6]
    assert finding.code == "status_list_unproven"
    assert "confirms another one" in finding.message


@pytest.mark.parametrize(
    ("listed", "shown"),
    [
        ([{"status": "0x1", "message": "Pending."}], "'Pending.'"),
        ([{"status": "0x1"}], "'0x1'"),
        ([{"message": "Pending."}], "'0x1'"),
        ([{"status": "one", "message": "Pending."}], "'0x1'"),
        ([{"status": "0x2", "message": "Pending."}], "'0x1'"),
    ],
)
def test_a_message_is_shown_only_with_its_value(listed: list[dict[str, str]], shown: str) -> None:
    entry = {
        "id": "urn:x:y",
        "type": STATUS_ENTRY,
        "statusPurpose": "message",
        "statusListIndex": "7",
        "statusListCredential": list_url(REVOCATION),
        "statusSize": 1,
        "statusMessage": listed,
    }
    bits = bitstring.with_bit(EMPTY_BITS, 7, True)
    document = status_list(REVOCATION, bits)
    document["credentialSubject"]["statusPurpose"] = "message"  # type: ignore[index]
    credential = {**unsigned(entries=()), "credentialStatus": [entry]}
    resolver = with_list(document)
    finding = verify(
        as_bytes(signed(credential, suite="eddsa-jcs-2022")), resolver=resolver.resolver(), now=NOW
    ).findings[6]
    assert finding.code == "status_message"
    assert shown in finding.message
