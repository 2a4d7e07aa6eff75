"""Interfaces of a secured document and its signatures, as checks 4 and 5 use them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from chalicelib.errors import Malformed
from chalicelib.verify.keys.public_key import Algorithm
from chalicelib.verify.ports import Controller, Controllers, Method


class SecuredProof(Protocol):
    """One signature: a Data Integrity proof, or the JWS that contains the document."""

    @property
    def suite(self) -> str:
        """The kind of signature, such as `eddsa-rdfc-2022` or `VC-JWT`."""

    @property
    def algorithm(self) -> Algorithm | None:
        """None for an unsupported kind."""

    @property
    def chained(self) -> bool:
        """Whether it also signs other signatures."""

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

    def secured_proofs(self) -> tuple[SecuredProof, ...]:
        """Return the parsed signatures; none for an unsigned document. Raises `Malformed`, `CheckUnknown`."""

    def signed_bytes(self) -> tuple[bytes, ...]:
        """Return what each of `secured_proofs` signs, in order; empty bytes for an unsupported one.

        Raises `CanonicalError` when a signature would not cover some part of the document, `CheckUnknown`.
        """


def other_audience() -> Malformed:
    """Return the error for a signature that was made for one verifier or one request, in whichever format.

    Laurel never requests such a signature, so it is never the audience.
    """
    return Malformed("The signature was made for a specific audience, not for everyone.", code="audience_other")
