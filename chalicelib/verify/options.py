"""What a verifier may request beyond validity."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VerificationOptions:
    """``email``: was the credential issued to the person with this address? None does not check it."""

    email: str | None = None


DEFAULT_OPTIONS = VerificationOptions()
