"""A sample credential: signed with a key that is used once, verified like any other, and stored nowhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chalicelib.credential import build, vocabulary
from chalicelib.credential.achievement import Achievement
from chalicelib.credential.did import issuer_did
from chalicelib.credential.issuer import Issuer, SigningKey
from chalicelib.credential.multibase import encode_ed25519
from chalicelib.credential.record import CredentialStatus, Entry, Purpose, Record, State, StatusList
from chalicelib.reports.hosted import HostedReport
from chalicelib.reports.hosted_resolver import build_hosted_resolver
from chalicelib.verify import bitstring, data_integrity
from chalicelib.verify.pipeline import verify

ID = "sample" * 4 + "sa"
"""It has the form of a credential's id, so that links look like real ones. There is no credential with it."""
HOLDER = "Sample Holder"
SEED_BYTES = 32
"""Random bytes of a private key (RFC 8032, 5.1.5)."""


_ENTRIES = (Entry(Purpose.REVOCATION, f"{ID}-1", 0), Entry(Purpose.SUSPENSION, f"{ID}-2", 0))
_BITS = bytes(bitstring.MIN_BITS // 8)


def sample_report(
    issuer: Issuer, achievement: Achievement, *, base_url: str, now: datetime, seed: bytes
) -> HostedReport:
    """Issue a sample of ``achievement`` by ``issuer``, and verify it. ``now`` is in whole seconds."""
    signatory = _signatory(issuer, base_url, now, seed)
    valid_until = now + timedelta(days=achievement.valid_days) if achievement.valid_days else None
    unsigned = build.open_badge(
        base_url=base_url,
        credential_id=ID,
        issuer=signatory.issuer,
        achievement=achievement,
        holder=build.Holder(HOLDER),
        entries=_ENTRIES,
        valid_from=now,
        valid_until=valid_until,
    )
    record = Record(
        id=ID,
        issuer_id=issuer.id,
        achievement_id=achievement.id,
        document=signatory.sign(unsigned, now),
        jwt=None,
        entries=_ENTRIES,
        status=CredentialStatus(State.ACTIVE, now),
        issued_at=now,
        holder_name=HOLDER,
        achievement_version=achievement.version,
        valid_until=valid_until,
    )
    resolver = build_hosted_resolver(base_url, signatory.issuer, _status_lists(signatory, base_url, now), now, record)
    return HostedReport(record, signatory.issuer, verify(record.document, resolver=resolver, now=now))


@dataclass(frozen=True, slots=True)
class _Signatory:
    """An issuer whose only key is here."""

    issuer: Issuer
    private: Ed25519PrivateKey

    def sign(self, document: dict[str, object], now: datetime) -> bytes:
        signed = data_integrity.sign(
            document,
            suite=vocabulary.EDDSA_RDFC_2022,
            method=self.issuer.method_id(self.issuer.signing_key),
            created=now,
            signer=self.private.sign,
        )
        return json.dumps(signed, ensure_ascii=False).encode()


def _signatory(issuer: Issuer, base_url: str, now: datetime, seed: bytes) -> _Signatory:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public = encode_ed25519(private.public_key().public_bytes_raw())
    key = SigningKey(public, public, "", now)
    return _Signatory(replace(issuer, did=issuer_did(base_url, issuer.id), keys=(key,)), private)


def _status_lists(signatory: _Signatory, base_url: str, now: datetime) -> Mapping[str, StatusList]:
    lists = {}
    for entry in _ENTRIES:
        unsigned = build.status_list_credential(
            base_url=base_url,
            list_id=entry.list_id,
            purpose=entry.purpose,
            issuer=signatory.issuer,
            encoded=bitstring.encode(_BITS),
            valid_from=now,
            ttl=0,
        )
        document = signatory.sign(unsigned, now)
        lists[entry.list_id] = StatusList(entry.list_id, signatory.issuer.id, entry.purpose, _BITS, document)
    return lists
