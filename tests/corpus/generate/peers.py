"""Let an independent implementation sign: `python -m tests.corpus.generate.peers` writes `peers.json` (needs Node).

ECDSA signatures and labels of selective disclosure differ at each run, so the result is committed and the corpus is
made from it. Sign again only if a case needs another document: every case made from `peers.json` then changes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from chalicelib.credential.multibase import encode_base58btc

FILE = Path(__file__).with_name("peers.json")
SELECTED = ["/name", "/credentialSubject"]
MANDATORY = ["/issuer", "/validFrom"]


def main() -> None:
    """Sign the documents with Digital Bazaar's libraries."""
    if not FILE.exists():
        FILE.write_text("{}")
    from tests.conformance import peer
    from tests.corpus.generate.case import badge, plain
    from tests.corpus.generate.signing import ISSUER, P256, P384, Key

    def ecdsa(key: Key, prefix: bytes, size: int) -> dict[str, str]:
        secret = key.private.private_numbers().private_value.to_bytes(size, "big")
        return {"publicKeyMultibase": key.multikey, "secretKeyMultibase": encode_base58btc(prefix + secret)}

    seed = ISSUER.private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    p256, p384 = ecdsa(P256, b"\x86\x26", 32), ecdsa(P384, b"\x87\x26", 48)
    documents = [badge(), plain(), badge(validUntil="2026-03-01T00:00:00Z")]
    signed: dict[str, list[Any]] = {}
    for name, suite, key in (
        ("eddsa-rdfc-2022", "eddsa-rdfc-2022", {"seed": seed.hex()}),
        ("eddsa-jcs-2022", "eddsa-jcs-2022", {"seed": seed.hex()}),
        ("ecdsa-rdfc-2019-p256", "ecdsa-rdfc-2019", p256),
        ("ecdsa-rdfc-2019-p384", "ecdsa-rdfc-2019", p384),
        ("ecdsa-jcs-2019-p256", "ecdsa-jcs-2019", p256),
        ("ecdsa-jcs-2019-p384", "ecdsa-jcs-2019", p384),
    ):
        signed[name] = peer.sign(documents, suite, key=key, created="2026-01-02T00:00:00Z")
    for name, selected in (("ecdsa-sd-2023", SELECTED), ("ecdsa-sd-2023-base", None)):
        signed[name] = peer.sign(
            [badge(), badge(validUntil="2027-03-01T00:00:00Z")],
            "ecdsa-sd-2023",
            key=p256,
            created="2026-01-02T00:00:00Z",
            mandatory=MANDATORY,
            selected=selected,
        )
    FILE.write_text(json.dumps(signed, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
