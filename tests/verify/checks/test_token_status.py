"""The status of a token by the IETF's list: whatever is wrong with the list, the verdict is never "valid"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import Unavailable
from chalicelib.verify import base64url, bitstring
from chalicelib.verify.canonical.work import Work
from chalicelib.verify.keys.jwk import from_jwk
from chalicelib.verify.pipeline import verify
from chalicelib.verify.ports import Controller, Fetched, Method, Resolver
from chalicelib.verify.report import Report, Verdict
from tests.makers import NOW, OTHER_KEY, FakeResolver
from tests.verify.formats.sd_jwts import DIPLOMA, digest, disclosure, sd_jwt
from tests.verify.jose.test_token_status_list import URL, list_token, packed
from tests.verify.jose.tokens import CREDENTIAL, ISSUER, by, jwk, token

ENTRY = 5
STATUS = {"status_list": {"idx": ENTRY, "uri": URL}}
SECONDS = int(NOW.timestamp())


def with_value(value: int, size: int = 1, entry: int = ENTRY) -> dict[str, Any]:
    """The claims of a list in which ``entry`` has ``value``."""
    number = value << entry * size
    return {"status_list": {"bits": size, "lst": packed(number.to_bytes(64, "little"))}}


def resolver_for(listed: bytes | None, *methods: Method) -> Resolver:
    keys = methods or (Method("key-1", from_jwk(jwk("ES256")), assertion=True),)
    lists = {} if listed is None else {URL: listed}
    return FakeResolver(controllers={ISSUER: Controller(ISSUER, keys)}, lists=lists).resolver()


def report_on(listed: bytes | None, source: bytes | None = None, *methods: Method) -> Report:
    source = source or sd_jwt({**DIPLOMA, "status": STATUS})
    return verify(source, resolver=resolver_for(listed, *methods), now=NOW)


def outcome(report: Report) -> tuple[Verdict, str]:
    return report.verdict, report.findings[6].code


CARRIERS: dict[str, Callable[[dict[str, Any]], bytes]] = {
    "SD-JWT VC": lambda status: sd_jwt({**DIPLOMA, "status": status}),
    "VC-JWT": lambda status: token({"alg": "ES256", "kid": "key-1", "typ": "vc+jwt"}, {**CREDENTIAL, "status": status}),
    "VC-JWT with vc": lambda status: token(
        {"alg": "ES256", "kid": "key-1", "typ": "JWT"}, {"vc": CREDENTIAL, "status": status}
    ),
    "SD-JWT": lambda status: sd_jwt({**CREDENTIAL, "status": status}, typ="vc+sd-jwt"),
}


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize(
    ("value", "size", "expected"),
    [
        (0, 1, (Verdict.VALID, "not_revoked")),
        (1, 1, (Verdict.REVOKED, "revoked")),
        (1, 8, (Verdict.REVOKED, "revoked")),
        (2, 2, (Verdict.SUSPENDED, "suspended")),
        (2, 4, (Verdict.SUSPENDED, "suspended")),
        (3, 2, (Verdict.UNKNOWN, "status_value_unknown")),
        (0x0C, 4, (Verdict.UNKNOWN, "status_value_unknown")),
        (255, 8, (Verdict.UNKNOWN, "status_value_unknown")),
    ],
)
def test_the_value_decides(carrier: str, value: int, size: int, expected: tuple[Verdict, str]) -> None:
    report = report_on(list_token(with_value(value, size)), CARRIERS[carrier](STATUS))
    assert outcome(report) == expected
    assert [evidence.url for evidence in report.findings[6].evidence] == [URL]


def test_the_status_of_a_neighbour_does_not_matter() -> None:
    for neighbour in (ENTRY - 1, ENTRY + 1):
        assert report_on(list_token(with_value(3, 2, neighbour))).verdict is Verdict.VALID


BOMB = {"status_list": {"bits": 1, "lst": packed(bytes(bitstring.MAX_BYTES + 1))}}
SHORT = {"status_list": {"bits": 1, "lst": ""}}
OTHER = "https://other.example"
LIST_ERRORS: dict[str, tuple[bytes | None, str]] = {
    "unreachable": (None, "status_list_unavailable"),
    "a web page": (b"<html>", "status_list_unproven"),
    "another token": (list_token(typ="JWT"), "status_list_wrong_type"),
    "the credential itself": (token({"alg": "ES256", "kid": "key-1", "typ": "vc+jwt"}), "status_list_wrong_type"),
    "unsigned": (list_token().rpartition(b".")[0] + b".", "status_list_unproven"),
    "alg none": (list_token(alg="none"), "status_list_unproven"),
    "a shared secret": (list_token(alg="HS256"), "status_list_unproven"),
    "another algorithm": (list_token(alg="EdDSA"), "status_list_unproven"),
    "a key of someone else": (list_token(kid=OTHER_KEY.method), "status_list_unproven"),
    "an unknown key": (list_token(kid="key-2"), "status_list_unproven"),
    "the list of another address": (list_token({"sub": f"{URL}0"}), "status_list_other_id"),
    "no address": (list_token(without="sub"), "status_list_other_id"),
    "another issuer": (list_token({"iss": OTHER}), "status_list_other_issuer"),
    "expired": (list_token({"exp": SECONDS}), "status_list_unproven"),
    "not valid yet": (list_token({"nbf": SECONDS + 3600}), "status_list_unproven"),
    "from the future": (list_token({"iat": SECONDS + 3600}), "status_list_unproven"),
    "undated": (list_token(without="iat"), "status_list_unproven"),
    "for someone else": (list_token({"aud": "https://verifier.example"}), "status_list_unproven"),
    "a bomb": (list_token(BOMB), "status_list_too_large"),
    "too short": (list_token({"status_list": {"bits": 1, "lst": packed(b"")}}), "status_index_out_of_range"),
    "no content": (list_token(SHORT), "status_list_unproven"),
    "binary CBOR": (b"\xd2\x84\x58\x40", "status_list_cose"),
    "hexadecimal CBOR": (b"d2845840", "status_list_cose"),
}  # fmt: skip


@pytest.mark.parametrize("error", LIST_ERRORS)
def test_a_list_that_cannot_be_trusted_is_unknown(error: str) -> None:
    listed, code = LIST_ERRORS[error]
    assert outcome(report_on(listed)) == (Verdict.UNKNOWN, code)


@pytest.mark.parametrize("error", LIST_ERRORS)
def test_nor_is_a_revocation_in_such_a_list_believed(error: str) -> None:
    """It could be someone else's, who wants to harm the holder."""
    listed, _ = LIST_ERRORS[error]
    assert report_on(listed).verdict is not Verdict.REVOKED


