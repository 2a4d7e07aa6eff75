"""A signature over a document, in whichever way it is attached; what checks 4 and 5 need of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from chalicelib.verify.keys.public_key import Algorithm
from chalicelib.verify.ports import Controller, Controllers, Method


class SecuredProof(Protocol):
    """One signature. A proof of VC Data Integrity is one, and so is a JWS around the document."""

    @property
    def suite(self) -> str:
        """What kind of signature it is, such as `eddsa-rdfc-2022` or `VC-JWT`."""

    @property
    def algorithm(self) -> Algorithm | None:
        """None for a kind that Laurel cannot check."""

    @property
    def chained(self) -> bool:
        """Whether it signs other signatures too."""

    @property
    def purpose(self) -> str:
        """What it was made for; only `assertionMethod` issues anything."""

    @property
    def created(self) -> datetime | None:
        """When it says that it was made."""

    @property
    def starts(self) -> datetime | None:
        """From when the signature itself is to be believed, whatever the document says."""

    @property
    def expires(self) -> datetime | None:
        """When the signature itself ends, whatever the document says."""

    @property
    def value(self) -> bytes:
        """The signature."""

    def find_method(self, issuer: str, controllers: Controllers) -> tuple[Controller, Method]:
        """The key that it names. Raises `Unavailable`, `Malformed`."""


class SecuredDocument(Protocol):
    """How a document is secured: by proofs inside it, or by an envelope around it."""

    @property
    def suites(self) -> tuple[str, ...]:
        """The kinds of its signatures, as they call themselves."""

    @property
    def nodes(self) -> Mapping[str, Mapping[str, object]]:
        """All that is said of a node wherever it is mentioned, by its IRI in angle brackets, after `signed_bytes`.

        Empty where all signatures cover at which mention it is said.
        """

    def secured_proofs(self) -> tuple[SecuredProof, ...]:
        """Its signatures, parsed; an unsigned document has none. Raises `Malformed`, `CheckUnknown`."""

    def signed_bytes(self) -> tuple[bytes, ...]:
        """What each of `seals` signs, in the same order; empty bytes for one that Laurel cannot check.

        Raises `CanonicalError` when something in the document would not be covered, `CheckUnknown`.
        """
