"""`/c/{id}/wallet/…`: which passes are made, for whom, and where the links are."""

from __future__ import annotations

import io
import json
import zipfile

import jwt
import pytest

from chalicelib.analytics.event import Kind
from chalicelib.embed.wallets import wallets
from chalicelib.embed.wallets.google import SAVE, GoogleSigner
from chalicelib.embed.wallets.wallet import Wallet
from chalicelib.settings import Function
from tests.embed.wallets import makers
from tests.http.embed.test_widgets import hostile_document
from tests.http.fake_laurel import BASE_URL, KINDS, Laurel, hostile, id_of, seeded
from tests.http.gateway import HTML, Gateway

PATHS = ["google", "apple"]


@pytest.fixture
def laurel() -> Laurel:
    found = seeded()
    found.wallet_secrets = {Wallet.GOOGLE: makers.google_secret(), Wallet.APPLE: makers.apple_secret()}
    return found


@pytest.fixture
def client(laurel: Laurel) -> Gateway:
    return Gateway.over(laurel)


def saved(location: str) -> dict[str, object]:
    token = location.removeprefix(SAVE)
    key = makers.public_pem(makers.private_key())
    found = jwt.decode(token, key, ["RS256"], audience="google", options={"verify_iat": False})
    return found["payload"]["genericObjects"][0]  # type: ignore[no-any-return]


def test_valid_credential_leads_to_google_with_its_verified_texts(client: Gateway) -> None:
    response = client.get(f"/c/{id_of('valid')}/wallet/google")
    assert (response.status, response.headers["cache-control"]) == (303, "no-store")
    one = saved(response.headers["location"])
    assert one["header"] == {"defaultValue": {"language": "en", "value": "Data analysis in practice"}}
    assert one["barcode"] == {"type": "QR_CODE", "value": f"{BASE_URL}/c/{id_of('valid')}"}


def test_valid_credential_is_downloaded_as_a_pass_for_apple(client: Gateway) -> None:
    response = client.get(f"/c/{id_of('valid')}/wallet/apple")
    assert (response.status, response.headers["content-type"]) == (200, "application/vnd.apple.pkpass")
    assert response.headers["content-disposition"].endswith('.pkpass"')
    with zipfile.ZipFile(io.BytesIO(response.body)) as archive:
        document = json.loads(archive.read("pass.json"))
    assert document["serialNumber"] == id_of("valid")
    assert document["barcodes"][0]["message"] == f"{BASE_URL}/c/{id_of('valid')}"


@pytest.mark.parametrize("secret", ["", "{}", '{"pass_type_id": "hush"}'])
@pytest.mark.parametrize("path", PATHS)
def test_incomplete_settings_are_an_internal_error_that_reveals_nothing(secret: str, path: str) -> None:
    laurel = seeded()
    laurel.wallet_secrets = dict.fromkeys(Wallet, secret)
    response = Gateway.over(laurel).get(f"/c/{id_of('valid')}/wallet/{path}")
    assert (response.status, response.json["code"]) == (500, "internal")
    assert "hush" not in response.text


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "valid"])
def test_nothing_is_signed_for_a_credential_that_is_not_valid(client: Gateway, kind: str, path: str) -> None:
    response = client.get(f"/c/{id_of(kind)}/wallet/{path}")
    assert (response.status, response.json["code"]) == (422, "refused")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", ["z" * 26, "x"])
def test_unknown_credential_is_not_found(client: Gateway, name: str, path: str) -> None:
    assert client.get(f"/c/{name}/wallet/{path}").status == 404


@pytest.mark.parametrize("path", PATHS)
def test_wallet_that_is_not_configured_is_not_found(path: str) -> None:
    laurel = seeded()
    assert Gateway.over(laurel).get(f"/c/{id_of('valid')}/wallet/{path}").status == 404
    assert laurel.event_store.events == {}


@pytest.mark.parametrize("path", PATHS)
def test_there_is_no_pass_of_an_issuer_that_is_not_proven(client: Gateway, laurel: Laurel, path: str) -> None:
    name = hostile(laurel, hostile_document("Fernhill College")).id
    response = client.get(f"/c/{name}/wallet/{path}")
    assert (response.status, response.json["code"]) == (422, "refused")
    assert "whose identity is proven" in response.json["detail"]
    assert f"/wallet/{path}" not in client.get(f"/c/{name}", accept=HTML).text


@pytest.mark.parametrize("path", PATHS)
def test_pass_is_one_download_of_its_wallet(client: Gateway, laurel: Laurel, path: str) -> None:
    client.get(f"/c/{id_of('valid')}/wallet/{path}")
    assert [(event.kind, event.target) for event in laurel.event_store.events.values()] == [
        (Kind.DOWNLOAD, f"{path}_wallet")
    ]


def test_repeated_requests_cause_one_signature(monkeypatch: pytest.MonkeyPatch) -> None:
    signed: list[str] = []
    link = GoogleSigner.link
    monkeypatch.setattr(GoogleSigner, "link", lambda *given: signed.append("") or link(*given))
    found = wallets.Wallets({Wallet.GOOGLE: makers.google_secret})
    links = {found.google_link(makers.wallet_pass(), makers.NOW) for _ in range(5)}
    assert (len(links), len(signed)) == (1, 1)


@pytest.mark.parametrize("path", PATHS)
def test_passes_are_served_by_the_function_that_holds_keys(client: Gateway, path: str) -> None:
    view = client.app.routes[f"/c/{{id}}/wallet/{path}"]["GET"].view_function
    assert view.function is Function.ISSUER


@pytest.mark.parametrize("path", PATHS)
def test_page_links_to_a_configured_wallet_while_the_credential_is_valid(client: Gateway, path: str) -> None:
    assert f"/c/{id_of('valid')}/wallet/{path}" in client.get(f"/c/{id_of('valid')}", accept=HTML).text
    for kind in ("revoked", "expired", "tampered"):
        assert "/wallet/" not in client.get(f"/c/{id_of(kind)}", accept=HTML).text


def test_page_has_no_link_without_a_configured_wallet() -> None:
    assert "/wallet/" not in Gateway.over(seeded()).get(f"/c/{id_of('valid')}", accept=HTML).text
