"""Normalizing domains that people enter."""

from __future__ import annotations

import pytest

from chalicelib.credential import domain


@pytest.mark.parametrize("text", ["acme.example", " ACME.example. ", "https://acme.example/", "http://Acme.example"])
def test_domain_is_accepted_as_people_copy_it(text: str) -> None:
    assert domain.normalize(text) == "acme.example"
