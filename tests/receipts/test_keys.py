"""The published keys of receipts."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace

import pytest

from chalicelib.errors import Unavailable
from chalicelib.receipts import jws
from tests.http.fake_laurel import BASE_URL, seeded
from tests.receipts import samples


def test_replaced_key_stays_published() -> None:
    laurel = seeded()
    receipts = laurel.receipts
    old = samples.make(laurel)
    receipts.keys.remember()
    receipts.keys.remember()
    signer = receipts.keys.signer
    rotated = replace(receipts.keys, handle=signer.create_p256("new").handle)  # type: ignore[attr-defined]
    laurel.__dict__["receipts"] = replace(receipts, keys=rotated)
    new = samples.make(laurel)
    published = rotated.published()
    assert [key.kid for key in published] == [jws.kid_of(new.jws), jws.kid_of(old.jws)]
    for receipt in (old, new):
        assert jws.check(receipt.jws, published, BASE_URL)["verdict"] == "valid"


def test_key_is_named_by_its_thumbprint() -> None:
    """RFC 7638, 3.2: the SHA-256 of its required members in lexical order, without spaces."""
    (key,) = seeded().receipts.keys.document()["keys"]
    assert set(key) == {"kty", "crv", "x", "y", "kid", "alg", "use"}
    hashed = hashlib.sha256(f'{{"crv":"P-256","kty":"EC","x":"{key["x"]}","y":"{key["y"]}"}}'.encode()).digest()
    assert key["kid"] == base64.urlsafe_b64encode(hashed).decode().rstrip("=")


def test_no_receipt_is_stored_that_cannot_be_signed() -> None:
    laurel = seeded()
    keys = replace(laurel.receipts.keys, handle="gone")
    laurel.__dict__["receipts"] = replace(laurel.receipts, keys=keys)
    with pytest.raises(Unavailable):
        samples.make(laurel)
    assert laurel.receipt_store.by_id == {}
