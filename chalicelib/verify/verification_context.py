"""The state of one verification, and the exceptions that checks raise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from chalicelib.errors import LaurelError, Unavailable
from chalicelib.language.phrase import phrase
from chalicelib.verify.members import only
from chalicelib.verify.models import V2, DataModel
from chalicelib.verify.options import VerificationOptions
from chalicelib.verify.ports import Controller, Method, Resolver
from chalicelib.verify.report import Evidence, Outcome
from chalicelib.verify.secured import SecuredDocument, SecuredProof


class CheckNotPassed(LaurelError):
    """Raised by a check that did not pass: `CheckFailed` or `CheckUnknown`."""

    outcome: ClassVar[Outcome]

    def __init__(
        self, code: str, message: str, evidence: tuple[Evidence, ...] = (), *, temporary: bool = False
    ) -> None:
        super().__init__(message, code=code)
        self.evidence = evidence
        self.temporary = temporary


class CheckFailed(CheckNotPassed):
    """The check was performed and failed."""

    outcome = Outcome.FAILED


class CheckUnknown(CheckNotPassed):
    """The check could not be performed."""

    outcome = Outcome.UNKNOWN


PARTLY_UNSIGNED = "partly_unsigned"
"""Code of check 3 if the signatures do not cover every member. It is the only outcome of checks 1 to 5 after which the
following ones still run, so that a forgery is not mistaken for an incomplete signature."""
LASTING = frozenset(
    {
        "address_refused",
        "did_deactivated",
        "did_malformed",
        "dns_failed",
        "document_unreadable",
        "encoding_unsupported",
        "gone",
        "http_status",
        "issuer_not_hosted",
        "key_method_unsupported",
        "not_http",
        "redirect_refused",
        "status_list_not_hosted",
        "tls_failed",
        "too_large",
        "too_many_redirects",
        "url_refused",
    }
)
"""Codes of `Unavailable` errors that will not change within minutes: the address is wrong, or what it serves is."""


def unreadable(code: str, message: str, error: Unavailable) -> CheckUnknown:
    """The outcome of a check whose source could not be read because of ``error``."""
    return CheckUnknown(
        code,
        phrase("{message}: {detail}", message=phrase(message), detail=phrase(error.detail)),
        temporary=error.code not in LASTING,
    )


@dataclass(slots=True)
class VerificationContext:
    """The working state of one verification.

    Each check reads what earlier checks have set, and does not run if a check that it depends on did not pass. The
    context never leaves the pipeline.
    """

    source: bytes
    resolver: Resolver
    now: datetime
    options: VerificationOptions
    format: str | None = None
    """Set by check 1, like the three fields below."""
    document: Mapping[str, object] = field(default_factory=dict)
    """The credential without its signatures."""
    securing: SecuredDocument | None = None
    model: DataModel = V2
    types: tuple[str, ...] = ()
    """Set by check 2, like the four fields below."""
    issuer: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    secured_proofs: tuple[SecuredProof, ...] = ()
    signed: tuple[bytes, ...] = ()
    """Set by check 3: what each of `secured_proofs` signs, in the same order."""
    methods: tuple[tuple[Controller, Method], ...] = ()
    """Set by check 4: the key of each of `secured_proofs` and its controller, in the same order."""
    nodes: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Set by check 5: `SecuredDocument.nodes`; empty if the issuer's signature covers at which mention each member is
    written."""
    may_follow: int = 0
    """How many credentials inside it may be verified."""
    inner: tuple[tuple[str, bytes], ...] = ()
    """Set by check 10: the credentials inside it, each with its kind, to be verified on their own."""
    not_followed: tuple[str, ...] = ()
    """Set by check 10: phrases for the parts of the document that no check examines."""

    def node(self, value: object) -> Mapping[str, object]:
        """Return the node that ``value`` is, names, or contains as a list of one, with all its merged members.

        A proof over RDF does not cover at which mention of a node a member is written, so a holder could move members
        from one mention to another. Merging all mentions (`nodes`) makes that harmless.
        """
        if isinstance(value, list):
            value = only(value)
        if isinstance(value, dict):
            identifier = value.get("id") if self.nodes else None
            return self.nodes.get(f"<{identifier}>", value) if isinstance(identifier, str) else value
        return self.nodes.get(f"<{value}>", {}) if isinstance(value, str) else {}
