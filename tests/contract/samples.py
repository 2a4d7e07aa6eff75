"""Sample domain objects that differ in every member that a test compares."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from chalicelib.analytics.event import Event, Kind
from chalicelib.credential.achievement import Achievement, Skill
from chalicelib.credential.issuer import DomainProof, Issuer, ProofLocation, SigningKey
from chalicelib.credential.record import CredentialStatus, Entry, Image, Purpose, Record, State, StatusList

RETENTION = timedelta(days=400)
NOW = datetime(2026, 11, 21, 10, 4, 59, 123456, tzinfo=UTC)


def issuer(issuer_id: str = "north", **changes: object) -> Issuer:
    old = SigningKey("key-1", "z6MkOld", "handle-1", NOW - timedelta(days=9), NOW - timedelta(days=1), NOW, shared=True)
    new = SigningKey("key-2", "z6MkNew", "handle-2", NOW - timedelta(days=1), p256="zDnNew", p256_handle="handle-2b")
    one = Issuer(
        issuer_id, f"did:web:localhost%3A8000:issuers:{issuer_id}", "École du Nord #1 %", "https://north.example",
        "Teaches.", (old, new), f"{issuer_id}-revocation", f"{issuer_id}-suspension", image="https://north.example/i",
        registered_as="École", former_names=("École du Sud",), closed=NOW, embed_sites="https://north.example",
        certificate_template="plain", font="serif", footer="Nord", directory="yes", page_host="pages.north.example",
        next_key=SigningKey("key-3", "z6MkNext", "handle-3", NOW), creator=("mailbox-0a1b", "network-2c3d"),
        domains=(DomainProof("north.example", ProofLocation.DNS, NOW, "ab" * 32),),
    )  # fmt: skip
    return replace(one, **changes)  # type: ignore[arg-type]


def status_lists(of: Issuer, size: int = 16_384) -> list[StatusList]:
    return [
        StatusList(of.revocation_list, of.id, Purpose.REVOCATION, bytes(size), b'{"list":"revocation"}'),
        StatusList(of.suspension_list, of.id, Purpose.SUSPENSION, bytes(size), b'{"list":"suspension"}'),
    ]


def achievement(issuer_id: str = "north", achievement_id: str = "welding", **changes: object) -> Achievement:
    skill = Skill("Welding", "https://skills.example/7", "ESCO", "7")
    bare = Skill("Care", "https://skills.example/8", "ESCO")
    one = Achievement(
        achievement_id, issuer_id, "Welding", "Welds.", "Weld *well*.", "https://x.example/1.png", "a torch",
        (skill, bare), "Certificate",
    )  # fmt: skip
    return replace(one, **changes)  # type: ignore[arg-type]


def record(credential_id: str = "c" * 26, index: int = 7, of: Issuer | None = None, **changes: object) -> Record:
    of = of or issuer()
    entries = (
        Entry(Purpose.REVOCATION, of.revocation_list, index),
        Entry(Purpose.SUSPENSION, of.suspension_list, index),
    )
    document = b'{"id":"' + credential_id.encode() + b'","name":"\xc3\x89cole"}'
    one = Record(credential_id, of.id, "welding", document, None, entries, CredentialStatus(State.ACTIVE, NOW), NOW)
    return replace(one, **changes)  # type: ignore[arg-type]


def revoked(one: Record, at: datetime = NOW + timedelta(hours=1)) -> Record:
    return replace(one, status=CredentialStatus(State.REVOKED, at, "In error."), version=one.version + 1)


def with_bit(one: StatusList, index: int) -> StatusList:
    bits = bytearray(one.bits)
    bits[index // 8] |= 0x80 >> index % 8
    return replace(one, bits=bytes(bits), document=b'{"list":"next"}', version=one.version + 1)


def image(name: str = "a") -> Image:
    return Image(name * 64, "image/png", b"\x89PNG\r\n" + name.encode() * 1000)


def event(event_id: str = "01KAHZ0000000000000000000A", **changes: object) -> Event:
    one = Event(event_id, Kind.VIEW, NOW, "c" * 26, "north", "welding", "valid", "ab" * 16, "jobs.example")
    return replace(one, **changes)  # type: ignore[arg-type]
