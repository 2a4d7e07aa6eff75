"""OpenID Connect providers: their configuration, and the port that calls them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from chalicelib.errors import Refused


@dataclass(frozen=True, slots=True)
class Provider:
    """A configured identity provider."""

    id: str
    name: str
    issuer: str
    client_id: str
    client_secret: str = ""
    """Empty for a public client, whose code is bound to Laurel by PKCE alone."""
    assume_verified: bool = False
    """Whether its addresses count as verified even if it does not say so. Only for a directory whose owner assigns the
    addresses, such as a university's."""
    domains: tuple[str, ...] = ()
    """The email domains that it may sign in; empty means any. An organization's own directory must be limited to its
    own domains, otherwise it could sign in as anyone, including operators."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The endpoints of a provider (OpenID Connect Discovery 1.0)."""

    authorization: str
    token: str
    keys: str
    basic: bool
    """Whether the token endpoint accepts the client secret in the `Authorization` header; otherwise it is sent in the
    form."""


class Providers(Protocol):
    """Calls providers over the network. Every method raises `Unavailable`."""

    def endpoints(self, provider: Provider) -> Endpoints:
        """The endpoints of ``provider``, from its discovery document."""

    def keys(self, endpoints: Endpoints, *, fresh: bool) -> Sequence[Mapping[str, Any]]:
        """The provider's public keys (JWK). ``fresh`` bypasses the cache, except when that was done very recently."""

    def redeem(self, provider: Provider, endpoints: Endpoints, form: Mapping[str, str]) -> Mapping[str, object]:
        """Exchange a code at the token endpoint and return the response."""


def parse(text: str) -> tuple[Provider, ...]:
    """Parse a JSON list of objects with the members of `Provider`; no text is an empty list.

    Raises `Refused` (`bad_setting`).
    """
    try:
        listed = json.loads(text or "[]")
        if not isinstance(listed, list):
            raise _invalid()
        providers = tuple(Provider(**{**entry, "domains": tuple(entry.get("domains", ()))}) for entry in listed)
        good = all(
            re.fullmatch("[a-z0-9-]{1,32}", each.id) and each.issuer.startswith("https://") and each.client_id
            for each in providers
        )
    except (AttributeError, TypeError, ValueError) as error:
        raise _invalid() from error
    if not good or len({each.id for each in providers}) < len(providers):
        raise _invalid()
    return providers


def _invalid() -> Refused:
    # The text is not repeated, because it contains secrets.
    return Refused(
        'OIDC_PROVIDERS must be a JSON list like [{"id": "campus", "name": "Campus login", "issuer": "https://…", '
        '"client_id": "…", "client_secret": "…"}], each with its own id (a-z, 0-9, hyphen).',
        code="bad_setting",
    )
