"""Read a public key in PEM (RFC 7468, 13), as Open Badges 2.0 publishes keys."""

from __future__ import annotations

from chalicelib.errors import Malformed
from chalicelib.verify.keys import load
from chalicelib.verify.keys.public_key import PublicKey

MAX_CHARACTERS = 8192
"""Maximum characters. The largest supported RSA key takes 1.4 KB."""


def read(text: object) -> PublicKey:
    """Return the key in ``text``.

    Raises `Malformed`: `key_private`, `key_malformed`, `key_unsupported` for another kind of key, and as `load` does.
    """
    if not isinstance(text, str) or len(text) > MAX_CHARACTERS:
        raise Malformed("The key is not in the form that the standard requires.", code="key_malformed")
    if "PRIVATE KEY" in text:
        raise Malformed("This key includes its private part, so anyone could have signed with it.", code="key_private")
    from chalicelib.verify.keys import openssl  # imported late, see there

    try:
        kind, numbers = openssl.from_pem(text.encode("utf-8", "replace"))
    except ValueError as error:
        raise Malformed("The key is not in the form that the standard requires.", code="key_malformed") from error
    return load.of_numbers(kind, numbers)
