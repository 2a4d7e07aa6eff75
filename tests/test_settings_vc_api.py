"""VC_API_ISSUING: whether the VC API signs for interoperability tests."""

from __future__ import annotations

import pytest

from chalicelib.errors import Refused
from chalicelib.settings import read
from tests.test_settings_fetch_allow import ENVIRONMENT


@pytest.mark.parametrize(("text", "expected"), [("", False), ("on", True)])
def test_it_is_off_unless_it_is_on(text: str, expected: bool) -> None:
    assert read({**ENVIRONMENT, "STAGE": "local", "VC_API_ISSUING": text}).vc_api_issuing is expected


def test_production_and_other_values_are_refused() -> None:
    with pytest.raises(Refused, match="production"):
        read({**ENVIRONMENT, "STAGE": "prod", "VC_API_ISSUING": "on"})
    with pytest.raises(Refused):
        read({**ENVIRONMENT, "STAGE": "local", "VC_API_ISSUING": "yes"})
