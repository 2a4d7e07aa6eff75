"""Passes for Apple Wallet, against OpenSSL and a certificate authority of our own.

What a phone accepts cannot be tested here.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from chalicelib.embed.wallets import apple
from chalicelib.errors import MissingSetting
from tests.embed.wallets import makers

FILES = {"pass.json", "icon.png", "icon@2x.png", "icon@3x.png", "manifest.json", "signature"}


def files(**changes: object) -> dict[str, bytes]:
    content = apple.signer(makers.apple_secret()).file(makers.wallet_pass(**changes))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def openssl(folder: Path, manifest: bytes, signature: bytes) -> subprocess.CompletedProcess[bytes]:
    """Verify the detached signature, with the test's own authority as the only root."""
    (folder / "manifest.json").write_bytes(manifest)
    (folder / "signature").write_bytes(signature)
    (folder / "root.pem").write_bytes(makers.authority().public_bytes(Encoding.PEM))
    command = ["openssl", "smime", "-verify", "-binary", "-inform", "DER", "-in", "signature", "-purpose", "any"]
    command += ["-content", "manifest.json", "-CAfile", "root.pem"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False)


needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="the command openssl is not installed")


@needs_openssl
def test_openssl_verifies_the_signature_of_the_manifest(tmp_path: Path) -> None:
    found = files()
    done = openssl(tmp_path, found["manifest.json"], found["signature"])
    assert done.returncode == 0, done.stderr
    assert done.stdout == found["manifest.json"]


@needs_openssl
def test_openssl_refuses_a_changed_manifest(tmp_path: Path) -> None:
    found = files()
    assert openssl(tmp_path, found["manifest.json"] + b" ", found["signature"]).returncode != 0


@needs_openssl
def test_signature_contains_both_certificates_and_not_the_manifest(tmp_path: Path) -> None:
    signature = files()["signature"]
    command = ["openssl", "pkcs7", "-inform", "DER", "-print_certs", "-noout"]
    printed = subprocess.run(command, input=signature, capture_output=True, check=True).stdout
    assert b"Pass Type ID" in printed
    assert b"Test authority" in printed
    assert b"pass.json" not in signature


def test_manifest_names_every_other_file_by_its_hash() -> None:
    found = files()
    assert found.keys() == FILES
    expected = {
        name: hashlib.sha1(content).hexdigest()  # noqa: S324 - the format requires it
        for name, content in found.items()
        if name not in ("manifest.json", "signature")
    }
    assert json.loads(found["manifest.json"]) == expected


def test_pass_has_the_verified_texts_and_the_url() -> None:
    document = json.loads(files()["pass.json"])
    assert document["formatVersion"] == 1
    assert (document["passTypeIdentifier"], document["teamIdentifier"]) == ("pass.example.laurel", "A1B2C3D4E5")
    assert document["serialNumber"] == "a" * 26
    assert document["description"] == "Data analysis in practice. Issued by Fernhill College."
    assert document["barcodes"] == [
        {"format": "PKBarcodeFormatQR", "message": makers.URL, "messageEncoding": "iso-8859-1"}
    ]
    assert document["expirationDate"] == "2027-11-22T12:00:00Z"
    assert document["backgroundColor"] == "rgb(10, 102, 64)"
    fields = {each["key"]: each["value"] for group in document["generic"].values() for each in group}
    assert fields == {
        "title": "Data analysis in practice", "holder": "Ada Nwosu", "issued": "13 November 2026",
        "until": "22 November 2027", "status": makers.URL, "issuer": "Issued by Fernhill College",
    }  # fmt: skip


def test_pass_states_no_verdict() -> None:
    text = files()["pass.json"].decode().lower()
    for word in ("genuine", "verified", '"valid"', "revoked"):
        assert word not in text


def test_pass_without_holder_or_end_has_neither() -> None:
    document = json.loads(files(holder=None, valid_until=None, valid_from=None)["pass.json"])
    assert "expirationDate" not in document
    assert document["generic"]["secondaryFields"] == document["generic"]["auxiliaryFields"] == []


@pytest.mark.parametrize(("name", "side"), [("icon.png", 29), ("icon@2x.png", 58), ("icon@3x.png", 87)])
def test_icons_have_the_sizes_that_apple_names(name: str, side: int) -> None:
    icon = files()[name]
    assert icon.startswith(b"\x89PNG")
    assert (int.from_bytes(icon[16:20]), int.from_bytes(icon[20:24])) == (side, side)


@pytest.mark.parametrize(
    "changes",
    [
        {"certificate": "hush"}, {"private_key": "hush"}, {"intermediate": "hush"}, {"team_id": ""},
        {"private_key": makers.private_pem(makers.private_key("other"))},
    ],
)  # fmt: skip
def test_unusable_secret_is_refused_and_not_quoted(changes: dict[str, str]) -> None:
    with pytest.raises(MissingSetting) as failure:
        apple.signer(json.dumps({**json.loads(makers.apple_secret()), **changes}))
    assert "hush" not in str(failure.value)
    assert failure.value.__cause__ is None or "hush" not in str(failure.value.__cause__)


def test_key_is_not_in_the_representation() -> None:
    assert "RSAPrivateKey" not in repr(apple.signer(makers.apple_secret()))
