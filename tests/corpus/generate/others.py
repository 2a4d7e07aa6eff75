"""Cases about presentations, baked images and Open Badges 2.0."""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from tests.corpus.generate.case import V2, Case, Web, badge, edited, plain, written
from tests.corpus.generate.signing import HOLDER, OTHER, Json, jcs

PRESENTATIONS = "VC Data Model 2.0, 4.13"
ASKED = {"challenge": "c-1", "domain": "verifier.example"}


def cases() -> Iterator[Case]:
    """Yield every case about these."""
    yield from _presentations()
    yield from _images()
    yield from _open_badges_2()


def _presented(*credentials: Json, key: Any = HOLDER, **options: Any) -> Json:
    document = {
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "holder": HOLDER.did,
        "verifiableCredential": list(credentials),
    }
    return jcs(document, key, **{"proofPurpose": "authentication", **ASKED, **options})


def _presentations() -> Iterator[Case]:
    good, forged = jcs(plain()), {**jcs(plain()), "validFrom": "2020-01-01T00:00:00Z"}
    expired = jcs(plain(validUntil="2026-02-01T00:00:00Z"))
    table: dict[str, tuple[str, str, str, Json, Mapping[str, str]]] = {
        "valid-presentation": ("a presentation for this request", "valid", "", _presented(good), ASKED),
        "presentation-other-challenge": (
            "it was signed for another request",
            "invalid",
            "signer",
            _presented(good),
            {"challenge": "c-2"},
        ),
        "presentation-other-domain": (
            "it was signed for another verifier",
            "invalid",
            "signer",
            _presented(good),
            {"domain": "other.example"},
        ),
        "presentation-without-challenge": (
            "it was signed for no request",
            "invalid",
            "signer",
            _presented(good, challenge=None),
            ASKED,
        ),
        "presentation-not-by-the-holder": (
            "it is signed by someone else",
            "invalid",
            "signer",
            _presented(good, key=OTHER),
            ASKED,
        ),
        "presentation-for-assertions": (
            "signed with a purpose that fits",
            "valid",
            "",
            _presented(good, proofPurpose="assertionMethod"),
            ASKED,
        ),
        "presentation-other-purpose": (
            "it was signed for another purpose",
            "invalid",
            "signer",
            _presented(good, proofPurpose="keyAgreement"),
            ASKED,
        ),
        "presentation-forged-credential": (
            "a credential in it is forged",
            "invalid",
            "proof",
            _presented(good, forged),
            ASKED,
        ),
        "presentation-expired-credential": (
            "a credential in it has expired",
            "expired",
            "dates",
            _presented(good, expired),
            ASKED,
        ),
        "presentation-changed": ("it was changed", "invalid", "proof", {**_presented(good), "id": "urn:uuid:9"}, ASKED),
        "presentation-empty": ("there is no credential in it", "unknown", "status", _presented(), ASKED),
        "presentation-too-many": (
            "there are 21 credentials in it",
            "unknown",
            "structure",
            _presented(*[good] * 21),
            ASKED,
        ),
        "presentation-unsigned": (
            "no one has signed it",
            "unknown",
            "proof",
            {name: value for name, value in _presented(good).items() if name != "proof"},
            {},
        ),
    }
    for name, (title, verdict, check, document, options) in table.items():
        folder = f"valid-{name}" if verdict == "valid" and not name.startswith("valid") else name
        yield Case(folder, title, PRESENTATIONS, verdict, check, written(document), options=options)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png(*texts: bytes, after: bytes = b"") -> bytes:
    """A picture of one pixel with these chunks."""
    start = _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    pixels = _chunk(b"IDAT", zlib.compress(b"\0\0", 9))
    return b"\x89PNG\r\n\x1a\n" + start + b"".join(texts) + pixels + after + _chunk(b"IEND", b"")


def _text(data: bytes, keyword: bytes = b"openbadgecredential", *, compressed: bool = False) -> bytes:
    body = zlib.compress(data, 9) if compressed else data
    return _chunk(b"iTXt", keyword + (b"\0\1\0\0\0" if compressed else b"\0\0\0\0\0") + body)


def _images() -> Iterator[Case]:
    clause = "Open Badges 3.0, 5.3"
    source = json.dumps(jcs(badge())).encode()
    other = json.dumps(jcs(badge(name="Another"))).encode()
    forged = json.dumps({**jcs(badge()), "name": "Doctor"}).encode()
    bomb = _text(b" " * 20_000_000 + source, compressed=True)
    pictures: dict[str, tuple[str, str, str, bytes]] = {
        "valid-png": ("a badge in a PNG image", "valid", "", _png(_text(source))),
        "valid-png-after-the-pixels": ("the chunk is after the pixels", "valid", "", _png(after=_text(source))),
        "png-forged": ("the badge in it is forged", "invalid", "proof", _png(_text(forged))),
        "png-two-badges": ("there are two badges in it", "error", "", _png(_text(source), _text(other))),
        "png-no-badge": ("there is no badge in it", "error", "", _png()),
        "png-damaged-chunk": ("the checksum of the chunk is wrong", "error", "", _png(_text(source)[:-1] + b"\0")),
        "png-bomb": ("its text unpacks to 20 MB", "error", "", _png(bomb)),
    }
    for name, (title, verdict, check, image) in pictures.items():
        yield Case(name, title, clause, verdict, check, image, "credential.png")
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"{}>{}</svg>'
    element = "<openbadges:credential><![CDATA[{}]]></openbadges:credential>"
    inside = element.format(source.decode())
    entities = f'<!DOCTYPE svg [<!ENTITY a "b">]>{drawing.format("", inside)}'
    svgs: dict[str, tuple[str, str, str, str]] = {
        "valid-svg": ("a badge in an SVG image", "valid", "", drawing.format("", inside)),
        "svg-forged": (
            "the badge in it is forged",
            "invalid",
            "proof",
            drawing.format("", element.format(forged.decode())),
        ),
        "svg-two-badges": (
            "there are two badges in it",
            "error",
            "",
            drawing.format("", inside + element.format(other.decode())),
        ),
        "svg-no-badge": ("there is no badge in it", "error", "", drawing.format("", "")),
        "svg-entities": ("it declares entities", "error", "", entities),
    }
    for name, (title, verdict, check, image_text) in svgs.items():
        yield Case(name, title, clause, verdict, check, image_text.encode(), "credential.svg")


