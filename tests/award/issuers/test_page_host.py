"""The host of the pages of an issuer's credentials."""

from __future__ import annotations

import pytest

from chalicelib.award.issuers import issuer_actions
from chalicelib.award.issuers.issuer_actions import NewIssuer
from chalicelib.award.issuers.page_host import set_page_host
from chalicelib.errors import Refused
from tests.http.fake_laurel import Laurel, seeded

HOST = "credentials.fernhill.example"


@pytest.fixture
def laurel() -> Laurel:
    return seeded("https://laurel.example")


def test_the_host_is_set_and_removed(laurel: Laurel) -> None:
    issuer = set_page_host(laurel.issuer_context, "fernhill", f"https://{HOST.upper()}/")
    assert issuer == laurel.issuer_store.issuer("fernhill")
    assert issuer.pages_url("https://laurel.example") == f"https://{HOST}"
    issuer = set_page_host(laurel.issuer_context, "fernhill", None)
    assert issuer.pages_url("https://laurel.example") == "https://laurel.example"


@pytest.mark.parametrize("host", ["laurel.example", HOST, "localhost", "a.example/c", "a.example:8443", ""])
def test_no_issuer_gets_the_host_of_another_or_no_host(laurel: Laurel, host: str) -> None:
    other = NewIssuer("other", "Other", "https://other.example/", "Teaches, too.")
    issuer_actions.create(laurel.issuer_context, other)
    set_page_host(laurel.issuer_context, "fernhill", HOST)
    with pytest.raises(Refused):
        set_page_host(laurel.issuer_context, "other", host)
    assert laurel.issuer_store.issuer("other").page_host is None


def test_an_issuer_cannot_set_it_in_its_profile(laurel: Laurel) -> None:
    with pytest.raises(TypeError):
        issuer_actions.update_profile(laurel.issuer_context, "fernhill", {"page_host": HOST})
