"""Builders of signed documents for tests, with local keys and without storage or network."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chalicelib.credential import build, vocabulary
from chalicelib.credential.achievement import Achievement, Skill
from chalicelib.credential.did import key_did
from chalicelib.credential.issuer import Issuer, SigningKey
from chalicelib.credential.multibase import encode_ed25519
from chalicelib.credential.record import Entry, Purpose
from chalicelib.errors import Unavailable
from chalicelib.verify import bitstring
from chalicelib.verify.data_integrity import sign
from chalicelib.verify.ports import Controller, Fetched, KnownIssuer, Resolver

BASE_URL = "http://localhost:8000"
NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
EMPTY_BITS = bytes(bitstring.MIN_BITS // 8)


@dataclass(frozen=True)
class Signatory:
    """A test key and its did:key."""

    private: Ed25519PrivateKey

    @classmethod
    def number(cls, seed: int) -> Signatory:
        """A key derived from ``seed``, so that failures are reproducible."""
        return cls(Ed25519PrivateKey.from_private_bytes(seed.to_bytes(32, "big")))

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes_raw()

    @property
    def did(self) -> str:
        return key_did(self.public)

    @property
    def method(self) -> str:
        return f"{self.did}#{encode_ed25519(self.public)}"


ISSUER_KEY = Signatory.number(1)
OTHER_KEY = Signatory.number(2)


def issuer(key: Signatory = ISSUER_KEY, **changes: object) -> Issuer:
    """An issuer with a did:key; ``changes`` replace its members."""
    values: dict[str, object] = {
        "id": "fernhill",
        "did": key.did,
        "name": "Fernhill College",
        "url": "https://fernhill.example/",
        "description": "Courses by the river.",
        "keys": (SigningKey(encode_ed25519(key.public), encode_ed25519(key.public), "kms-1", NOW),),
        "revocation_list": "r" * 26,
        "suspension_list": "s" * 26,
    }
    values["registered_as"] = values["name"]
    return Issuer(**{**values, **changes})  # type: ignore[arg-type]


ACHIEVEMENT = Achievement(
    id="0d9a4d2c-3a3b-4a57-9a5c-1f6a6f1f7a11",
    issuer_id="fernhill",
    name="Watercolour, first steps",
    description="Paints a landscape from life.",
    criteria="Finished three paintings out of doors.",
    image=f"{BASE_URL}/images/{'0' * 64}.png",
    image_alt="A brush on blue ground",
    skills=(Skill("paint", "http://data.europa.eu/esco/skill/1", "ESCO"),),
)

ENTRIES = (Entry(Purpose.REVOCATION, "r" * 26, 7), Entry(Purpose.SUSPENSION, "s" * 26, 9))


def unsigned(by: Issuer | None = None, **changes: object) -> dict[str, object]:
    """An Open Badges credential by ``by``; ``changes`` are arguments of `build.open_badge`."""
    values: dict[str, object] = {
        "base_url": BASE_URL,
        "credential_id": "a" * 26,
        "issuer": by or issuer(),
        "achievement": ACHIEVEMENT,
        "holder": build.Holder("Ada Nwosu", "ada@example.org"),
        "email_salt": "salt",
        "entries": ENTRIES,
        "valid_from": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return build.open_badge(**{**values, **changes})  # type: ignore[arg-type]


def signed(
    document: Mapping[str, object],
    key: Signatory = ISSUER_KEY,
    *,
    suite: str = vocabulary.EDDSA_RDFC_2022,
    method: str | None = None,
    created: datetime = NOW,
) -> dict[str, object]:
    """``document`` with a proof by ``key``."""
    return sign(document, suite=suite, method=method or key.method, created=created, signer=key.private.sign)


def as_bytes(document: Mapping[str, object]) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def status_list(
    purpose: Purpose, bits: bytes = EMPTY_BITS, key: Signatory = ISSUER_KEY, **changes: object
) -> dict[str, object]:
    """An unsigned status list credential; ``changes`` replace its members."""
    list_id = purpose.value[0] * 26
    document = build.status_list_credential(
        base_url=BASE_URL,
        list_id=list_id,
        purpose=purpose,
        issuer=issuer(key),
        encoded=bitstring.encode(bits),
        valid_from=datetime(2026, 1, 1, tzinfo=UTC),
        ttl=60_000,
    )
    return {**document, **changes}


@dataclass
class FakeResolver:
    """The three verification ports, from dictionaries. A missing controller or list is `Unavailable`."""

    controllers: dict[str, Controller] = field(default_factory=dict)
    lists: dict[str, bytes] = field(default_factory=dict)
    known: dict[str, KnownIssuer] = field(default_factory=dict)

    def resolver(self) -> Resolver:
        return Resolver(_Controllers(self.controllers), _Lists(self.lists), _Registry(self.known))


@dataclass
class DocumentsAt:
    """The port for documents, from a function that reads an address."""

    read: Callable[[str], Fetched]

    def fetch(self, url: str) -> Fetched:
        return self.read(url)


@dataclass
class _Controllers:
    entries: dict[str, Controller]

    def find(self, did: str, kid: str | None = None) -> Controller:
        if did not in self.entries:
            raise Unavailable(f"no controller for {did}")
        return self.entries[did]


@dataclass
class _Lists:
    entries: dict[str, bytes]

    def prefetch(self, urls: Sequence[str]) -> None:
        """See the port: nothing is read ahead here."""

    def fetch(self, url: str) -> Fetched:
        if url not in self.entries:
            raise Unavailable(f"{url} does not answer")
        return Fetched(url, self.entries[url], NOW)


@dataclass
class _Registry:
    entries: dict[str, KnownIssuer]

    def find(self, did: str) -> KnownIssuer | None:
        return self.entries.get(did)


def list_url(purpose: Purpose) -> str:
    return build.status_list_url(BASE_URL, purpose.value[0] * 26)


def good_resolver() -> FakeResolver:
    """A resolver with two empty status lists and the registered issuer."""
    lists = {list_url(purpose): as_bytes(signed(status_list(purpose))) for purpose in Purpose}
    known = {ISSUER_KEY.did: KnownIssuer(ISSUER_KEY.did, "Fernhill College", "Laurel")}
    return FakeResolver(lists=lists, known=known)
