"""The sign-in providers of a deployment: how their list is parsed, kept and read again."""

from __future__ import annotations

import json

import pytest

from chalicelib.access.sign_in.provider_list import KEPT_FOR, RETRY_AFTER, ProviderList
from chalicelib.access.sign_in.providers import Provider
from chalicelib.access.sign_in.providers import parse as providers
from chalicelib.errors import Refused, Unavailable
from tests.award.fakes import Clock

CAMPUS = {"id": "campus", "name": "Campus login", "issuer": "https://login.campus.example", "client_id": "laurel"}


def test_no_provider_is_configured_by_default() -> None:
    assert providers("") == providers("[]") == ()
    assert ProviderList(None, Clock()).all() == ()


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
def test_invalid_providers_are_refused(text: str) -> None:
    with pytest.raises(Refused) as caught:
        providers(text)
    assert caught.value.code == "bad_setting"


class Secret:
    """A secret that counts its reads, and that can be unreadable."""

    def __init__(self, text: str = json.dumps([CAMPUS])) -> None:
        self.text = text
        self.reads = 0
        self.is_readable = True

    def __call__(self) -> str:
        self.reads += 1
        if not self.is_readable:
            raise Unavailable("no answer", code="secret_unavailable")
        return self.text


def test_the_secret_is_read_once_in_five_minutes_and_then_again() -> None:
    secret, clock = Secret(), Clock()
    listed = ProviderList(secret, clock)
    assert listed.all() == listed.all() == (Provider(**CAMPUS),)
    assert secret.reads == 1
    secret.text = "[]"
    clock.now += KEPT_FOR
    assert listed.all() == ()
    assert secret.reads == 2


def test_providers_are_kept_while_the_secret_cannot_be_read_again() -> None:
    secret, clock = Secret(), Clock()
    listed = ProviderList(secret, clock)
    before = listed.all()
    for bad in (False, True):
        secret.is_readable, secret.text = bad, "not JSON"
        clock.now += KEPT_FOR
        assert listed.all() == before


@pytest.mark.parametrize(("readable", "text"), [(False, "[]"), (True, "not JSON")])
def test_an_unreadable_secret_is_unavailable_and_tried_again_after_a_while(readable: bool, text: str) -> None:
    secret, clock = Secret(text), Clock()
    secret.is_readable = readable
    listed = ProviderList(secret, clock)
    for _ in range(3):
        with pytest.raises(Unavailable):
            listed.all()
    assert secret.reads == 1
    secret.is_readable, secret.text = True, "[]"
    clock.now += RETRY_AFTER
    assert listed.all() == ()
