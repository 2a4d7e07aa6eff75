"""`EnvelopedVerifiableCredential` (VC Data Model 2.0, 4.13.3): an object whose id is a data: URL with a token."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.credential import strict_json, vocabulary
from chalicelib.errors import Malformed
from chalicelib.verify.formats import cose, data_url, sd_jwt, vc_jwt
from chalicelib.verify.members import as_list, only
from chalicelib.verify.secured import SecuredDocument

TYPE = "EnvelopedVerifiableCredential"
_NAME = f'"{TYPE}"'.encode()


def recognises(source: bytes) -> bool:
    """Whether ``source`` looks like a JSON object that names the type of an envelope."""
    return source.lstrip(b" \t\r\n")[:1] == b"{" and _NAME in source and _is_envelope(source)


def _is_envelope(source: bytes) -> bool:
    try:
        return only(strict_json.parse(source).get("type")) == TYPE
    except Malformed:
        return False


def read(source: bytes) -> tuple[Mapping[str, object], SecuredDocument]:
    """Return the credential in the envelope. What else is in the envelope is not signed, so it is ignored.

    Raises `Malformed` as the format in the envelope does; `envelope_malformed`, `envelope_unsupported`.
    """
    envelope = strict_json.parse(source)
    if vocabulary.CREDENTIALS_V2 not in as_list(envelope.get("@context")):
        raise Malformed("The envelope does not name the credentials context.", code="envelope_malformed")
    identifier = envelope.get("id")
    if not isinstance(identifier, str):
        raise Malformed("The envelope has no id.", code="envelope_malformed")
    media_type, content = data_url.read(identifier)
    kind = media_type.removeprefix("application/")
    if kind.endswith("+cose"):
        return cose.read(content)
    if kind.startswith("vp"):
        raise Malformed("This is a presentation; Laurel checks credentials.", code="presentation_unsupported")
    if kind.endswith("sd-jwt"):
        return sd_jwt.read(content)
    if kind.endswith("jwt"):
        return vc_jwt.read(content)
    raise Malformed(f"Laurel does not support the media type {media_type[:64]!r}.", code="envelope_unsupported")
