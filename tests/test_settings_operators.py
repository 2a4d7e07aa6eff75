"""OPERATORS: the email addresses of the operators of a deployment."""

from __future__ import annotations

import pytest

from chalicelib.settings import read
from tests.test_settings_fetch_allow import ENVIRONMENT


@pytest.mark.parametrize(
    ("text", "operators"),
    [
        ("", set()),
        (" , ", set()),
        ("Grace@laurel.example", {"grace@laurel.example"}),
        (
            "grace@laurel.example, ada@laurel.example ,grace@laurel.example",
            {"grace@laurel.example", "ada@laurel.example"},
        ),
    ],
)
def test_operators_are_listed_by_address(text: str, operators: set[str]) -> None:
    assert read({**ENVIRONMENT, "STAGE": "local", "OPERATORS": text}).operators == operators


def test_no_operator_is_configured_by_default() -> None:
    assert read({**ENVIRONMENT, "STAGE": "local"}).operators == frozenset()
