"""Options of a verifier beyond validity."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VerificationOptions:
    """``email``: check whether the credential was issued to this address. None skips the check.

    ``challenge`` and ``domain``: what the verifier asked the holder to sign, in a presentation or a key binding. None
    accepts any, and then what was presented could be a copy.
    """

    email: str | None = None
    challenge: str | None = None
    domain: str | None = None
    any_signer: bool = False
    """Whether a signature by anyone counts as the issuer's (check 5): only for tests of interoperability, because it
    then proves nothing about the issuer."""

    @property
    def asks_holder(self) -> bool:
        """Whether they ask for something that only the holder can have signed."""
        return self.challenge is not None or self.domain is not None


DEFAULT_OPTIONS = VerificationOptions()
