"""did:jwk: an identifier that contains its key as a JSON Web Key in base64url (the did:jwk method, "Read")."""

from __future__ import annotations

from functools import lru_cache

from chalicelib.credential import strict_json
from chalicelib.errors import Malformed
from chalicelib.verify import base64url
from chalicelib.verify.keys import load
from chalicelib.verify.keys.jwk import from_jwk
from chalicelib.verify.ports import Controller, Method

PREFIX = "did:jwk:"
_LIMITS = strict_json.Limits(size=4096, depth=8, members=64)
"""A JWK of an 8192-bit RSA key takes 1.4 KB."""
_MAX_LENGTH = len(PREFIX) + (_LIMITS.size * 4 + 2) // 3


@lru_cache(maxsize=load.CACHED)
def controller_of(did: str) -> Controller:
    """Return the controller that a did:jwk encodes: one method, always `#0`.

    Raises `Malformed` as `from_jwk` does; an encryption key (`use` is `enc`) cannot make assertions.
    """
    if len(did) > _MAX_LENGTH:
        raise Malformed("This did:jwk is too long to be a key.", code="key_malformed")
    try:
        jwk = strict_json.parse(base64url.decode(did.removeprefix(PREFIX).encode("ascii")), _LIMITS)
    except (UnicodeEncodeError, Malformed) as error:
        raise Malformed("This did:jwk does not contain a JSON key.", code="key_malformed") from error
    return Controller(did, (Method(f"{did}#0", from_jwk(jwk), assertion=True, authentication=True),))
