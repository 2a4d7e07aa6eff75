"""UNPROVEN_EMAILS: the emails a day of all issuers that are not identified."""

from __future__ import annotations

import pytest

from chalicelib.errors import Refused
from chalicelib.settings import read
from tests.test_settings_fetch_allow import ENVIRONMENT


@pytest.mark.parametrize(("text", "emails"), [("", 500), ("0", 0), ("1000000", 1_000_000)])
def test_number_of_emails(text: str, emails: int) -> None:
    assert read({**ENVIRONMENT, "STAGE": "local", "UNPROVEN_EMAILS": text}).unproven_emails == emails


@pytest.mark.parametrize("text", ["-1", "1e3", "many", "1000000000", "٣"])
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(Refused) as raised:
        read({**ENVIRONMENT, "STAGE": "local", "UNPROVEN_EMAILS": text})
    assert raised.value.code == "bad_setting"
