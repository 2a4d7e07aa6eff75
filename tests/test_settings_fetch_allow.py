"""Private addresses may be opened for development, and never in production."""

from __future__ import annotations

import pytest

from chalicelib.errors import Refused
from chalicelib.settings import read

ENVIRONMENT = dict.fromkeys(
    ("BASE_URL", "CREDENTIALS_TABLE", "EVENTS_TABLE", "SECRETS_TABLE", "HOST_KEY_ID"), "something"
)


def test_nothing_private_is_allowed_unless_it_is_said() -> None:
    assert read({**ENVIRONMENT, "STAGE": "local"}).fetch_allow == ()
    assert read({**ENVIRONMENT, "STAGE": "prod", "FETCH_ALLOW": " "}).fetch_allow == ()


def test_hosts_with_ports_are_read() -> None:
    settings = read({**ENVIRONMENT, "STAGE": "local", "FETCH_ALLOW": "Localhost:8443, issuer.test:9443,"})
    assert settings.fetch_allow == ("localhost:8443", "issuer.test:9443")


def test_production_refuses_to_start_with_it() -> None:
    with pytest.raises(Refused, match="FETCH_ALLOW"):
        read({**ENVIRONMENT, "STAGE": "prod", "FETCH_ALLOW": "localhost:8443"})
