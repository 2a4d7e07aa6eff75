"""Changing an issuer's details, and its first owner."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.access.roles import Role
from chalicelib.award.issuers import issuer_actions
from chalicelib.credential.issuer import Issuer
from chalicelib.errors import Conflict, NotFound, Refused
from chalicelib.verify.report import Verdict
from tests.award.fakes import IssuerFixture, new_issuer
from tests.fakes import IssuerStore


def test_only_the_given_details_change(acme: IssuerFixture) -> None:
    record = acme.issue()
    changes = {"name": "Acme", "url": "https://acme.example/new", "description": "Makers.", "email": "a@acme.example"}
    updated = issuer_actions.update_profile(acme.issuer_context, "acme", changes)
    assert updated == replace(acme.issuer, **changes, version=acme.issuer.version + 1, profile_version=2)
    assert acme.issuer_store.issuer("acme") == updated
    assert acme.report(record).verdict is Verdict.VALID
    assert b"Acme Academy" in acme.issuer_store.record(record.id).document
    assert issuer_actions.update_profile(acme.issuer_context, "acme", {"email": None}).email is None


@pytest.mark.parametrize(
    "changes",
    [{"name": ""}, {"name": None}, {"name": "x" * 201}, {"url": "acme"}, {"url": None}, {"image": "javascript:1"},
     {"description": "\x00"}, {"email": "x" * 300}],
)  # fmt: skip
def test_invalid_details_are_refused(acme: IssuerFixture, changes: dict[str, str | None]) -> None:
    with pytest.raises(Refused):
        issuer_actions.update_profile(acme.issuer_context, "acme", changes)
    assert acme.issuer_store.issuer("acme") == acme.issuer


def test_unknown_issuer_is_not_found(acme: IssuerFixture) -> None:
    with pytest.raises(NotFound):
        issuer_actions.update_profile(acme.issuer_context, "nobody", {"name": "x"})


class ConcurrentlyChanged(IssuerStore):
    """An issuer store in which a concurrent change precedes each of the first ``times`` writes."""

    times = 0

    def replace_issuer(self, issuer: Issuer, lists: object = (), names: object = ()) -> None:
        if self.times:
            self.times -= 1
            current = self.issuer(issuer.id)
            super().replace_issuer(replace(current, description=f"Changed {self.times}.", version=current.version + 1))
        super().replace_issuer(issuer, lists, names)  # type: ignore[arg-type]


def test_concurrent_change_is_kept() -> None:
    acme = IssuerFixture(issuer_store=ConcurrentlyChanged())
    acme.issuer_store.times = 2  # type: ignore[attr-defined]
    updated = issuer_actions.update_profile(acme.issuer_context, "acme", {"name": "Acme"})
    assert (updated.name, updated.description) == ("Acme", "Changed 0.")


def test_change_is_refused_as_busy_after_repeated_conflicts() -> None:
    acme = IssuerFixture(issuer_store=ConcurrentlyChanged())
    acme.issuer_store.times = 100  # type: ignore[attr-defined]
    with pytest.raises(Conflict) as caught:
        issuer_actions.update_profile(acme.issuer_context, "acme", {"name": "Acme"})
    assert caught.value.code == "busy"


def test_issuer_is_created_with_its_owner(acme: IssuerFixture) -> None:
    issuer_actions.create(acme.issuer_context, new_issuer(id="beta"), owner="ada@beta.example")
    assert [(member.email, member.role) for member in acme.issuer_store.member_store.members("beta")] == [
        ("ada@beta.example", Role.OWNER)
    ]
    assert list(acme.issuer_store.member_store.members("acme")) == []


@pytest.fixture
def registered(acme: IssuerFixture) -> Issuer:
    """The issuer, with its name registered by an operator."""
    return issuer_actions.register(acme.issuer_context, "acme", acme.issuer.name)


@pytest.mark.parametrize("name", ["University of Oxford", "Acme Academy ", "acme academy", "Acme  Academy"])
def test_a_registered_issuer_cannot_rename_itself(acme: IssuerFixture, registered: Issuer, name: str) -> None:
    with pytest.raises(Refused) as caught:
        issuer_actions.update_profile(acme.issuer_context, "acme", {"name": name})
    assert caught.value.code in ("name_change_needs_operator", "bad_text")
    assert acme.issuer_store.issuer("acme") == registered


def test_a_registered_issuer_changes_the_rest_of_its_profile(acme: IssuerFixture, registered: Issuer) -> None:
    changes = {"name": registered.name, "url": "https://acme.example/new", "description": "Makers.", "accent": None}
    updated = issuer_actions.update_profile(acme.issuer_context, "acme", changes)
    assert (updated.url, updated.registered_as) == ("https://acme.example/new", registered.name)


def test_an_operator_registers_the_new_name(acme: IssuerFixture, registered: Issuer) -> None:
    updated = issuer_actions.update_profile(acme.issuer_context, "acme", {"name": "Acme"}, by_operator=True)
    assert (registered.registered_as, updated.registered_as) == ("Acme Academy", "Acme")
    assert updated.registered


def test_credentials_under_a_former_registered_name_stay_known(acme: IssuerFixture, registered: Issuer) -> None:
    old = acme.issue()
    before = acme.report(old)
    issuer_actions.update_profile(acme.issuer_context, "acme", {"name": "Acme"}, by_operator=True)
    issuer_actions.update_profile(acme.issuer_context, "acme", {"name": "Acme University"}, by_operator=True)
    after = acme.report(old)
    assert (before.credential, before.findings[7].code) == (after.credential, after.findings[7].code)
    assert after.findings[7].message == (
        "The issuer is Acme University, registered with Laurel at localhost:8000, "
        "and was previously registered as Acme Academy."
    )
    assert acme.issuer_store.issuer("acme").former_names == (registered.name, "Acme")


def test_an_operator_can_return_to_a_former_name(acme: IssuerFixture, registered: Issuer) -> None:
    for name in ("Acme", registered.name):
        issuer_actions.update_profile(acme.issuer_context, "acme", {"name": name}, by_operator=True)
    issuer = acme.issuer_store.issuer("acme")
    assert (issuer.registered_as, issuer.former_names) == (registered.name, ("Acme",))


def test_an_operator_registers_no_name_of_an_unregistered_issuer(acme: IssuerFixture) -> None:
    updated = issuer_actions.update_profile(acme.issuer_context, "acme", {"name": "Acme"}, by_operator=True)
    assert updated.registered_as is None
