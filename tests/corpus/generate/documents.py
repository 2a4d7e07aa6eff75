"""Cases about the document: its structure, contexts, dates and JSON. Each is signed after the change, so only that is
wrong; where it matters, over JSON and over RDF alike."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.corpus.generate.case import (
    DATA_INTEGRITY,
    OB3,
    V1,
    V2,
    Case,
    Edit,
    achievement,
    badge,
    edited,
    old,
    plain,
    subject,
    written,
)
from tests.corpus.generate.signing import ISSUER, NOW, Json, jcs, rdfc, token

VCDM, OB = "VC Data Model 2.0", "Open Badges 3.0"

PLAIN_FAULTS: dict[str, tuple[str, str, Edit]] = {
    "no-type": ("type is missing", "4.5", lambda d: d.pop("type")),
    "not-a-credential": ("type lacks VerifiableCredential", "4.5", lambda d: d.update(type=["Other"])),
    "empty-type": ("type is an empty list", "4.5", lambda d: d.update(type=[])),
    "type-is-a-number": ("a type is a number", "4.5", lambda d: d.update(type=["VerifiableCredential", 1])),
    "no-issuer": ("issuer is missing", "4.7", lambda d: d.pop("issuer")),
    "issuer-is-no-url": ("issuer is no URL", "4.7", lambda d: d.update(issuer="Fernhill College")),
    "issuer-is-a-list": ("issuer is a list", "4.7", lambda d: d.update(issuer=[ISSUER.did])),
    "issuer-without-id": ("the issuer has no id", "4.7", lambda d: d.update(issuer={"name": "Fernhill"})),
    "id-is-no-url": ("id is no URL", "4.4", lambda d: d.update(id="credential 1")),
    "id-is-a-list": ("id is a list", "4.4", lambda d: d.update(id=["urn:a:1", "urn:a:2"])),
    "id-is-relative": ("id is a relative URL", "4.4", lambda d: d.update(id="/credentials/1")),
    "id-is-null": ("id is null", "4.4", lambda d: d.update(id=None)),
    "no-subject": ("credentialSubject is missing", "4.8", lambda d: d.pop("credentialSubject")),
    "empty-subject": ("credentialSubject is empty", "4.8", lambda d: d.update(credentialSubject={})),
    "subject-is-text": ("credentialSubject is text", "4.8", lambda d: d.update(credentialSubject="did:example:ada")),
    "no-subjects": ("credentialSubject is an empty list", "4.8", lambda d: d.update(credentialSubject=[])),
    "subject-id-is-a-list": ("the subject has two ids", "4.8", lambda d: subject(d).update(id=["urn:a:1", "urn:a:2"])),
    "subject-id-is-no-url": ("the subject's id is no URL", "4.8", lambda d: subject(d).update(id="Ada Nwosu")),
    "name-with-an-extra-member": (
        "a language value object has another member",
        "11.1",
        lambda d: d.update(name={"@value": "x", "@language": "en", "url": "https://x.example"}),
    ),
    "name-is-a-number": ("name is a number", "4.6", lambda d: d.update(name=1)),
    "name-with-a-bad-language": (
        "the language is no language tag",
        "11.1",
        lambda d: d.update(name={"@value": "x", "@language": "not a tag"}),
    ),
    "name-with-a-bad-direction": (
        "the direction is neither ltr nor rtl",
        "11.1",
        lambda d: d.update(name={"@value": "x", "@language": "en", "@direction": "up"}),
    ),
    "status-without-type": (
        "credentialStatus has no type",
        "4.10",
        lambda d: d.update(credentialStatus={"id": "https://s.example/1"}),
    ),
    "status-id-is-no-url": (
        "the id of credentialStatus is no URL",
        "4.10",
        lambda d: d.update(credentialStatus={"id": "status 1", "type": "BitstringStatusListEntry"}),
    ),
    "status-is-text": ("credentialStatus is text", "4.10", lambda d: d.update(credentialStatus="https://s.example/1")),
    "schema-without-id": (
        "credentialSchema has no id",
        "4.11",
        lambda d: d.update(credentialSchema={"type": "JsonSchema"}),
    ),
    "schema-without-type": (
        "credentialSchema has no type",
        "4.11",
        lambda d: d.update(credentialSchema={"id": "https://s.example/1"}),
    ),
    "schema-id-is-no-url": (
        "the id of credentialSchema is no URL",
        "4.11",
        lambda d: d.update(credentialSchema={"id": "schema 1", "type": "JsonSchema"}),
    ),
    "refresh-without-type": (
        "refreshService has no type",
        "5.4",
        lambda d: d.update(refreshService={"id": "https://r.example"}),
    ),
    "terms-without-type": ("termsOfUse has no type", "5.5", lambda d: d.update(termsOfUse={"id": "https://t.example"})),
    "evidence-without-type": (
        "evidence has no type",
        "5.6",
        lambda d: d.update(evidence=[{"id": "https://e.example"}]),
    ),
    "resource-without-digest": (
        "relatedResource has no digest",
        "5.3",
        lambda d: d.update(relatedResource=[{"id": "https://r.example"}]),
    ),
    "resource-without-id": (
        "relatedResource has no id",
        "5.3",
        lambda d: d.update(relatedResource=[{"digestSRI": "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}]),
    ),
    "resource-twice": (
        "two related resources have one id",
        "5.3",
        lambda d: d.update(
            relatedResource=[
                {"id": "https://r.example", "digestSRI": "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="},
                {"id": "https://r.example", "digestSRI": "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="},
            ]
        ),
    ),
    "start-without-timezone": ("validFrom has no timezone", "4.9", lambda d: d.update(validFrom="2026-01-01T00:00:00")),
    "start-is-a-day": ("validFrom is only a day", "4.9", lambda d: d.update(validFrom="2026-01-01")),
    "start-is-no-date": (
        "validFrom is the 30th of February",
        "4.9",
        lambda d: d.update(validFrom="2026-02-30T00:00:00Z"),
    ),
    "start-is-a-number": ("validFrom is a number", "4.9", lambda d: d.update(validFrom=1767225600)),
    "end-before-start": (
        "validUntil is before validFrom",
        "4.9",
        lambda d: d.update(validUntil="2025-01-01T00:00:00Z"),
    ),
    "end-is-no-date": ("validUntil is no date", "4.9", lambda d: d.update(validUntil="next year")),
    "contexts-reversed": (
        "the credentials context is not the first",
        "4.3",
        lambda d: d.update({"@context": [OB3, V2]}),
    ),
}
NO_CREDENTIAL = ("no-type", "not-a-credential", "empty-type")
BADGE_FAULTS: dict[str, tuple[str, Edit]] = {
    "no-id": ("the badge has no id", lambda d: d.pop("id")),
    "no-badge-context": ("no Open Badges context", lambda d: d.update({"@context": [V2]})),
    "no-start": ("validFrom is missing", lambda d: d.pop("validFrom")),
    "issuer-without-type": ("the issuer has no type Profile", lambda d: d["issuer"].pop("type")),
    "subject-without-type": ("the subject has no type", lambda d: subject(d).pop("type")),
    "subject-without-identity": ("the subject has neither id nor identifier", lambda d: subject(d).pop("id")),
    "no-achievement": ("the achievement is missing", lambda d: subject(d).pop("achievement")),
    "achievement-without-id": ("the achievement has no id", lambda d: achievement(d).pop("id")),
    "achievement-without-type": ("the achievement has no type", lambda d: achievement(d).pop("type")),
    "achievement-without-name": ("the achievement has no name", lambda d: achievement(d).pop("name")),
    "achievement-without-description": ("it has no description", lambda d: achievement(d).pop("description")),
    "achievement-without-criteria": ("it has no criteria", lambda d: achievement(d).pop("criteria")),
    "achievement-type-unknown": (
        "achievementType is not listed",
        lambda d: achievement(d).update(achievementType="Medal"),
    ),
    "achievement-tag-is-a-number": ("a tag is a number", lambda d: achievement(d).update(tag=[1])),
    "alignment-without-url": (
        "an alignment has no targetUrl",
        lambda d: achievement(d).update(alignment=[{"type": ["Alignment"], "targetName": "x"}]),
    ),
    "image-without-id": ("an image has no id", lambda d: achievement(d).update(image={"type": "Image"})),
    "identity-without-hashed": (
        "an identifier does not say whether it is hashed",
        lambda d: subject(d).update(
            identifier=[{"type": "IdentityObject", "identityHash": "Ada", "identityType": "name"}]
        ),
    ),
    "identity-with-an-extra-member": (
        "an identifier has a member that the schema does not allow",
        lambda d: subject(d).update(
            identifier=[
                {"type": "IdentityObject", "hashed": False, "identityHash": "Ada", "identityType": "name", "name": "x"}
            ]
        ),
    ),
    "result-status-unknown": (
        "the status of a result is not listed",
        lambda d: subject(d).update(result=[{"type": ["Result"], "status": "Excellent"}]),
    ),
    "credits-are-text": ("creditsEarned is text", lambda d: subject(d).update(creditsEarned="3")),
}


def cases() -> Iterator[Case]:
    """Yield every case about the document."""
    yield from _structure()
    yield from _contexts()
    yield from _dates()
    yield from _json()


def _structure() -> Iterator[Case]:
    for name, (title, clause, edit) in PLAIN_FAULTS.items():
        document = jcs(edited(plain(), edit))
        # What lacks the type of a credential may be anything.
        verdict, check = ("unknown", "format") if name in NO_CREDENTIAL else ("invalid", "structure")
        yield Case(f"structure-{name}", title, f"{VCDM}, {clause}", verdict, check, written(document))
    for name, (title, fault) in BADGE_FAULTS.items():
        document = jcs(edited(badge(), fault))
        yield Case(f"badge-{name}", title, f"{OB}, B.1", "invalid", "structure", written(document))
    no_start = jcs({name: value for name, value in old().items() if name != "issuanceDate"})
    yield Case(
        "structure-v1-no-start",
        "issuanceDate is missing",
        "VC Data Model 1.1, 4.6",
        "invalid",
        "structure",
        written(no_start),
    )
    for name in ("no-issuer", "evidence-without-type", "subject-id-is-a-list", "schema-without-id"):
        title, clause, edit = PLAIN_FAULTS[name]
        source = token(edited(plain(), edit))
        yield Case(
            f"structure-token-{name}",
            f"{title}, in a token",
            f"{VCDM}, {clause}",
            "invalid",
            "structure",
            source,
            "credential.jwt",
            signed_by="PyJWT",
        )
    faultless = {
        "two-subjects": plain(credentialSubject=[{"id": "did:example:ada"}, {"id": "did:example:bob"}]),
        "name-in-arabic": plain(name={"@value": "رسم", "@language": "ar", "@direction": "rtl"}),
        "no-id": plain(id=None),
        "no-dates": plain(validFrom=None),
        "issuer-object": plain(issuer={"id": ISSUER.did, "name": "Fernhill"}),
        "evidence": badge(evidence=[{"id": "https://e.example/1", "type": ["Evidence"], "name": "Three paintings"}]),
        "badge": badge(),
        "v1": old(),
    }
    for name, document in faultless.items():
        yield Case(
            f"valid-jcs-{name}", f"valid: {name}", VCDM, "valid", "", written(jcs(document)), signed_by="rfc8785"
        )


def _contexts() -> Iterator[Case]:
    unknown = "https://contexts.example/v1"
    yield _context("unknown", "a context that no one publishes", "unknown", jcs(plain(**{"@context": [V2, unknown]})))
    changing = jcs(plain(**{"@context": [V2, {"name": "https://schema.org/alternateName"}]}))
    yield _context("inline-changes-a-term", "an inline context redefines a term", "unknown", changing)
    keyword = jcs(plain(**{"@context": [V2, {"@vocab": "https://v.example/"}]}))
    yield _context("inline-vocabulary", "an inline context has a default vocabulary", "unknown", keyword)
    relative = jcs(plain(**{"@context": [V2, {"favouriteColour": "https ://v.example/colour"}]}))
    yield _context("inline-not-a-url", "an inline context defines a name as what is no URL", "unknown", relative)
    adding = jcs(plain(**{"@context": [V2, {"favouriteColour": "https://v.example/colour"}]}))
    yield Case(
        "valid-inline-context-that-only-adds",
        "an inline context adds a name, which JSON covers",
        VCDM,
        "valid",
        "",
        written(adding),
        signed_by="rfc8785",
    )
    nested = jcs(plain(credentialSubject={"id": "did:example:ada", "@context": [unknown], "x": "y"}))
    yield _context("nested-unknown", "an unknown context inside the subject", "unknown", nested)
    null = jcs(plain(credentialSubject={"id": "did:example:ada", "@context": None}))
    yield _context("nested-null", "a context that forgets every term", "unknown", null)
    many = jcs(plain(**{"@context": [V2, *[DATA_INTEGRITY] * 70]}))
    yield _context("too-many", "more than 64 contexts", "unknown", many)
    yield _context(
        "examples-v1", "a context that renames ids", "unknown", jcs(old(**{"@context": [V1, f"{V1[:-2]}examples/v1"]}))
    )
    for name, members in {
        "undefined-term": {"nobodyDefinesThis": "x"},
        "undefined-object": {"nobodyDefinesThis": {"a": "b"}},
    }.items():
        document = {**rdfc(plain()), **members}
        yield _context(name, "a member that no context defines, added after signing", "unknown", document)
    wrong = {**rdfc(plain()), "nobodyDefinesThis": "x", "validFrom": "2026-01-02T00:00:00Z"}
    yield Case(
        "context-undefined-term-and-changed",
        "the same, and a signed member was changed",
        f"{VCDM}, 4.3",
        "invalid",
        "proof",
        written(wrong),
    )
    for name, title, members in (
        ("index", "an @index, which RDF drops", {"@index": "x"}),
        ("reverse", "an @reverse", {"@reverse": {"name": "x"}}),
        ("included", "an @included", {"@included": [{"id": "urn:x:y"}]}),
        ("null", "a null, which RDF drops", {"name": None}),
    ):
        signed = rdfc(plain())
        document = {**signed, "credentialSubject": {**signed["credentialSubject"], **members}}
        yield Case(
            f"rdf-{name}",
            f"{title}, added after signing",
            "VC Data Integrity 1.0, 2.4",
            "invalid",
            "context",
            written(document),
        )
    alias = edited(rdfc(plain()), lambda d: d.update({"@id": d.pop("id")}))
    yield Case(
        "rdf-alias-written-out",
        "id is renamed to @id",
        "VC Data Integrity 1.0, 2.4",
        "invalid",
        "context",
        written(alias),
    )
    relative = edited(rdfc(plain()), lambda d: subject(d).update(id="ada"))
    yield Case(
        "rdf-relative-id",
        "an id becomes relative, which RDF drops",
        "JSON-LD 1.1, 3.2",
        "invalid",
        "structure",
        written(relative),
    )


def _context(name: str, title: str, verdict: str, document: Json) -> Case:
    return Case(f"context-{name}", title, f"{VCDM}, 4.3", verdict, "context", written(document))


def _dates() -> Iterator[Case]:
    start, end = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)
    document = written(jcs(plain(validFrom="2026-03-01T00:00:00Z", validUntil="2026-05-01T00:00:00Z")))
    second = timedelta(seconds=1)
    for name, title, verdict, now in (
        ("long-before-start", "it is not valid yet", "not_yet_valid", start - timedelta(days=1)),
        ("at-start", "its first second", "valid", start),
        ("at-end", "its last second", "valid", end),
        ("after-end", "a second after its end", "expired", end + second),
    ):
        check = "" if verdict == "valid" else "dates"
        prefix = "valid-dates" if verdict == "valid" else "dates"
        yield Case(f"{prefix}-{name}", title, f"{VCDM}, 4.9", verdict, check, document, now=now)
    zoned = written(jcs(plain(validUntil="2026-06-01T02:00:00+02:00")))
    yield Case("valid-dates-offset", "an end with an offset from UTC", f"{VCDM}, 4.9", "valid", "", zoned, now=NOW)
    yield Case(
        "dates-offset-after-end",
        "the same, a second later",
        f"{VCDM}, 4.9",
        "expired",
        "dates",
        zoned,
        now=NOW + second,
    )
    expired = written(jcs(old(expirationDate="2026-02-01T00:00:00Z")))
    yield Case("dates-v1-expired", "expirationDate has passed", "VC Data Model 1.1, 4.6", "expired", "dates", expired)
    both = written(jcs(plain(expirationDate="2026-02-01T00:00:00Z")))
    yield Case(
        "dates-of-both-models",
        "an expirationDate in a credential of version 2.0",
        f"{VCDM}, 4.9",
        "expired",
        "dates",
        both,
    )
    timed = jcs(plain(), expires="2026-03-01T00:00:00Z")
    yield Case(
        "proof-expired", "the proof has expired", "VC Data Integrity 1.0, 2.1", "invalid", "signer", written(timed)
    )
    future = jcs(plain(), created="2026-12-01T00:00:00Z")
    yield Case(
        "proof-from-the-future",
        "the proof is dated in the future",
        "VC Data Integrity 1.0, 2.1",
        "invalid",
        "signer",
        written(future),
    )


def _json() -> Iterator[Case]:
    text = json.dumps(jcs(plain()))
    broken: dict[str, tuple[str, bytes]] = {
        "duplicate-name": ("a name occurs twice", text.replace('"type"', '"id": "urn:x:y", "type"', 1).encode()),
        "duplicate-in-subject": (
            "a name in the subject occurs twice",
            text.replace('"id": "did:example:ada"', '"id": "did:example:bob", "id": "did:example:ada"').encode(),
        ),
        "duplicate-escaped": (
            "a name occurs twice, once escaped",
            text.replace('"type"', '"\\u0069d": "urn:x:y", "type"', 1).encode(),
        ),
        "large-integer": (
            "an integer beyond 2^53",
            text.replace('"credentialSubject": {', '"credentialSubject": {"x": 9007199254740993, ').encode(),
        ),
        "infinity": (
            "1e999, which some parsers read as infinity",
            text.replace('"credentialSubject": {', '"credentialSubject": {"x": 1e999, ').encode(),
        ),
    }
    for name, (title, source) in broken.items():
        yield Case(f"json-{name}", title, "RFC 7493", "invalid", "format", source)
    deep: Any = "x"
    for _ in range(60):
        deep = {"x": deep}
    yield Case(
        "json-too-deep",
        "nested 60 levels",
        "Laurel's limits",
        "unknown",
        "format",
        json.dumps({**plain(), "x": deep}).encode(),
    )
    yield Case("json-no-credential", "JSON that is no credential", VCDM, "unknown", "format", b'{"a": 1}')
    proofless = written(plain())
    yield Case("proof-missing", "there is no proof", VCDM, "invalid", "proof", proofless)
    empty = written({**plain(), "proof": []})
    yield Case("proof-empty-list", "the list of proofs is empty", VCDM, "invalid", "proof", empty)
    yield Case(
        "valid-json-escapes",
        "the same text with escapes is signed alike",
        "RFC 8785",
        "valid",
        "",
        text.replace("did:example:ada", "did:example:\\u0061da").encode(),
        signed_by="rfc8785",
    )
