"""EVENT_RETENTION_DAYS: how long single events are kept."""

from __future__ import annotations

import pytest

from chalicelib.errors import Refused
from chalicelib.settings import read
from tests.test_settings_fetch_allow import ENVIRONMENT


@pytest.mark.parametrize(("text", "days"), [("", 400), ("7", 7), ("1000", 1_000)])
def test_number_of_days(text: str, days: int) -> None:
    assert read({**ENVIRONMENT, "STAGE": "local", "EVENT_RETENTION_DAYS": text}).event_retention_days == days


@pytest.mark.parametrize("text", ["0", "6", "-1", "a year"])
def test_too_few_days_and_other_text_are_refused(text: str) -> None:
    with pytest.raises(Refused) as raised:
        read({**ENVIRONMENT, "STAGE": "local", "EVENT_RETENTION_DAYS": text})
    assert raised.value.code == "bad_setting"
