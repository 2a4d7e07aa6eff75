"""Issuers that Laurel hosts, and their keys."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.credential.public_suffix import registrable
from chalicelib.errors import Refused


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One Ed25519 key of an issuer, and the P-256 key beside it. The private keys stay in KMS.

    ``multibase`` is the Multikey form (``z6Mk...``) of the public key. The key signs from ``created`` until
    ``retired``; what it signed in that time stays valid (a rotation, not a compromise). ``revoked`` is for a key
    that others could sign with, since that time: only what Laurel stored before it is still accepted. All of this
    applies to both keys, which are created, retired and revoked together.
    """

    fragment: str
    multibase: str
    handle: str
    """The KMS key id."""
    created: datetime
    retired: datetime | None = None
    revoked: datetime | None = None
    shared: bool = False
    """Whether it is the deployment's shared key, with which issuers without a key of their own sign."""
    p256: str | None = None
    """The Multikey form (``zDn...``) of the P-256 key, also its fragment: most verifiers do not accept Ed25519 in JWTs,
    and KMS signs only short messages with it. None for the shared key, for did:key issuers, and for keys older than
    this."""
    p256_handle: str | None = None

    @property
    def handles(self) -> tuple[str, ...]:
        """The KMS key ids of both keys."""
        return (self.handle,) if self.p256_handle is None else (self.handle, self.p256_handle)

    @property
    def multikeys(self) -> tuple[tuple[str, str], ...]:
        """The fragment and the Multikey form of both public keys."""
        return ((self.fragment, self.multibase), *(((self.p256, self.p256),) if self.p256 else ()))


DIRECTORY_ON = "yes"
PROOF_LIFETIME = timedelta(days=100)
"""How long a domain proof is trusted after the last reading, because domains change hands. It is read every month, so
three readings in a row must fail before it lapses."""


class ProofLocation(StrEnum):
    """The location of a domain's proof."""

    DNS = "dns"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class DomainProof:
    """A domain that this issuer has verified."""

    domain: str
    place: ProofLocation
    seen: datetime
    """When it was last read."""
    sha256: str
    """SHA-256 of the content, in hex."""

    def is_current(self, now: datetime) -> bool:
        """Whether the last check is recent enough."""
        return now < self.seen + PROOF_LIFETIME


@dataclass(frozen=True, slots=True)
class Issuer:
    """An issuer. ``id`` is its short name in URLs; ``did`` is its identifier in credentials."""

    id: str
    did: str
    name: str
    url: str
    description: str
    keys: tuple[SigningKey, ...]
    """Oldest first; the last one signs."""
    revocation_list: str
    """The id of the status list that takes new revocation entries."""
    suspension_list: str
    email: str | None = None
    image: str | None = None
    accent: str | None = None
    """The accent colour of its emails, `#rrggbb`."""
    registered_as: str | None = None
    """The name that the operators registered; None if they have not registered it."""
    domains: tuple[DomainProof, ...] = ()
    closed: datetime | None = None
    """When it was closed because it had never issued anything; it opens again when it issues."""
    version: int = 1
    """Incremented with every change, so that two writers cannot overwrite each other."""
    former_names: tuple[str, ...] = ()
    """Names that the operators registered before, oldest first. Credentials under them stay known (check 8)."""
    profile_version: int = 1
    """Incremented with every change of the profile by a person, unlike ``version``, which keys and domains share."""
    next_key: SigningKey | None = None
    """A key of its own that it does not sign with yet, because the key service cannot use a new key at once."""
    creator: tuple[str, ...] = ()
    """A value that all issuers of one creator share (`award.issuers.creator`); empty if an operator created it."""
    font: str | None = None
    """The font of titles on its pages (`award.input.fonts`); None means the system's font."""
    footer: str | None = None
    """The text at the end of its public pages."""
    embed_sites: str | None = None
    """The websites that may show its credentials in a frame, separated by white space; None means any."""
    certificate_template: str | None = None
    """The look of its certificates, a value of `embed.artefacts.template.Template`; None means the first."""

    directory: str | None = None
    """`DIRECTORY_ON` if the issuer has its own public directory, otherwise None."""
    page_host: str | None = None
    """The host of the pages of its credentials, which an operator has configured; None means that of the deployment."""

    def pages_url(self, base_url: str) -> str:
        """The scheme and host of the pages of its credentials."""
        return f"https://{self.page_host}" if self.page_host else base_url

    @property
    def signing_key(self) -> SigningKey:
        """The active signing key. Raises `Refused` if there is none."""
        key = self.keys[-1] if self.keys else None
        if key is None or key.retired is not None or key.revoked is not None:
            raise Refused(f"{self.name} has no active signing key.", code="no_signing_key")
        return key

    def proven(self, now: datetime) -> tuple[DomainProof, ...]:
        """The domain proofs that are still trusted at ``now``."""
        return tuple(proof for proof in self.domains if proof.is_current(now))

    @property
    def registered(self) -> bool:
        """Whether the operators registered its name, now or earlier."""
        return self.registered_as is not None and self.name in (self.registered_as, *self.former_names)

    def identified(self, now: datetime) -> bool:
        """Whether check 8 passes for its new credentials: the operators registered its name, or a domain names it."""
        return self.registered or bool(self.proven(now))

    def vouching_domain(self, now: datetime) -> str | None:
        """The registered domain (`example.org`) that the issuer has verified; None if none does, or operators
        registered the issuer. Any number of issuers can verify a domain, so they share limits."""
        proven = () if self.registered else self.proven(now)
        return min((registrable(proof.domain) for proof in proven), default=None)

    def quota_owner_id(self, now: datetime) -> str:
        """The id under which the issuer's quotas are counted: its `vouching_domain`, or else its own.

        Issuers that have only verified a subdomain have separate quotas: a person who controls one host, such as a
        student, must not use up those of the issuers that have verified the domain itself.
        """
        domain = self.vouching_domain(now)
        if domain is None:
            return self.id
        return domain if any(proof.domain == domain for proof in self.proven(now)) else f"*.{domain}"

    def has_directory(self, now: datetime) -> bool:
        """Whether its directory is public: switched on, and the issuer is identified."""
        return self.directory == DIRECTORY_ON and self.identified(now)

    def register(self, name: str) -> Issuer:
        """Return the issuer with ``name`` registered, and the name that was registered before kept as a former one."""
        names = dict.fromkeys((*self.former_names, *filter(None, [self.registered_as])))
        return replace(self, registered_as=name, former_names=tuple(former for former in names if former != name))

    def method_id(self, key: SigningKey) -> str:
        """The full verification method id of ``key``: the DID, ``#``, the fragment."""
        return f"{self.did}#{key.fragment}"
