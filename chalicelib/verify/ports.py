"""The ports through which verification gets external data. The pipeline itself fetches nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from chalicelib.errors import Malformed
from chalicelib.verify.canonical.work import Work
from chalicelib.verify.keys.public_key import PublicKey, UnusableKey
from chalicelib.verify.report import Evidence

if TYPE_CHECKING:
    from chalicelib.verify.verification_context import VerificationContext


@dataclass(frozen=True, slots=True)
class Method:
    """A verification method of a controller: a public key, and when it is valid."""

    id: str
    key: PublicKey | UnusableKey
    """Unusable keys stay listed, so that an unsupported key is distinguishable from a missing one."""
    assertion: bool
    """Whether the controller allows it for assertions (`assertionMethod`)."""
    created: datetime | None = None
    expires: datetime | None = None
    revoked: datetime | None = None
    authentication: bool = False
    """Whether the controller allows it for showing who it is (`authentication`), as the holder of a presentation."""

    def usable_key(self) -> PublicKey:
        """Return the key. Raises `Malformed` with the key's own code when it is unusable."""
        if isinstance(self.key, UnusableKey):
            raise Malformed(self.key.detail, code=self.key.code)
        return self.key


@dataclass(frozen=True, slots=True)
class Controller:
    """The controller that a DID identifies, as its DID document describes it."""

    id: str
    methods: tuple[Method, ...]
    evidence: tuple[Evidence, ...] = ()
    former: frozenset[str] = frozenset()
    """Ids of methods that it listed earlier and no longer lists, if it publishes its history."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """Bytes read from a URL, and the time of the read. ``cached`` when the read was not made for this request."""

    url: str
    body: bytes
    at: datetime
    cached: bool = False
    location: str | None = None
    """Where redirects led, if anywhere."""

    def evidence(self) -> Evidence:
        """Return the evidence that a finding keeps of this read."""
        return Evidence(self.url, self.at, hashlib.sha256(self.body).hexdigest())


@dataclass(frozen=True, slots=True)
class KnownDomain:
    """A domain that an issuer has verified, and the evidence for it."""

    name: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class KnownIssuer:
    """An issuer in a registry.

    ``name`` is the one that the registry vouches for, never the one in the credential; None when the registry vouches
    for no name, as for issuers who signed up themselves. ``former_names`` are those that it vouched for earlier.
    """

    did: str
    name: str | None
    registry: str
    domains: tuple[KnownDomain, ...] = ()
    former_names: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    """What was read of the registry."""


class Controllers(Protocol):
    """Looks up DIDs (never did:key or did:jwk, which need no look-up) and issuers that are https URLs."""

    def find(self, did: str, kid: str | None = None) -> Controller:
        """Return the controller ``did``; ``kid`` is the key that a JWS names, if any.

        Raises `Unavailable` when the look-up fails, `Malformed` when ``kid`` refers to another controller's key.
        """


class StatusLists(Protocol):
    """Reads status lists."""

    def prefetch(self, urls: Sequence[str]) -> None:
        """Announce that `fetch` will be called for each of ``urls``, so that they can be read at the same time. Errors
        are raised by `fetch` only."""

    def fetch(self, url: str) -> Fetched:
        """Return the signed list at ``url``, unverified. Raises `Unavailable` when it cannot be fetched."""

    def fetch_again(self, url: str) -> Fetched:
        """As `fetch`, but not from a cache (`Fetched.cached`)."""


class Documents(Protocol):
    """Reads documents that only their own origin vouches for: the parts of an Open Badges 2.0 badge."""

    def fetch(self, url: str) -> Fetched:
        """Return the document at ``url``, from that origin. Raises `Unavailable`; `gone` if it has been removed."""


class Registry(Protocol):
    """Known issuers."""

    def find(self, did: str) -> KnownIssuer | None:
        """Return the entry for ``did``, or None. Raises `Unavailable` when the registry cannot be reached."""


class Names(Protocol):
    """Names of issuers that this deployment vouches for."""

    def is_taken(self, name: str) -> bool:
        """Whether an issuer has this name, or one that can be mistaken for it. Raises `Unavailable`."""


class Archive(Protocol):
    """Evidence of this deployment about the age of signatures, independent of the dates in them."""

    def stored_at(self, credential_id: str, signature: bytes) -> datetime | None:
        """The time at which this deployment stored the credential with this URL and signature, by its own clock; None
        if it stored none. Raises `Unavailable`."""


@dataclass(frozen=True, slots=True)
class Resolver:
    """Every external source that the checks may use."""

    controllers: Controllers
    status_lists: StatusLists
    registry: Registry
    archive: Archive | None = None
    documents: Documents | None = None
    """None where nothing is fetched."""
    names: Names | None = None
    """None where all issuers are hosted here, which cannot take each other's names."""
    work: Work = field(default_factory=Work)
    """What the checks may still do for the request that this resolver was made for."""
    lists: dict[str, VerificationContext] = field(default_factory=dict)
    """The status lists that were verified for it, by URL: credentials submitted together often share them."""
