"""The API key of a demo job platform, with which the examples in docs/quickstart.md work as pasted."""

from __future__ import annotations

from chalicelib.verifiers import accounts
from chalicelib.verifiers.accounts import VerifierContext
from chalicelib.verifiers.scope import Scope

VERIFIER = "verifier"
"""Its key in the index of the demo, beside the kinds of credentials."""
OWNER = "platform@jobs.example"
"""Not the owner of the demo issuers: a person can have only three accounts."""
_NAME = "Demo job platform"


def renew(context: VerifierContext) -> dict[str, str]:
    """Replace the demo account and return its id and a new API key: only a hash of the earlier one is stored."""
    for earlier in accounts.of_owner(context, OWNER):
        accounts.delete(context, OWNER, earlier.id)
    verifier = accounts.create(context, OWNER, _NAME)
    made = accounts.create_key(context, verifier, "Quickstart", tuple(Scope))
    return {"id": verifier.id, "api_key": made.text}
