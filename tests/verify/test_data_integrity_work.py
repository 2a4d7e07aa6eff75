"""Hashing a document is a part of the work of a request, whichever part of a proof needs it."""

from __future__ import annotations

import pytest

from chalicelib.verify.canonical.errors import CanonicalError
from chalicelib.verify.canonical.work import Work
from chalicelib.verify.data_integrity import document_hash, signed_bytes
from tests.makers import unsigned

SUITE = "eddsa-rdfc-2022"
OPTIONS = {"type": "DataIntegrityProof", "cryptosuite": SUITE, "proofPurpose": "assertionMethod"}


def test_document_and_options_spend_the_same_work() -> None:
    work, of_document, of_options = Work(100_000), Work(100_000), Work(100_000)
    hashed = document_hash(unsigned(), SUITE, work=of_document)
    signed_bytes(unsigned(), OPTIONS, SUITE, hashed=hashed, work=of_options)
    signed_bytes(unsigned(), OPTIONS, SUITE, work=work)
    spent = [100_000 - each.left for each in (of_document, of_options, work)]
    assert spent[0] > 0
    assert spent[1] > 0
    assert spent[0] + spent[1] == spent[2]


def test_nothing_is_hashed_beyond_the_work_that_is_left() -> None:
    with pytest.raises(CanonicalError):
        document_hash(unsigned(), SUITE, work=Work(1))
