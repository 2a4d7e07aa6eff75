from __future__ import annotations

from dataclasses import dataclass

from chalicelib.credential.multibase import encode_ed25519
from chalicelib.reports.host_identity import Host
from tests.makers import ISSUER_KEY, NOW


@dataclass
class Keys:
    requested: str = ""

    def public(self, handle: str) -> bytes:
        self.requested = handle
        return ISSUER_KEY.public


def test_the_host_is_a_did_web_with_its_kms_key() -> None:
    keys = Keys()
    document = Host(keys, "kms-host", "https://laurel.example", lambda: NOW).document()
    multibase = encode_ed25519(ISSUER_KEY.public)
    assert keys.requested == "kms-host"
    assert document["id"] == "did:web:laurel.example"
    assert document["assertionMethod"] == [f"did:web:laurel.example#{multibase}"]
    assert document["verificationMethod"][0]["publicKeyMultibase"] == multibase  # type: ignore[index]
