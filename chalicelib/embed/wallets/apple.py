"""Passes for Apple Wallet: a `.pkpass` file, which is a signed ZIP archive.

Source: Apple, "Creating the source for a pass" and "Building a pass".
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chalicelib.credential import dates
from chalicelib.embed.artefacts import rendering
from chalicelib.embed.wallets.wallet_pass import STATUS, WalletPass, rsa_key, settings_in
from chalicelib.errors import MissingSetting
from chalicelib.language.phrase import phrase

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.x509 import Certificate

MEDIA_TYPE = "application/vnd.apple.pkpass"
_ICON = 29
"""Points of the icon's side, which notifications and emails show; the only image that a pass must have."""
_SCALES = {"": 1, "@2x": 2, "@3x": 3}


@dataclass(frozen=True, slots=True)
class AppleSigner:
    """The certificate of a Pass Type ID, with its key and the certificate that issued it."""

    pass_type_id: str
    team_id: str
    organization: str
    certificate: Certificate
    private_key: RSAPrivateKey = field(repr=False)
    intermediate: Certificate

    def file(self, wallet_pass: WalletPass) -> bytes:
        """Return the `.pkpass` file."""
        files = {"pass.json": _json(self._document(wallet_pass))}
        for suffix, scale in _SCALES.items():
            files[f"icon{suffix}.png"] = rendering.png(wallet_pass.drawing.decode(), side=_ICON * scale)
        manifest = _json({name: hashlib.sha1(content).hexdigest() for name, content in files.items()})  # noqa: S324 - the format requires it
        return _archive({**files, "manifest.json": manifest, "signature": self._signature(manifest)})

    def _document(self, wallet_pass: WalletPass) -> dict[str, object]:
        url, language = wallet_pass.url, wallet_pass.language
        named = phrase("{title}. {issued_by}.", title=wallet_pass.title, issued_by=wallet_pass.issuer)
        document: dict[str, object] = {
            "formatVersion": 1,
            "passTypeIdentifier": self.pass_type_id,
            "teamIdentifier": self.team_id,
            "organizationName": self.organization,
            "serialNumber": wallet_pass.id,
            "description": language.text(named),
            "logoText": self.organization,
            "backgroundColor": _rgb(wallet_pass.colour),
            "foregroundColor": _rgb("#ffffff"),
            "labelColor": _rgb("#ffffff"),
            "barcodes": [{"format": "PKBarcodeFormatQR", "message": url, "messageEncoding": "iso-8859-1"}],
            "generic": {
                "primaryFields": [_field("title", "", language.own(wallet_pass.title))],
                "secondaryFields": [_field("holder", language.text(phrase("Earned by")), wallet_pass.holder)]
                if wallet_pass.holder
                else [],
                "auxiliaryFields": _dates(wallet_pass),
                "backFields": [
                    _field("status", language.text(STATUS), url),
                    _field("issuer", language.text(phrase("Issuer")), language.own(wallet_pass.issuer)),
                ],
            },
        }
        if wallet_pass.valid_until is not None:
            # From this time on, the wallet shows the pass as expired.
            document["expirationDate"] = dates.write(wallet_pass.valid_until)
        return document

    def _signature(self, manifest: bytes) -> bytes:
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

        # Binary: otherwise the signed bytes would have other line ends than the file.
        options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
        builder = pkcs7.PKCS7SignatureBuilder().set_data(manifest)
        builder = builder.add_signer(self.certificate, self.private_key, hashes.SHA256())
        return builder.add_certificate(self.intermediate).sign(Encoding.DER, options)


def signer(secret: str) -> AppleSigner:
    """Read the signer from its secret. Raises `MissingSetting`, which quotes nothing of it."""
    from cryptography.x509 import load_pem_x509_certificate

    pass_type_id, team_id, organization, certificate, key, intermediate = settings_in(
        secret, "pass_type_id", "team_id", "organization", "certificate", "private_key", "intermediate"
    )
    private_key = rsa_key(key)
    try:
        certificates = [load_pem_x509_certificate(one.encode()) for one in (certificate, intermediate)]
    except ValueError as error:
        raise MissingSetting("The Apple Wallet certificates must be in PEM format.") from error
    if private_key.public_key() != certificates[0].public_key():
        raise MissingSetting("The Apple Wallet key must match its certificate.")
    return AppleSigner(pass_type_id, team_id, organization, certificates[0], private_key, certificates[1])


def _dates(wallet_pass: WalletPass) -> list[dict[str, str]]:
    issued, until, language = phrase("Issued"), phrase("Valid until"), wallet_pass.language
    dated = (("issued", issued, wallet_pass.valid_from), ("until", until, wallet_pass.valid_until))
    return [_field(name, language.text(label), language.day(day)) for name, label, day in dated if day is not None]


def _field(key: str, label: str, value: str) -> dict[str, str]:
    return {"key": key, "label": label, "value": value}


def _rgb(colour: str) -> str:
    return f"rgb({int(colour[1:3], 16)}, {int(colour[3:5], 16)}, {int(colour[5:7], 16)})"


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _archive(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, each in files.items():
            archive.writestr(zipfile.ZipInfo(name), each)  # without the time, so that equal passes are equal
    return content.getvalue()
