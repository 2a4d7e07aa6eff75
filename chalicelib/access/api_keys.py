"""Rules that API keys of issuers (`tokens`) and of verifiers (`verifiers.accounts`) have in common."""

from __future__ import annotations

import re
from collections.abc import Callable

from chalicelib.access import secrets
from chalicelib.errors import Refused, Unauthenticated

MAX_NAME = 100
ISSUER_PREFIX, VERIFIER_PREFIX = "laurel", "laurel_vk"
"""How the text of a key begins, before an underscore."""
_ID = re.compile(r"[a-z2-7]{16}", re.ASCII)


def new_id(entropy: Callable[[int], bytes]) -> str:
    """Generate the id of a new key. ``entropy(n)`` returns n random bytes."""
    return secrets.new_secret(entropy, secrets.ID_BYTES)


def check_id(key_id: str) -> None:
    """Check an id that a form has sent. Raises `Refused` (`bad_id`)."""
    if not _ID.fullmatch(key_id):
        raise Refused("This is not an API key id.", code="bad_id")


def checked_name(name: str) -> str:
    """The name that a person has entered, without spaces around it. Raises `Refused` (`bad_name`)."""
    if not name.strip() or len(name) > MAX_NAME or not name.isprintable():
        raise Refused(f"Enter a name of 1 to {MAX_NAME} characters.", code="bad_name")
    return name.strip()


def unknown(text: str = "") -> Unauthenticated:
    """The error for every kind of invalid key, so that it does not say which part is wrong. A verifier's key in the
    place of an issuer's is told by its ``text``."""
    if text.startswith(f"{VERIFIER_PREFIX}_"):
        return Unauthenticated("This is a verifier’s API key. This request needs an issuer’s API key.")
    return Unauthenticated("Unknown API key. It may have been revoked, or it was not copied completely.")


def not_a_verifiers(text: str) -> Unauthenticated:
    """The error for a ``text`` that is not a verifier's key, which may be an issuer's."""
    if text.startswith(f"{ISSUER_PREFIX}_") and not text.startswith(f"{VERIFIER_PREFIX}_"):
        return Unauthenticated("This is an issuer’s API key. This request needs a verifier’s API key.")
    return unknown()
