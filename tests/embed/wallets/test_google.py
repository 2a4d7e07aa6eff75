"""Links to Google Wallet. What Google itself accepts cannot be tested here."""

from __future__ import annotations

import json

import jwt
import pytest

from chalicelib.embed.wallets import google
from chalicelib.embed.wallets.google import MAX_TOKEN, SAVE
from chalicelib.errors import MissingSetting
from tests.embed.wallets import makers


def claims(link: str) -> dict[str, object]:
    assert link.startswith(SAVE)
    key = makers.public_pem(makers.private_key())
    return jwt.decode(link.removeprefix(SAVE), key, ["RS256"], audience="google", options={"verify_iat": False})


def link(**changes: object) -> str:
    return google.signer(makers.google_secret()).link(makers.wallet_pass(**changes), makers.NOW)


def test_token_is_signed_by_the_service_account() -> None:
    found = claims(link())
    assert found["iss"] == "passes@laurel.iam.gserviceaccount.example"
    assert (found["aud"], found["typ"], found["origins"]) == ("google", "savetowallet", [])
    assert found["iat"] == int(makers.NOW.timestamp())


def test_class_and_object_are_in_the_token() -> None:
    payload = claims(link())["payload"]
    (pass_class,), (one,) = payload["genericClasses"], payload["genericObjects"]  # type: ignore[index]
    assert one["classId"] == pass_class["id"] == "3388000000022222228.laurel"
    assert one["id"] == "3388000000022222228." + "a" * 26
    assert one["cardTitle"]["defaultValue"]["value"] == "Issued by Fernhill College"
    assert one["header"]["defaultValue"]["value"] == "Data analysis in practice"
    assert one["subheader"]["defaultValue"]["value"] == "Ada Nwosu"
    assert one["barcode"]["value"] == one["linksModuleData"]["uris"][0]["uri"] == makers.URL
    assert one["validTimeInterval"] == {"end": {"date": "2027-11-22T12:00:00Z"}}


def test_pass_states_no_verdict() -> None:
    text = json.dumps(claims(link())["payload"]).lower()
    for word in ("genuine", "verified", '"valid"', "revoked"):
        assert word not in text


@pytest.mark.parametrize("letter", ["W", "é", "証", "\U0001f393", '"', "\\"])
def test_token_is_short_enough_for_a_link_whatever_the_texts(letter: str) -> None:
    long = link(title=letter * 300, holder=letter * 300, issuer=letter * 300)
    assert len(long.removeprefix(SAVE)) <= MAX_TOKEN
    (one,) = claims(long)["payload"]["genericObjects"]  # type: ignore[index]
    assert one["header"]["defaultValue"]["value"].startswith(letter * 11)


def test_image_that_google_cannot_fetch_is_left_out() -> None:
    (one,) = claims(link(image="http://localhost:8000/images/x.png"))["payload"]["genericObjects"]  # type: ignore[index]
    assert "logo" not in one


@pytest.mark.parametrize(
    "secret", ["", "[]", "{}", "x", '{"issuer_id": 7, "client_email": "a", "private_key": "hush"}']
)
def test_incomplete_secret_is_named_and_not_quoted(secret: str) -> None:
    with pytest.raises(MissingSetting, match="private_key") as failure:
        google.signer(secret)
    assert "hush" not in str(failure.value)


@pytest.mark.parametrize(
    "key", ["hush", makers.public_pem(makers.private_key()).decode()], ids=["no key", "public key"]
)
def test_unusable_key_is_refused(key: str) -> None:
    with pytest.raises(MissingSetting, match="RSA key") as failure:
        google.signer(json.dumps({**json.loads(makers.google_secret()), "private_key": key}))
    assert "hush" not in str(failure.value)


def test_key_is_not_in_the_representation() -> None:
    assert "RSAPrivateKey" not in repr(google.signer(makers.google_secret()))


def test_pass_with_texts_of_usual_length_has_its_dates() -> None:
    (one,) = claims(link())["payload"]["genericObjects"]  # type: ignore[index]
    assert one["textModulesData"][0]["body"] == "13 November 2026, valid until 22 November 2027"
    assert one["logo"] == {"sourceUri": {"uri": "https://laurel.example/images/x.png"}}


def test_key_is_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading it takes 60 ms, and long texts need several attempts: a request must not cost half a second."""
    signer = google.signer(makers.google_secret())
    monkeypatch.setattr("cryptography.hazmat.primitives.serialization.load_pem_private_key", None)
    monkeypatch.setattr("jwt.algorithms.load_pem_private_key", None)
    assert signer.link(makers.wallet_pass(title="W" * 300), makers.NOW).startswith(SAVE)