def test_a_changed_list_is_unknown() -> None:
    header, _, signature = list_token(with_value(1)).split(b".")
    changed = b".".join([header, list_token().split(b".")[1], signature])
    assert outcome(report_on(changed)) == (Verdict.UNKNOWN, "status_list_unproven")


def test_a_list_with_a_signature_by_another_key_is_unknown() -> None:
    made = list_token(alg="EdDSA")
    signing_input = made.rpartition(b".")[0]
    forged = signing_input + b"." + base64url.encode(by("EdDSA")(signing_input))
    assert outcome(report_on(forged)) == (Verdict.UNKNOWN, "status_list_unproven")


def test_a_list_by_a_key_that_is_not_for_assertions_is_unknown() -> None:
    usable = Method("key-1", from_jwk(jwk("ES256")), assertion=True)
    diploma = sd_jwt({**DIPLOMA, "status": STATUS})
    other = replace(usable, id="key-2", assertion=False)
    assert report_on(list_token(kid="key-2"), diploma, usable, replace(other, assertion=True)).verdict is Verdict.VALID
    assert outcome(report_on(list_token(kid="key-2"), diploma, usable, other)) == (
        Verdict.UNKNOWN,
        "status_list_unproven",
    )


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ({}, "status_malformed"),
        (None, "status_malformed"),
        ("valid", "status_malformed"),
        ({"status_list": {}}, "status_malformed"),
        ({"status_list": {"idx": "5", "uri": URL}}, "status_malformed"),
        ({"status_list": {"idx": -1, "uri": URL}}, "status_malformed"),
        ({"status_list": {"idx": 2_000, "uri": URL}}, "status_index_out_of_range"),
        ({"identifier_list": {"id": "x", "uri": URL}}, "status_type_unknown"),
    ],
    ids=str,
)
def test_an_invalid_reference_is_unknown(status: Any, code: str) -> None:
    assert outcome(report_on(list_token(), CARRIERS["SD-JWT VC"](status))) == (Verdict.UNKNOWN, code)


def test_another_mechanism_beside_the_list_makes_it_unknown_unless_the_list_says_revoked() -> None:
    for status in ({**STATUS, "other": {}}, {"other": {}, **STATUS}):
        source = CARRIERS["SD-JWT VC"](status)
        assert outcome(report_on(list_token(), source)) == (Verdict.UNKNOWN, "status_type_unknown")
        assert report_on(list_token(with_value(1)), source).verdict is Verdict.REVOKED


