"""Who else may say who somebody is: what is known of them, and what they are asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Provider:
    """Who may say who somebody is, by a deployment's settings."""

    id: str
    name: str
    issuer: str
    client_id: str
    client_secret: str = ""
    """Empty for a public client: PKCE alone then binds the code to us."""
    assume_verified: bool = False
    """Whether its addresses count as verified although it does not say so. Only for a directory whose owner gives
    out the addresses, such as a university's own."""
    domains: tuple[str, ...] = ()
    """The domains of the addresses that it may vouch for; empty, any. Somebody's own directory is asked about its own
    people only: otherwise it could sign in as anybody here, operators too."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where a provider is asked (OpenID Connect Discovery 1.0)."""

    authorization: str
    token: str
    keys: str
    basic: bool
    """Whether it takes the client's secret in the `Authorization` header; else it stands in the form."""


class Providers(Protocol):
    """The network's side. Every method raises `Unavailable`."""

    def endpoints(self, provider: Provider) -> Endpoints:
        """Where ``provider`` is asked, by its own document."""

    def keys(self, endpoints: Endpoints, *, fresh: bool) -> Sequence[Mapping[str, Any]]:
        """Its public keys (JWK); with ``fresh``, not from memory, unless that was done a moment ago."""

    def redeem(self, provider: Provider, endpoints: Endpoints, form: Mapping[str, str]) -> Mapping[str, object]:
        """The token endpoint's answer to a code."""
