"""EXAMPLE_CREDENTIAL: the credential that the home page offers as an example."""

from __future__ import annotations

import pytest

from chalicelib.errors import Refused
from chalicelib.settings import read
from tests.test_settings_fetch_allow import ENVIRONMENT


@pytest.mark.parametrize("credential_id", ["", "a2" * 13])
def test_example_is_the_id_of_a_credential(credential_id: str) -> None:
    assert read({**ENVIRONMENT, "STAGE": "local", "EXAMPLE_CREDENTIAL": credential_id}).example == credential_id


@pytest.mark.parametrize("text", ["https://laurel.example/c/" + "a" * 26, "a" * 25, "A" * 26, "a" * 26 + "\n"])
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(Refused) as raised:
        read({**ENVIRONMENT, "STAGE": "local", "EXAMPLE_CREDENTIAL": text})
    assert raised.value.code == "bad_setting"
