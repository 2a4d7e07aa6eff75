"""OIDC_PROVIDERS: the sign-in providers of a deployment."""

from __future__ import annotations

import json

import pytest

from chalicelib.access.providers import Provider
from chalicelib.errors import Refused
from chalicelib.settings import read
from tests.test_settings_fetch_allow import ENVIRONMENT

CAMPUS = {"id": "campus", "name": "Campus login", "issuer": "https://login.campus.example", "client_id": "laurel"}


def providers(text: str) -> tuple[Provider, ...]:
    return read({**ENVIRONMENT, "STAGE": "local", "OIDC_PROVIDERS": text}).oidc_providers


def test_no_provider_is_configured_by_default() -> None:
    assert read({**ENVIRONMENT, "STAGE": "local"}).oidc_providers == providers("") == providers("[]") == ()


def test_providers_are_parsed() -> None:
    secret = {**CAMPUS, "id": "other", "client_secret": "hush", "assume_verified": True}
    assert providers(json.dumps([CAMPUS, secret])) == (Provider(**CAMPUS), Provider(**secret))
    own = providers(json.dumps([{**CAMPUS, "domains": ["campus.example"]}]))
    assert own == (Provider(**CAMPUS, domains=("campus.example",)),)


@pytest.mark.parametrize(
    "text",
    [
        "campus", "{}", "[5]", json.dumps([{**CAMPUS, "id": "a/b"}]), json.dumps([{**CAMPUS, "secret": "x"}]),
        json.dumps([{**CAMPUS, "issuer": "http://login.campus.example"}]), json.dumps([CAMPUS, CAMPUS]),
        json.dumps([{"id": "campus"}]), json.dumps([{**CAMPUS, "client_id": ""}]),
    ],
)  # fmt: skip
def test_invalid_providers_stop_the_start(text: str) -> None:
    with pytest.raises(Refused) as caught:
        providers(text)
    assert caught.value.code == "bad_setting"
