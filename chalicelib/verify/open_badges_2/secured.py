"""What secures an Open Badges 2.0 badge: the site that publishes it, or a signature by a key that its issuer lists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from chalicelib.errors import Malformed
from chalicelib.verify.jose.compact import Jws
from chalicelib.verify.keys import pem
from chalicelib.verify.keys.public_key import Algorithm
from chalicelib.verify.members import as_list, as_object, id_of, string
from chalicelib.verify.open_badges_2.documents import Reader
from chalicelib.verify.ports import Controller, Controllers, Method
from chalicelib.verify.report import Evidence
from chalicelib.verify.secured import Statement, Unsupported

Node = Mapping[str, object]


class HostedBadge(NamedTuple):
    """A badge that only the site at its address vouches for."""

    site: str
    """The host that publishes the assertion."""
    evidence: tuple[Evidence, ...]
    differs: bool = False
    """Whether the submitted assertion contradicts the published one."""
    in_scope: bool = True
    """Whether the issuer's profile is on the same site, or allows it."""
    revoked: bool = False
    gone: bool = False
    """Whether the site has removed the assertion (410), so that nothing else is known about it."""
    suites: tuple[str, ...] = ("hosted",)
    uncovered: tuple[str, ...] = ()
    """Always empty: everything shown comes from the site."""

    @property
    def nodes(self) -> Mapping[str, Node]:
        """Always empty: there is no RDF."""
        return {}

    def secured_proofs(self) -> tuple[()]:
        """There is no signature."""
        return ()

    def signed_bytes(self) -> tuple[()]:
        """There is no signature."""
        return ()

    def statements(self) -> tuple[Statement, ...]:
        """Always empty: there is no signature."""
        return ()


class SignedBadge(NamedTuple):
    """A signed assertion: both the secured document and its only proof."""

    jws: Jws
    assertion: Node
    issuer: Node
    reader: Reader
    created: datetime | None = None
    starts: None = None
    expires: None = None
    unsupported: Unsupported | None = None
    purpose: str = "assertionMethod"
    uncovered: tuple[str, ...] = ()
    """Always empty: check 4 says that the other documents are not signed."""

    @property
    def suite(self) -> str:
        """The format and the algorithm."""
        return f"JWS {self.jws.algorithm}"

    @property
    def suites(self) -> tuple[str, ...]:
        """The only suite."""
        return (self.suite,)

    @property
    def algorithm(self) -> Algorithm:
        """Always supported: tokens with any other algorithm do not parse."""
        return self.jws.algorithm

    @property
    def value(self) -> bytes:
        """The signature bytes."""
        return self.jws.signature

    @property
    def nodes(self) -> Mapping[str, Node]:
        """Always empty: the payload is signed as written."""
        return {}

    def secured_proofs(self) -> tuple[SignedBadge, ...]:
        """Return the signature."""
        return (self,)

    def signed_bytes(self) -> tuple[bytes, ...]:
        """Return header and payload as received."""
        return (self.jws.signing_input,)

    def statements(self) -> tuple[Statement, ...]:
        """Always empty: the assertion is signed as a whole."""
        return ()

    def find_method(self, issuer: str, controllers: Controllers) -> tuple[Controller, Method]:  # noqa: ARG002 - port
        """Find the key that the assertion names, among those that the issuer's profile lists.

        Raises `Unavailable`; `Malformed`: `key_not_listed`, `key_unnamed`, `key_of_another`, and as `pem.read` does.
        """
        listed = {name: key for key in as_list(self.issuer.get("publicKey")) if (name := id_of(key))}
        verification = as_object(self.assertion.get("verification")) or as_object(self.assertion.get("verify"))
        name = string(verification.get("creator")) or string(verification.get("url"))
        if name is None and len(listed) == 1:
            name = next(iter(listed))
        if name is None:
            raise Malformed("The signature does not name the signer's key.", code="key_unnamed")
        if name not in listed:
            raise Malformed("The issuer's profile does not list the key of this signature.", code="key_not_listed")
        key = as_object(listed[name]) or self.reader.fetch_any(name)
        if key.get("id") != name or key.get("owner", issuer) != issuer:
            raise Malformed("The key of this signature belongs to someone else.", code="key_of_another")
        method = Method(name, pem.read(key.get("publicKeyPem")), assertion=True)
        return Controller(issuer, (method,), tuple(self.reader.evidence)), method
