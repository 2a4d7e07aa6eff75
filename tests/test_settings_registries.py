"""ISSUER_REGISTRIES: the registries that check 8 trusts besides Laurel's own."""

from __future__ import annotations

import pytest

from chalicelib.errors import Refused
from chalicelib.settings import read
from tests.test_settings_fetch_allow import ENVIRONMENT

LIST = "https://registry.example/registry.json?a=b"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        (f"Example Registry={LIST}", (("Example Registry", LIST),)),
        (f" A = {LIST} ; B=partners.json;", (("A", LIST), ("B", "partners.json"))),
    ],
)
def test_registries_are_pairs_of_a_name_and_a_location(text: str, expected: tuple[tuple[str, str], ...]) -> None:
    assert read({**ENVIRONMENT, "STAGE": "local", "ISSUER_REGISTRIES": text}).registries == expected


@pytest.mark.parametrize("text", ["partners.json", "=x", "A=", "A=http://a.example/x", "A=ftp://x", "A=1;B=2;C=3;D=4"])
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(Refused) as raised:
        read({**ENVIRONMENT, "STAGE": "local", "ISSUER_REGISTRIES": text})
    assert raised.value.code == "bad_setting"
