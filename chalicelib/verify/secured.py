"""Interfaces of a secured document and its signatures, as checks 4 and 5 use them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from chalicelib.errors import Malformed
from chalicelib.verify.keys.public_key import Algorithm, PublicKey
from chalicelib.verify.ports import Controller, Controllers, Method


class Unsupported(StrEnum):
    """Why a signature cannot be judged, as the code of the finding."""

    SUITE = "suite_unsupported"
    CHAIN = "proof_chain_unsupported"
    """It also signs another signature, and cannot be verified because of its suite or that signature's unknown type."""
    BASE_PROOF = "base_proof"
    """It is the holder's own copy, from which versions for verifiers are made."""


class Audience(NamedTuple):
    """For whom a signature was made, and for which request."""

    domains: tuple[str, ...]
    challenge: str | None


class Statement(NamedTuple):
    """A single statement with a signature of its own, by a key that the issuer's signature names."""

    key: PublicKey
    algorithm: Algorithm
    signature: bytes
    message: bytes


class SecuredProof(Protocol):
    """One signature: a Data Integrity proof, or the JWS that contains the document."""

    @property
    def suite(self) -> str:
        """The kind of signature, such as `eddsa-rdfc-2022` or `VC-JWT`."""

    @property
    def algorithm(self) -> Algorithm:
        """The algorithm; of no meaning if it is `unsupported`."""

    @property
    def unsupported(self) -> Unsupported | None:
        """Why it cannot be judged; None if it can."""

    @property
    def purpose(self) -> str:
        """The proof purpose; only `assertionMethod` is valid for issuing."""

    @property
    def created(self) -> datetime | None:
        """The claimed signing time."""

    @property
    def starts(self) -> datetime | None:
        """The start of the signature's own validity, independent of the document's."""

    @property
    def expires(self) -> datetime | None:
        """The end of the signature's own validity, independent of the document's."""

    @property
    def value(self) -> bytes:
        """The signature bytes."""

    def find_method(self, issuer: str, controllers: Controllers) -> tuple[Controller, Method]:
        """Find the key that the signature names, and its controller. Raises `Unavailable`, `Malformed`."""


class SecuredDocument(Protocol):
    """The securing mechanism of a document: embedded proofs or an enclosing token."""

    @property
    def suites(self) -> tuple[str, ...]:
        """The kinds of its signatures, for the report's format."""

    @property
    def nodes(self) -> Mapping[str, Mapping[str, object]]:
        """The merged members of each node over all its mentions, by IRI in angle brackets.

        Available after `signed_bytes`. Empty if all signatures cover at which mention each member is written.
        """

    @property
    def uncovered(self) -> tuple[str, ...]:
        """The members and types that a signature does not cover, by name. Available after `signed_bytes`."""

    def secured_proofs(self) -> tuple[SecuredProof, ...]:
        """Return the parsed signatures; none for an unsigned document. Raises `Malformed`, `CheckUnknown`."""

    def signed_bytes(self) -> tuple[bytes, ...]:
        """Return what each of `secured_proofs` signs, in order; empty bytes for an unsupported one.

        Raises `CanonicalError` when a signature would not cover some part of the document, `CheckUnknown`.
        """

    def statements(self) -> tuple[Statement, ...] | None:
        """Return what is signed statement by statement (selective disclosure); None if a proof is for other contents.

        Available after `signed_bytes`.
        """


def other_audience() -> Malformed:
    """Return the error for a signature that was made for one verifier or one request, in whichever format.

    Laurel never requests such a signature, so it is never the audience.
    """
    return Malformed("The signature was made for a specific audience, not for everyone.", code="audience_other")
