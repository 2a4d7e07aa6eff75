"""Cases about status lists: set bits, and lists that cannot be read or trusted."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterator
from typing import Any

from tests.corpus.generate.case import V2, Case, Web, edited, plain, subject, written
from tests.corpus.generate.signing import ISSUER, OTHER, Json, jcs, token

CLAUSE = "Bitstring Status List v1.0"
LIST = "https://fernhill.example/status/1"
SIZE = 16 * 1024


def entry(**changes: Any) -> Json:
    found = {
        "id": f"{LIST}#94",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "94",
        "statusListCredential": LIST,
        **changes,
    }
    return {name: value for name, value in found.items() if value is not None}


def encoded(*indexes: int, size: int = SIZE) -> str:
    """The list with these bits set; the first bit is the most significant one."""
    bits = bytearray(size)
    for index in indexes:
        bits[index // 8] |= 128 >> index % 8
    return "u" + base64.urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).rstrip(b"=").decode()


def unsigned_list(*indexes: int, **changes: Any) -> Json:
    document: Json = {
        "@context": [V2],
        "id": LIST,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": ISSUER.did,
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {
            "id": f"{LIST}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded(*indexes),
        },
        **changes,
    }
    return {name: value for name, value in document.items() if value is not None}


def cases() -> Iterator[Case]:
    """Yield every case about status."""
    usual = jcs(unsigned_list())
    with_subject: dict[str, tuple[str, dict[str, Any]]] = {
        "other-purpose": ("the list is for suspension", {"statusPurpose": "suspension"}),
        "short-list": ("the list is shorter than the minimum", {"encodedList": encoded(size=SIZE - 1)}),
        "no-gzip": ("the list is not compressed", {"encodedList": "u" + base64.urlsafe_b64encode(bytes(100)).decode()}),
        "bomb": ("the list unpacks to 64 MiB", {"encodedList": encoded(size=64 * 1024 * 1024)}),
        "no-multibase": ("the list has no multibase prefix", {"encodedList": encoded()[1:] + "!"}),
        "empty": ("the list is empty", {"encodedList": ""}),
        "other-subject": ("the list is something else", {"type": "Achievement"}),
    }
    for name, (title, members) in with_subject.items():
        document = jcs(edited(unsigned_list(), lambda d, members=members: subject(d).update(members)))  # type: ignore[misc]
        yield _case(name, title, "unknown", document)
    lists: dict[str, tuple[str, str, Json]] = {
        "valid-status-not-revoked": ("its bit is not set", "valid", usual),
        "status-revoked": ("its bit is set", "revoked", jcs(unsigned_list(94))),
        "valid-status-neighbours-revoked": ("the bits beside it are set", "valid", jcs(unsigned_list(93, 95))),
        "valid-status-bit-order": ("the bit that a wrong order would read", "valid", jcs(unsigned_list(89))),
        "status-list-forged": ("the list was changed", "unknown", {**usual, "validFrom": "2026-01-02T00:00:00Z"}),
        "status-list-unsigned": ("the list has no proof", "unknown", unsigned_list()),
        "status-list-of-another-issuer": (
            "the list is by someone else",
            "unknown",
            jcs(unsigned_list(issuer=OTHER.did), OTHER),
        ),
        "status-list-by-another-key": ("the list is signed by someone else", "unknown", jcs(unsigned_list(), OTHER)),
        "status-list-expired": (
            "the list has expired",
            "unknown",
            jcs(unsigned_list(validUntil="2026-02-01T00:00:00Z")),
        ),
        "status-list-not-yet": (
            "the list is not valid yet",
            "unknown",
            jcs(unsigned_list(validFrom="2026-12-01T00:00:00Z")),
        ),
        "status-list-other-id": ("the list belongs to another address", "unknown", jcs(unsigned_list(id=f"{LIST}0"))),
        "status-list-with-status": (
            "the list has a status itself",
            "unknown",
            jcs(unsigned_list(credentialStatus=entry())),
        ),
        "status-list-other-type": (
            "it is no status list",
            "unknown",
            jcs(unsigned_list(type=["VerifiableCredential"])),
        ),
    }
    for name, (title, verdict, document) in lists.items():
        source = written(jcs(plain(credentialStatus=entry())))
        check = "" if verdict == "valid" else "status"
        yield Case(name, title, CLAUSE, verdict, check, source, web={LIST: Web(written(document), name="list.json")})
    yield from _entries(usual)


def _case(name: str, title: str, verdict: str, document: Json) -> Case:
    source = written(jcs(plain(credentialStatus=entry())))
    return Case(
        f"status-{name}", title, CLAUSE, verdict, "status", source, web={LIST: Web(written(document), name="list.json")}
    )


def _entries(usual: Json) -> Iterator[Case]:
    here = {LIST: Web(written(usual), name="list.json")}
    revoked = {LIST: Web(written(jcs(unsigned_list(94))), name="list.json")}
    entries: dict[str, tuple[str, str, Any, dict[str, Web]]] = {
        "404": ("the list answers 404", "unknown", entry(), {LIST: Web(status=404)}),
        "500": ("the list answers 500", "unknown", entry(), {LIST: Web(status=500)}),
        "nowhere": ("nothing answers at its address", "unknown", entry(), {}),
        "web-page": (
            "a web page is at its address",
            "unknown",
            entry(),
            {LIST: Web(b"<html></html>", name="list.html")},
        ),
        "index-too-large": ("its index is beyond the list", "unknown", entry(statusListIndex=str(SIZE * 8)), here),
        "index-negative": ("its index is negative", "unknown", entry(statusListIndex="-1"), here),
        "index-fraction": ("its index is no integer", "unknown", entry(statusListIndex="9.4"), here),
        "index-missing": ("it has no index", "unknown", entry(statusListIndex=None), here),
        "list-missing": ("it names no list", "unknown", entry(statusListCredential=None), here),
        "purpose-missing": ("it has no purpose", "unknown", entry(statusPurpose=None), here),
        "type-unknown": ("a type that no one knows", "unknown", entry(type="OtherStatus"), here),
        "second-entry-unknown": (
            "the first of two entries is fine",
            "unknown",
            [entry(), entry(type="OtherStatus")],
            here,
        ),
        "second-entry-revoked": (
            "the second of two entries is revoked",
            "revoked",
            [entry(statusListIndex="1"), entry()],
            revoked,
        ),
        "unknown-and-revoked": (
            "an unknown entry beside a revoked one",
            "revoked",
            [entry(type="OtherStatus"), entry()],
            revoked,
        ),
        "too-many-entries": ("nine entries", "unknown", [entry(statusListIndex=str(n)) for n in range(9)], here),
        "plain-http": (
            "the list is at http, without s",
            "unknown",
            entry(statusListCredential=LIST.replace("https", "http")),
            here,
        ),
    }
    for name, (title, verdict, status, web) in entries.items():
        yield Case(
            f"status-{name}", title, CLAUSE, verdict, "status", written(jcs(plain(credentialStatus=status))), web=web
        )
    yield from _named_in_a_list()
    number = written(jcs(plain(credentialStatus=entry(statusListIndex=94))))
    yield Case(
        "valid-status-index-is-a-number",
        "its index is a number, which is unambiguous",
        CLAUSE,
        "valid",
        "",
        number,
        web=here,
    )
    in_token = {LIST: Web(token(unsigned_list(94)), name="list.jwt")}
    yield Case(
        "status-revoked-list-is-a-token",
        "the list is a token, and the bit is set",
        CLAUSE,
        "revoked",
        "status",
        written(jcs(plain(credentialStatus=entry()))),
        web=in_token,
    )
    suspended = edited(unsigned_list(94), lambda d: subject(d).update(statusPurpose="suspension"))
    source = written(jcs(plain(credentialStatus=entry(statusPurpose="suspension"))))
    yield Case(
        "status-suspended",
        "it is suspended",
        CLAUSE,
        "suspended",
        "status",
        source,
        web={LIST: Web(written(jcs(suspended)), name="list.json")},
    )


def _named_in_a_list() -> Iterator[Case]:
    """A list that names credentials by their id, and is not signed."""
    own = {"id": plain()["id"]}
    other = {"id": "urn:uuid:1c0f2d34-0000-4000-8000-000000000009"}
    by = {"id": LIST, "issuer": ISSUER.did}
    lists: dict[str, tuple[str, str, Json]] = {
        "status-1edtech-list-revoked": ("the list names it", "revoked", {**by, "revokedCredential": [other, own]}),
        "valid-status-1edtech-list": ("the list names another one", "valid", {**by, "revokedCredential": [other]}),
        "valid-status-1edtech-list-reinstated": (
            "the list names it, and says that it is not revoked",
            "valid",
            {**by, "revokedCredential": [{**own, "revoked": False}]},
        ),
        "status-1edtech-list-of-another-issuer": (
            "the list is by someone else",
            "unknown",
            {**by, "issuer": OTHER.did, "revokedCredential": []},
        ),
    }
    source = written(jcs(plain(credentialStatus={"id": LIST, "type": "1EdTechRevocationList"})))
    for name, (title, verdict, found) in lists.items():
        check = "" if verdict == "valid" else "status"
        web = {LIST: Web(written(found), name="list.json")}
        clause = "1EdTech Revocation List Status Method 1.0"
        yield Case(name, title, clause, verdict, check, source, web=web, signed_by="rfc8785")
