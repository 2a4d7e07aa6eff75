"""Request bodies: forms with files, JSON envelopes, and credentials of a given size."""

from __future__ import annotations

import json

from tests import makers

BOUNDARY = "----form7MA4YWxk"
FORM = f"multipart/form-data; boundary={BOUNDARY}"


def form(*parts: tuple[str, bytes] | tuple[str, bytes, str], extra: str = "") -> bytes:
    """A form of (name, value) fields and (name, content, file name) files, with ``extra`` header lines in each part."""
    return b"".join(_part(*sent, extra=extra) for sent in parts) + f"--{BOUNDARY}--\r\n".encode()


def filled_form(text: str | bytes = b"", file: bytes = b"") -> bytes:
    """The home page's form as a browser sends it, including empty controls."""
    text = text.encode() if isinstance(text, str) else text
    return form(("credential", text), ("file", file, "badge.json" if file else ""))


def _part(name: str, value: bytes, filename: str | None = None, *, extra: str = "") -> bytes:
    file = "" if filename is None else f'; filename="{filename}"\r\nContent-Type: application/octet-stream'
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n{extra}\r\n'
    return head.encode() + value + b"\r\n"


def envelope(**members: object) -> bytes:
    return json.dumps(members).encode()


def external_credential(**changes: object) -> dict[str, object]:
    """A signed credential of an external issuer with a did:key, without a status."""
    document = makers.unsigned(makers.issuer(makers.OTHER_KEY), **changes)
    document = {name: value for name, value in document.items() if name != "credentialStatus"}
    return makers.signed(document, makers.OTHER_KEY)


def padded(size: int) -> bytes:
    """An external credential of exactly ``size`` bytes, padded with white space inside its JSON."""
    source = makers.as_bytes(external_credential())
    return source[:-1] + b" " * (size - len(source)) + b"}"
