"""An unused idempotency key passes to the next request, also when requests compete for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.award.issuing import idempotency
from chalicelib.award.issuing.idempotency import MAX_ATTEMPTS
from chalicelib.award.ports import Claim
from chalicelib.errors import Refused
from tests import fakes
from tests.award.fakes import IssuerFixture


class ContestedClaims(fakes.Claims):
    """Claims of which another request takes over the key first, ``lost`` times."""

    def __init__(self, lost: int) -> None:
        super().__init__()
        self.lost = lost

    def take_over(self, before: Claim, after: Claim) -> Claim:
        if self.lost:
            self.lost -= 1
            super().take_over(before, replace(after, request=bytes([self.lost]) * 32))
        return super().take_over(before, after)


def test_last_attempt_to_take_over_a_key_counts(acme: IssuerFixture) -> None:
    claims = ContestedClaims(MAX_ATTEMPTS - 1)
    first = idempotency.claim(acme.issuer_context, claims, "acme", "k", b"wrong")
    assert idempotency.claim(acme.issuer_context, claims, "acme", "k", b"corrected") == first


def test_request_that_always_loses_the_key_is_refused(acme: IssuerFixture) -> None:
    claims = ContestedClaims(MAX_ATTEMPTS)
    idempotency.claim(acme.issuer_context, claims, "acme", "k", b"wrong")
    with pytest.raises(Refused) as refused:
        idempotency.claim(acme.issuer_context, claims, "acme", "k", b"corrected")
    assert refused.value.code == "idempotency_key_reused"
