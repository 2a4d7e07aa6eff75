"""What the verifier asks beyond "is it valid?"."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asked:
    """``email``: was the credential given to the person with this address? None asks nothing."""

    email: str | None = None