def test_a_claim_counts_beside_a_status_of_the_credential() -> None:
    """Otherwise a holder of a revoked token could point to the other status."""
    unreadable = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": "7"}
    listed = {**unreadable, "statusListCredential": "https://fernhill.example/other"}
    source = token(
        {"alg": "ES256", "kid": "key-1", "typ": "vc+jwt"}, {**CREDENTIAL, "credentialStatus": listed, "status": STATUS}
    )
    assert report_on(list_token(with_value(1)), source).verdict is Verdict.REVOKED
    assert outcome(report_on(list_token(), source)) == (Verdict.UNKNOWN, "status_list_unavailable")


def test_two_kinds_of_entries_with_one_address_are_unknown() -> None:
    entry = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": "7"}
    source = token(
        {"alg": "ES256", "kid": "key-1", "typ": "vc+jwt"},
        {**CREDENTIAL, "credentialStatus": {**entry, "statusListCredential": URL}, "status": STATUS},
    )
    assert outcome(report_on(list_token(), source)) == (Verdict.UNKNOWN, "status_purpose_differs")


def test_a_text_that_is_called_status_in_a_credential_is_its_own_matter() -> None:
    source = token({"alg": "ES256", "kid": "key-1", "typ": "vc+jwt"}, {**CREDENTIAL, "status": "graduated"})
    assert outcome(report_on(None, source)) == (Verdict.VALID, "no_status")


def test_a_withheld_status_of_the_credential_stays_unknown_beside_a_claim() -> None:
    hidden = digest(disclosure("credentialStatus", {"type": "BitstringStatusListEntry"}))
    source = sd_jwt({**CREDENTIAL, "status": STATUS, "_sd": [hidden]}, typ="vc+sd-jwt")
    assert outcome(report_on(list_token(), source)) == (Verdict.UNKNOWN, "status_withheld")


def test_a_holder_cannot_withhold_or_replace_the_claim() -> None:
    added = disclosure("status", {"status_list": {"idx": 0, "uri": URL}})
    report = report_on(list_token(), sd_jwt({**DIPLOMA, "_sd": [digest(added)]}, [added]))
    assert (report.verdict, report.findings[0].code) == (Verdict.INVALID, "sd_contradicts")


def test_unpacking_too_much_at_once_is_unknown() -> None:
    large = {"status_list": {"bits": 1, "lst": packed(bytes(2_048))}}
    resolver = replace(resolver_for(list_token(large)), work=Work(left=1))
    report = verify(sd_jwt({**DIPLOMA, "status": STATUS}), resolver=resolver, now=NOW)
    assert outcome(report) == (Verdict.UNKNOWN, "too_much_at_once")


@dataclass
class CachedLists:
    """A cache with an old copy, of a host with a new one."""

    old: Fetched
    new: bytes | None
    again: list[str] = field(default_factory=list)

    def prefetch(self, urls: Sequence[str]) -> None:
        """See the port."""

    def fetch(self, url: str) -> Fetched:
        return self.old

    def fetch_again(self, url: str) -> Fetched:
        self.again.append(url)
        if self.new is None:
            raise Unavailable("It does not answer.", code="timeout")
        return Fetched(url, self.new, NOW)


def with_cache(claims: dict[str, Any], age: int, new: bytes | None, *, cached: bool = True) -> tuple[Report, int]:
    old = Fetched(URL, list_token(claims), NOW - timedelta(seconds=age), cached=cached)
    lists = CachedLists(old, new)
    resolver = replace(resolver_for(None), status_lists=lists)
    return verify(sd_jwt({**DIPLOMA, "status": STATUS}), resolver=resolver, now=NOW), len(lists.again)


@pytest.mark.parametrize(("claims", "age"), [({"ttl": 30}, 31), ({"exp": SECONDS}, 5), ({"ttl": 0.5}, 1)])
def test_a_copy_is_read_again_once_its_issuer_no_longer_allows_it(claims: dict[str, Any], age: int) -> None:
    report, again = with_cache(claims, age, list_token(with_value(1)))
    assert (report.verdict, again) == (Verdict.REVOKED, 1)


@pytest.mark.parametrize(("claims", "age"), [({"ttl": 30}, 30), ({}, 300), ({"exp": SECONDS + 1}, 5)])
def test_a_copy_is_used_as_long_as_its_issuer_allows(claims: dict[str, Any], age: int) -> None:
    report, again = with_cache(claims, age, list_token(with_value(1)))
    assert (report.verdict, again) == (Verdict.VALID, 0)


def test_what_was_just_read_is_not_read_again() -> None:
    report, again = with_cache({"exp": SECONDS}, 5, list_token(), cached=False)
    assert (outcome(report), again) == ((Verdict.UNKNOWN, "status_list_unproven"), 0)


def test_a_copy_that_cannot_be_read_again_is_not_used() -> None:
    report, _ = with_cache({"ttl": 30}, 31, None)
    assert outcome(report) == (Verdict.UNKNOWN, "status_list_unavailable")
    assert report.findings[6].temporary
