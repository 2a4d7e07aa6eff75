"""Options of a verifier beyond validity."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VerificationOptions:
    """``email``: check whether the credential was issued to this address. None skips the check."""

    email: str | None = None


DEFAULT_OPTIONS = VerificationOptions()
