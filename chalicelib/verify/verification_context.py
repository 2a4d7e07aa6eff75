"""One verification on its way through the checks, and what a check raises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from chalicelib.errors import LaurelError
from chalicelib.verify.members import only
from chalicelib.verify.models import V2, DataModel
from chalicelib.verify.options import VerificationOptions
from chalicelib.verify.ports import Controller, Method, Resolver
from chalicelib.verify.report import Evidence, Outcome
from chalicelib.verify.secured import SecuredDocument, SecuredProof


class CheckNotPassed(LaurelError):
    """Raised by a check that did not pass; `CheckFailed` and `CheckUnknown` say which way."""

    outcome: ClassVar[Outcome]

    def __init__(self, code: str, message: str, evidence: tuple[Evidence, ...] = ()) -> None:
        super().__init__(message, code=code)
        self.evidence = evidence


class CheckFailed(CheckNotPassed):
    """The check was made, and the answer is no."""

    outcome = Outcome.FAILED


class CheckUnknown(CheckNotPassed):
    """The check could not be made."""

    outcome = Outcome.UNKNOWN


@dataclass(slots=True)
class VerificationContext:
    """The working paper of one verification.

    It is filled in from the top down: each check reads what the ones before it have written, and none runs when
    a check that it builds on did not pass. It never leaves the pipeline.
    """

    source: bytes
    resolver: Resolver
    now: datetime
    options: VerificationOptions
    format: str | None = None
    """Written by check 1, as are the three below."""
    document: Mapping[str, object] = field(default_factory=dict)
    """The credential without its signatures."""
    securing: SecuredDocument | None = None
    model: DataModel = V2
    types: tuple[str, ...] = ()
    """Written by check 2, as are the four below."""
    issuer: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    secured_proofs: tuple[SecuredProof, ...] = ()
    signed: tuple[bytes, ...] = ()
    """Written by check 3: what each of `seals` signs, in the same order."""
    methods: tuple[tuple[Controller, Method], ...] = ()
    """Written by check 4: whose key each of `seals` was made with, in the same order."""
    nodes: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Written by check 5: `Securing.nodes`; none where the issuer signed at which mention each thing is said."""
    not_followed: tuple[str, ...] = ()
    """Written by check 10: what the document brings that no check looks into, in words."""

    def node(self, value: object) -> Mapping[str, object]:
        """The node that ``value`` is, names or lists alone, with what `nodes` say of it elsewhere too.

        Whoever passes a credential on may move what is said of a node from one of its mentions to another one, where
        the signature does not cover at which it is said.
        """
        if isinstance(value, list):
            value = only(value)
        if isinstance(value, dict):
            identifier = value.get("id") if self.nodes else None
            return self.nodes.get(f"<{identifier}>", value) if isinstance(identifier, str) else value
        return self.nodes.get(f"<{value}>", {}) if isinstance(value, str) else {}
