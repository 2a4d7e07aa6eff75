"""Did the holder sign for the verifier and the request that were named? A part of check 5."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.verify.options import VerificationOptions
from chalicelib.verify.secured import Audience
from chalicelib.verify.verification_context import CheckFailed


def check(audiences: Sequence[Audience], options: VerificationOptions) -> None:
    """Require every signature of the holder to be for the challenge and the domain, if the verifier named them."""
    challenge, domain = options.challenge, options.domain
    if challenge is not None and any(audience.challenge != challenge for audience in audiences):
        raise CheckFailed("challenge_differs", "The holder signed it for a different request.")
    if domain is not None and any(domain not in audience.domains for audience in audiences):
        raise CheckFailed("audience_other", "The holder signed it for a different verifier.")
