"""The API key of the demo."""

from __future__ import annotations

from chalicelib.verifiers import accounts
from chalicelib.verifiers.scope import Scope
from cli.demo import verifier
from tests.cli.conftest import FakeServices


def test_every_run_creates_a_new_key_with_all_scopes_and_ends_the_earlier_one(services: FakeServices) -> None:
    context = services.verifier_context
    first, second = verifier.renew(context), verifier.renew(context)
    assert first["api_key"] != second["api_key"]
    assert len(accounts.of_owner(context, verifier.OWNER)) == 1
    [key] = context.store.verifier(second["id"]).keys
    assert set(key.scopes) == set(Scope)
    assert second["api_key"].startswith("laurel_vk_")