SITE = "https://badges.fernhill.example"
ASSERTION, CLASS, PROFILE = f"{SITE}/assertions/1", f"{SITE}/classes/1", f"{SITE}/issuers/1"
OB2 = "https://w3id.org/openbadges/v2"


def _old_badge(**pages: Any) -> tuple[Json, dict[str, Web]]:
    """A hosted badge, and the web that it is on; a page of None is not there."""
    identity = "sha256$" + hashlib.sha256(b"ada@example.orgseasalt").hexdigest()
    documents: dict[str, Any] = {
        ASSERTION: {
            "@context": OB2,
            "type": "Assertion",
            "id": ASSERTION,
            "recipient": {"type": "email", "hashed": True, "salt": "seasalt", "identity": identity},
            "badge": CLASS,
            "issuedOn": "2026-01-02T03:04:05Z",
            "verification": {"type": "HostedBadge"},
            **pages.get("assertion", {}),
        },
        CLASS: {
            "@context": OB2,
            "type": "BadgeClass",
            "id": CLASS,
            "name": "Watercolour",
            "description": "Paints with water.",
            "image": f"{SITE}/watercolour.png",
            "criteria": {"narrative": "Paint ten pictures."},
            "issuer": PROFILE,
            **pages.get("badge", {}),
        },
        PROFILE: {
            "@context": OB2,
            "type": "Issuer",
            "id": PROFILE,
            "name": "Fernhill Arts",
            "url": "https://fernhill.example",
            "email": "badges@fernhill.example",
            **pages.get("profile", {}),
        },
    }
    web = {url: Web(written(document), name=f"{url.split('/')[-2]}.json") for url, document in documents.items()}
    return documents[ASSERTION], web


def _open_badges_2() -> Iterator[Case]:
    clause = "Open Badges 2.0"
    document, web = _old_badge()
    yield Case(
        "valid-hosted-badge", "a hosted badge of Open Badges 2.0", clause, "valid", "", written(document), web=web
    )
    table: dict[str, tuple[str, str, str, Any]] = {
        "revoked": ("its site says that it is revoked", "revoked", "status", {"assertion": {"revoked": True}}),
        "expired": ("it has expired", "expired", "dates", {"assertion": {"expires": "2026-02-01T00:00:00Z"}}),
        "other-id": (
            "its site publishes another id",
            "unknown",
            "format",
            {"assertion": {"id": f"{SITE}/assertions/2"}},
        ),
        "class-of-another-site": (
            "its class is on another site",
            "invalid",
            "signer",
            {"badge": {"issuer": "https://other.example/issuer"}},
        ),
        "class-other-id": (
            "its class names itself otherwise",
            "unknown",
            "format",
            {"badge": {"id": f"{SITE}/classes/2"}},
        ),
        "profile-other-id": (
            "its issuer names itself otherwise",
            "unknown",
            "format",
            {"profile": {"id": f"{SITE}/issuers/2"}},
        ),
    }
    for name, (title, verdict, check, pages) in table.items():
        changed, published = _old_badge(**pages)
        source = document if name == "other-id" else changed
        if name == "class-of-another-site":
            other = {**json.loads(web[PROFILE].body), "id": "https://other.example/issuer"}
            published |= {other["id"]: Web(written(other), name="other-issuer.json")}
        yield Case(f"hosted-{name}", title, clause, verdict, check, written(source), web=published)
    for name, url in (("assertion", ASSERTION), ("class", CLASS), ("issuer", PROFILE)):
        missing = {**web, url: Web(status=404)}
        yield Case(
            f"hosted-{name}-404", f"its {name} answers 404", clause, "unknown", "format", written(document), web=missing
        )
    gone = {**web, ASSERTION: Web(status=410)}
    yield Case(
        "hosted-gone",
        "its address answers 410, which means that it is revoked",
        clause,
        "revoked",
        "status",
        written(document),
        web=gone,
    )
    mallory = edited(document, lambda d: d["recipient"].update(identity="sha256$" + "0" * 64))
    yield Case(
        "hosted-copy-for-another-person",
        "the copy is for another person than the site says",
        clause,
        "invalid",
        "proof",
        written(mallory),
        web=web,
    )
    first = {
        "recipient": "sha256$" + "0" * 64,
        "verify": {"type": "hosted", "url": ASSERTION},
        "badge": CLASS,
        "uid": "1",
    }
    yield Case("hosted-version-1", "a badge of version 1", "Open Badges 1.1", "unknown", "format", written(first))
