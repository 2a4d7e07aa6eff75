"""API keys of verifiers, for tests of routes that take one."""

from __future__ import annotations

from chalicelib.verifiers import accounts
from chalicelib.verifiers.accounts import NewKey
from chalicelib.verifiers.scope import Scope
from chalicelib.verifiers.verifier import Verifier
from tests.http.fake_laurel import Laurel

DEVELOPER = "dev@jobs.example"


def create_verifier(laurel: Laurel, email: str = DEVELOPER) -> Verifier:
    return accounts.create(laurel.verifier_context, email, "Jobs")


def create_key(laurel: Laurel, verifier: Verifier, *scopes: Scope) -> NewKey:
    return accounts.create_key(laurel.verifier_context, verifier, "production", scopes or tuple(Scope))


def as_verifier(laurel: Laurel, *scopes: Scope, email: str = DEVELOPER) -> dict[str, str]:
    """The authorization header of a new key of a new verifier; with all scopes by default."""
    made = create_key(laurel, create_verifier(laurel, email), *scopes)
    return {"authorization": f"Bearer {made.text}"}
