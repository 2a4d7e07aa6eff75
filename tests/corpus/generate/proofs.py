"""Cases about proofs: changed documents, faults of a proof, and keys that are not the issuer's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chalicelib.credential.multibase import decode_base58btc, encode_base58btc
from tests.corpus.generate.case import Case, Edit, Web, achievement, badge, edited, old, plain, subject, written
from tests.corpus.generate.signing import ISSUER, OTHER, P256, P384, PEERS, Json, jcs, rdfc

DI = "VC Data Integrity 1.0"
SITE = "https://fernhill.example"
DID_WEB = "did:web:fernhill.example"
DOCUMENT = f"{SITE}/.well-known/did.json"

CHANGES: dict[str, tuple[str, Edit]] = {
    "issuer-name": ("the issuer's name", lambda d: d["issuer"].update(name="Harvard")),
    "achievement-name": ("the achievement's name", lambda d: achievement(d).update(name="Doctor of Medicine")),
    "subject": ("the holder's id", lambda d: subject(d).update(id="did:example:mallory")),
    "start": ("the start date", lambda d: d.update(validFrom="2020-01-01T00:00:00Z")),
    "added-end": ("an end date is added", lambda d: d.update(validUntil="2036-01-01T00:00:00Z")),
    "removed-criteria-text": (
        "the criteria are emptied",
        lambda d: achievement(d).update(criteria={"id": "https://x.example"}),
    ),
    "credential-id": ("the credential's id", lambda d: d.update(id="urn:uuid:00000000-0000-4000-8000-000000000000")),
}
PROOF_CHANGES: dict[str, tuple[str, str, str, Edit]] = {
    "created": ("the proof's date was changed", "invalid", "proof", lambda p: p.update(created="2026-01-03T00:00:00Z")),
    "purpose": (
        "the proof's purpose was changed",
        "invalid",
        "proof",
        lambda p: p.update(proofPurpose="authentication"),
    ),
    "added-member": ("a member was added to the proof", "invalid", "proof", lambda p: p.update(nonce="x")),
    "no-type": ("the proof has no type", "invalid", "structure", lambda p: p.pop("type")),
    "no-suite": ("the proof names no suite", "invalid", "structure", lambda p: p.pop("cryptosuite")),
    "no-method": ("the proof names no key", "invalid", "structure", lambda p: p.pop("verificationMethod")),
    "no-purpose": ("the proof has no purpose", "invalid", "structure", lambda p: p.pop("proofPurpose")),
    "no-value": ("the proof has no value", "invalid", "structure", lambda p: p.pop("proofValue")),
    "value-cut": (
        "the signature is cut off",
        "invalid",
        "structure",
        lambda p: p.update(proofValue=p["proofValue"][:-5]),
    ),
    "value-base64": ("the signature is in base64", "invalid", "structure", lambda p: p.update(proofValue="uAAAA")),
    "value-zero": (
        "the signature is zero",
        "invalid",
        "proof",
        lambda p: p.update(proofValue=encode_base58btc(bytes(64))),
    ),
    "value-flipped": (
        "one bit of the signature is flipped",
        "invalid",
        "proof",
        lambda p: p.update(proofValue=_flipped(p["proofValue"])),
    ),
    "unknown-suite": ("a suite that no one knows", "unknown", "proof", lambda p: p.update(cryptosuite="rot13-2026")),
    "bbs": ("a suite that Laurel does not support", "unknown", "proof", lambda p: p.update(cryptosuite="bbs-2023")),
    "draft-suite": ("a draft of a suite", "unknown", "proof", lambda p: p.update(cryptosuite="eddsa-2022")),
    "domain": ("the proof is for one verifier", "invalid", "structure", lambda p: p.update(domain="verifier.example")),
    "challenge": ("the proof is for one request", "invalid", "structure", lambda p: p.update(challenge="c-1")),
    "bad-date": ("the proof's date is no date", "invalid", "structure", lambda p: p.update(created="yesterday")),
}


def _flipped(value: str) -> str:
    signature = bytearray(decode_base58btc(value))
    signature[10] ^= 1
    return encode_base58btc(bytes(signature))


def cases() -> Iterator[Case]:
    """Yield every case about proofs."""
    yield from _peers()
    yield from _changed()
    yield from _sets()
    yield from _signers()
    yield from _web()


def _peers() -> Iterator[Case]:
    """What an independent implementation signed, and copies of it with one change."""
    by = "@digitalbazaar/vc"
    for name, signed in PEERS.items():
        if name.endswith("-base"):
            yield Case(
                "sd-base-proof",
                "the holder's own copy of a credential",
                "ECDSA Cryptosuites v1.0, 3.5",
                "unknown",
                "proof",
                written(signed[0]),
                signed_by=by,
            )
            continue
        if name == "ecdsa-sd-2023":
            title = "its holder may have left out its status"
            yield Case(
                "sd-status-withheld",
                title,
                "ECDSA Cryptosuites v1.0, 3.6",
                "unknown",
                "status",
                written(signed[0]),
                signed_by=by,
            )
        else:
            yield Case(
                f"valid-{name}", f"a badge signed with {name}", DI, "valid", "", written(signed[0]), signed_by=by
            )
        forged = edited(signed[0], lambda d: subject(d).update(id="did:example:mallory"))
        yield Case(
            f"changed-{name}",
            f"its holder was changed, with {name}",
            DI,
            "invalid",
            "proof",
            written(forged),
            signed_by=by,
        )
        flipped = edited(signed[0], lambda d: d["proof"].update(proofValue=_swapped(d["proof"]["proofValue"])))
        check = "structure" if name == "ecdsa-sd-2023" else "proof"
        yield Case(
            f"signature-{name}",
            f"its signature was changed, with {name}",
            DI,
            "invalid",
            check,
            written(flipped),
            signed_by=by,
        )
        if name != "ecdsa-sd-2023":
            yield Case(
                f"valid-plain-{name}",
                f"a credential signed with {name}",
                DI,
                "valid",
                "",
                written(signed[1]),
                signed_by=by,
            )
            yield Case(
                f"expired-{name}",
                f"an expired badge signed with {name}",
                DI,
                "expired",
                "dates",
                written(signed[2]),
                signed_by=by,
            )
    shown = PEERS["ecdsa-sd-2023"][0]
    more = edited(shown, lambda d: d.update(validUntil="2036-01-01T00:00:00Z"))
    yield Case(
        "sd-added-statement",
        "a statement was added to what the holder shows",
        "ECDSA Cryptosuites v1.0, 3.6",
        "invalid",
        "proof",
        written(more),
        signed_by=by,
    )
    less = edited(shown, lambda d: d.pop("name"))
    yield Case(
        "sd-removed-statement",
        "a shown statement was removed without a new proof",
        "ECDSA Cryptosuites v1.0, 3.6",
        "invalid",
        "proof",
        written(less),
        signed_by=by,
    )


def _swapped(value: str) -> str:
    at = len(value) // 2
    return value[:at] + ("2" if value[at] != "2" else "3") + value[at + 1 :]


def _changed() -> Iterator[Case]:
    for suite, sign in (("rdfc", rdfc), ("jcs", jcs)):
        signed = sign(badge())
        for name, (title, edit) in CHANGES.items():
            yield Case(
                f"changed-{suite}-{name}",
                f"changed after signing: {title}",
                DI,
                "invalid",
                "proof",
                written(edited(signed, edit)),
            )
    signed = jcs(plain())
    for name, (title, verdict, check, edit) in PROOF_CHANGES.items():
        document = edited(signed, lambda d, edit=edit: edit(d["proof"]))  # type: ignore[misc]
        yield Case(f"proof-{name}", title, DI, verdict, check, written(document))
    other = {**plain(id="urn:uuid:1c0f2d34-0000-4000-8000-000000000009"), "proof": signed["proof"]}
    yield Case("proof-of-another-credential", "the proof of another credential", DI, "invalid", "proof", written(other))
    text = {**plain(), "proof": "z" + "1" * 80}
    yield Case("proof-is-text", "the proof is text", DI, "invalid", "structure", written(text))
    for key, name in ((P256, "p256"), (P384, "p384")):
        for kind, sign in (("jcs", jcs), ("rdfc", rdfc)):
            document = sign(plain(issuer=key.did), key)
            yield Case(
                f"valid-ecdsa-{kind}-{name}-rfc6979",
                f"a deterministic signature with {name}",
                "RFC 6979",
                "valid",
                "",
                written(document),
            )
    same = rdfc(plain(issuer=P256.did), P256)
    wrong = edited(same, lambda d: d["proof"].update(verificationMethod=P384.method))
    yield Case(
        "proof-key-of-another-curve", "the proof names a key of another curve", DI, "invalid", "proof", written(wrong)
    )


def _sets() -> Iterator[Case]:
    first, second = jcs(plain()), jcs(plain(), OTHER)
    both = {**plain(), "proof": [first["proof"], second["proof"]]}
    yield Case("valid-proof-set", "a second proof by someone else", f"{DI}, 2.1.1", "valid", "", written(both))
    damaged = edited(both, lambda d: d["proof"][1].update(created="2026-01-03T00:00:00Z"))
    yield Case("set-one-invalid", "one of two proofs is invalid", f"{DI}, 2.1.1", "invalid", "proof", written(damaged))
    unknown = edited(both, lambda d: d["proof"][1].update(cryptosuite="rot13-2026"))
    yield Case(
        "set-one-unknown", "one of two proofs has an unknown type", f"{DI}, 2.1.1", "unknown", "proof", written(unknown)
    )
    strangers = {**plain(), "proof": [second["proof"]]}
    yield Case(
        "set-none-by-the-issuer",
        "the only proof is by someone else",
        f"{DI}, 4.6",
        "invalid",
        "signer",
        written(strangers),
    )
    many = {**plain(), "proof": [first["proof"]] * 9}
    yield Case("set-too-many", "nine proofs", "Laurel's limits", "unknown", "structure", written(many))
    missing = jcs(plain(), previousProof="urn:uuid:00000000-0000-4000-8000-000000000000")
    yield Case(
        "chain-previous-missing",
        "a proof of a chain whose previous one is missing",
        f"{DI}, 2.1.2",
        "invalid",
        "structure",
        written(missing),
    )
    for name, entry in (("number", 1), ("null", None), ("empty-object", {})):
        broken = {**plain(), "proof": [first["proof"], entry]}
        yield Case(f"set-with-{name}", f"one of two proofs is {name}", DI, "invalid", "structure", written(broken))


def _signers() -> Iterator[Case]:
    stolen = jcs(plain(issuer=ISSUER.did), OTHER)
    yield Case(
        "signer-not-issuer",
        "signed by a key that is not the issuer's",
        f"{DI}, 4.6",
        "invalid",
        "signer",
        written(stolen),
    )
    named = jcs(badge(issuer={"id": ISSUER.did, "type": ["Profile"], "name": "Harvard"}), OTHER)
    yield Case(
        "signer-not-issuer-badge",
        "a badge in the name of someone else",
        f"{DI}, 4.6",
        "invalid",
        "signer",
        written(named),
    )
    purpose = jcs(plain(), proofPurpose="authentication")
    yield Case(
        "signer-purpose", "the issuer signed for authentication", f"{DI}, 2.1", "invalid", "signer", written(purpose)
    )
    bare = jcs(plain(), verificationMethod=ISSUER.did)
    yield Case(
        "valid-key-without-fragment",
        "the proof names its did:key without a fragment",
        "did:key v0.9",
        "valid",
        "",
        written(bare),
    )
    fragment = jcs(plain(), verificationMethod=f"{ISSUER.did}#{OTHER.multikey}")
    yield Case(
        "signer-other-fragment",
        "the fragment names another key than the did:key",
        "did:key v0.9",
        "invalid",
        "proof",
        written(fragment),
    )
    weak = encode_base58btc(b"\xed\x01" + b"\1" + bytes(31))
    did = f"did:key:{weak}"
    order = jcs(plain(issuer=did), verificationMethod=f"{did}#{weak}")
    anything = edited(order, lambda d: d["proof"].update(proofValue=encode_base58btc(b"\1" + bytes(63))))
    yield Case(
        "key-of-small-order",
        "a key of small order, for which one signature fits every message",
        "RFC 8032",
        "invalid",
        "proof",
        written(anything),
    )
    secp = "did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme"
    curve = jcs(plain(issuer=secp), verificationMethod=f"{secp}#{secp.removeprefix('did:key:')}")
    yield Case("key-unsupported", "a key on secp256k1", "did:key v0.9", "unknown", "proof", written(curve))
    method = jcs(plain(issuer="did:example:a"), verificationMethod="did:example:a#key-1")
    yield Case(
        "key-method-unknown", "a DID method that no one resolves", "DID Core 1.0", "unknown", "proof", written(method)
    )
    nonsense = jcs(plain(), verificationMethod="key-1")
    yield Case("key-no-did", "the key is no DID URL", f"{DI}, 2.1", "invalid", "proof", written(nonsense))
    legacy = old(
        **{"@context": ["https://www.w3.org/2018/credentials/v1", "https://w3id.org/security/suites/jws-2020/v1"]}
    )
    jws = {
        **legacy,
        "proof": {
            "type": "JsonWebSignature2020",
            "created": "2026-01-02T00:00:00Z",
            "verificationMethod": ISSUER.method,
            "proofPurpose": "assertionMethod",
            "jws": "eyJ..x",
        },
    }
    yield Case("suite-jws-2020", "a suite that Laurel only recognises", DI, "unknown", "proof", written(jws))


def did_document(*keys: Any, **changes: Any) -> Json:
    """The DID document of the school; each key is a pair of a fragment and a key."""
    methods = [
        {"id": f"{DID_WEB}#{name}", "type": "Multikey", "controller": DID_WEB, "publicKeyMultibase": key.multikey}
        for name, key in keys
    ]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": DID_WEB,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
        **changes,
    }


def _web() -> Iterator[Case]:
    def signed(fragment: str = "key-1", **members: Any) -> bytes:
        return written(jcs(plain(issuer=DID_WEB), verificationMethod=f"{DID_WEB}#{fragment}", **members))

    def at(document: Json) -> dict[str, Web]:
        return {DOCUMENT: Web(written(document), name="did.json")}

    def case(name: str, title: str, verdict: str, check: str, document: Json, **more: Any) -> Case:
        return Case(
            name, title, "did:web; Controlled Identifiers v1.0", verdict, check, signed(**more), web=at(document)
        )

    usual = did_document(("key-1", ISSUER))
    yield case("valid-did-web", "an issuer with a did:web", "valid", "", usual)
    yield case("web-other-key", "the DID document has another key", "invalid", "proof", did_document(("key-1", OTHER)))
    yield case("web-no-such-key", "it has no key of this name", "invalid", "proof", did_document(("key-2", ISSUER)))
    yield case(
        "web-not-for-assertions",
        "its key is not for assertions",
        "invalid",
        "signer",
        did_document(("key-1", ISSUER), assertionMethod=[]),
    )
    yield case(
        "web-other-id", "the document is of another DID", "unknown", "proof", {**usual, "id": "did:web:other.example"}
    )
    controller = edited(usual, lambda d: d["verificationMethod"][0].update(controller="did:web:other.example"))
    yield case("web-other-controller", "its key has another controller", "invalid", "proof", controller)
    expired = edited(usual, lambda d: d["verificationMethod"][0].update(expires="2026-01-01T00:00:00Z"))
    yield case("web-key-expired", "its key had expired when it signed", "invalid", "signer", expired)
    later = edited(usual, lambda d: d["verificationMethod"][0].update(expires="2026-03-01T00:00:00Z"))
    yield case("valid-web-key-expired-later", "its key expired after it signed", "valid", "", later)
    yield case(
        "web-undated-proof", "an undated proof by a key that has expired", "unknown", "signer", later, created=None
    )
    revoked = edited(usual, lambda d: d["verificationMethod"][0].update(revoked="2026-03-01T00:00:00Z"))
    yield case("web-key-revoked", "its key was revoked, so its dates prove nothing", "invalid", "signer", revoked)
    for status in (404, 500):
        yield Case(
            f"web-{status}",
            f"the DID document answers {status}",
            "did:web",
            "unknown",
            "proof",
            signed(),
            web={DOCUMENT: Web(status=status)},
        )
    yield Case(
        "web-no-json",
        "the DID document is a web page",
        "did:web",
        "unknown",
        "proof",
        signed(),
        web={DOCUMENT: Web(b"<html></html>", name="did.json")},
    )
    twice = edited(
        usual,
        lambda d: d.update(
            verificationMethod=[
                *d["verificationMethod"],
                {**d["verificationMethod"][0], "publicKeyMultibase": OTHER.multikey},
            ]
        ),
    )
    yield case("web-key-twice", "two keys have one id", "unknown", "proof", twice)
