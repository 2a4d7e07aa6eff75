from __future__ import annotations

import pytest

from chalicelib.errors import Malformed
from chalicelib.verify.keys.did_key import controller_of
from chalicelib.verify.keys.multikey import from_multikey
from tests.makers import ISSUER_KEY


def test_a_did_key_has_one_method_whose_fragment_repeats_the_key() -> None:
    controller = controller_of(ISSUER_KEY.did)
    assert controller.id == ISSUER_KEY.did
    assert [(method.id, method.assertion) for method in controller.methods] == [(ISSUER_KEY.method, True)]
    assert controller.methods[0].key == from_multikey(ISSUER_KEY.method.partition("#")[2])


@pytest.mark.parametrize(
    "did", ["did:key:", "did:key:nonsense", f"{ISSUER_KEY.did}:1", f"did:key:1.1:{ISSUER_KEY.did[8:]}"]
)
def test_an_invalid_key_is_refused(did: str) -> None:
    with pytest.raises(Malformed) as caught:
        controller_of(did)
    assert caught.value.code == "not_base58btc"
