"""FETCH_ALLOW permits private addresses in development, and stops the start in production."""

from __future__ import annotations

import pytest

from chalicelib.errors import Refused
from chalicelib.settings import read

ENVIRONMENT = dict.fromkeys(
    (
        "BASE_URL",
        "CREDENTIALS_TABLE",
        "DIRECTORY_TABLE",
        "EVENTS_TABLE",
        "SECRETS_TABLE",
        "ERASURES_TABLE",
        "EVENT_ARCHIVE",
        "HOST_KEY_ID",
        "SHARED_KEY_ID",
        "RECEIPT_KEY_ID",
    ),
    "something",
)


def test_no_private_address_is_allowed_by_default() -> None:
    assert read({**ENVIRONMENT, "STAGE": "local"}).fetch_allow == ()
    assert read({**ENVIRONMENT, "STAGE": "prod", "FETCH_ALLOW": " "}).fetch_allow == ()


def test_allowed_hosts_are_parsed_with_their_ports() -> None:
    settings = read({**ENVIRONMENT, "STAGE": "local", "FETCH_ALLOW": "Localhost:8443, issuer.test:9443,"})
    assert settings.fetch_allow == ("localhost:8443", "issuer.test:9443")


def test_production_does_not_start_with_fetch_allow() -> None:
    with pytest.raises(Refused, match="FETCH_ALLOW"):
        read({**ENVIRONMENT, "STAGE": "prod", "FETCH_ALLOW": "localhost:8443"})
