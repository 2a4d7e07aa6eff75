"""What verification needs from outside, as ports. The pipeline fetches nothing by itself."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.errors import Malformed
from chalicelib.verify.keys.public_key import PublicKey, UnusableKey
from chalicelib.verify.report import Evidence


@dataclass(frozen=True, slots=True)
class Method:
    """A verification method of a controller: a public key, and when it may be believed."""

    id: str
    key: PublicKey | UnusableKey
    """Unusable ones stay listed: a key that Laurel cannot read is another answer than one that is not there."""
    assertion: bool
    """Whether the controller allows it for assertions (`assertionMethod`)."""
    created: datetime | None = None
    expires: datetime | None = None
    revoked: datetime | None = None

    def usable_key(self) -> PublicKey:
        """Its key. Raises `Malformed` with the key's fault when it is unusable."""
        if isinstance(self.key, UnusableKey):
            raise Malformed(self.key.detail, code=self.key.code)
        return self.key


@dataclass(frozen=True, slots=True)
class Controller:
    """Who a DID stands for, as its DID document says."""

    id: str
    methods: tuple[Method, ...]
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Fetched:
    """Bytes read from a URL, and when."""

    url: str
    body: bytes
    at: datetime

    def evidence(self) -> Evidence:
        """The trace that a finding keeps of it."""
        return Evidence(self.url, self.at, hashlib.sha256(self.body).hexdigest())


@dataclass(frozen=True, slots=True)
class KnownDomain:
    """A domain that names an issuer as its own, and where that was read."""

    name: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class KnownIssuer:
    """An issuer that a registry holds. ``name`` is the one that the registry vouches for, never the credential's;
    None when it vouches for none, as for those who founded themselves."""

    did: str
    name: str | None
    registry: str
    domains: tuple[KnownDomain, ...] = ()


class Controllers(Protocol):
    """Resolves what needs a look-up: DIDs (did:key and did:jwk never come here) and issuers that are https URLs."""

    def find(self, did: str, kid: str | None = None) -> Controller:
        """The controller ``did``; ``kid`` is the key that a JWS names, where it does.

        Raises `Unavailable` when it cannot be had, `Malformed` when ``kid`` points to somebody else's key.
        """


class StatusLists(Protocol):
    """Reads status list credentials."""

    def fetch(self, url: str) -> Fetched:
        """The signed list at ``url``, unverified. Raises `Unavailable` when it cannot be had."""


class Registry(Protocol):
    """Who is known to us."""

    def find(self, did: str) -> KnownIssuer | None:
        """The entry for ``did``, or None. Raises `Unavailable` when the registry cannot be asked."""


@dataclass(frozen=True, slots=True)
class Resolver:
    """Everything outside a document that the checks may ask."""

    controllers: Controllers
    status_lists: StatusLists
    registry: Registry
