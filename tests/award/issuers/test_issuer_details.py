"""What an issuer says of itself, and who its first owner is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.access.roles import Role
from chalicelib.award.issuers import issuer_actions
from chalicelib.credential.issuer import Issuer
from chalicelib.errors import Conflict, NotFound, Refused
from chalicelib.verify.report import Verdict
from tests.award.fakes import House, new_issuer
from tests.fakes import IssuerStore


def test_the_words_change_and_nothing_else(house: House) -> None:
    record = house.issue()
    words = {"name": "Acme", "url": "https://acme.example/new", "description": "Makers.", "email": "a@acme.example"}
    reworded = issuer_actions.reword(house.issuer_context, "acme", words)
    assert reworded == replace(house.issuer, **words, version=house.issuer.version + 1)
    assert house.issuer_store.issuer("acme") == reworded
    assert house.report(record).verdict is Verdict.VALID
    assert b"Acme Academy" in house.issuer_store.record(record.id).document
    assert issuer_actions.reword(house.issuer_context, "acme", {"email": None}).email is None


@pytest.mark.parametrize(
    "changes",
    [{"name": ""}, {"name": None}, {"name": "x" * 201}, {"url": "acme"}, {"url": None}, {"image": "javascript:1"},
     {"description": "\x00"}, {"email": "x" * 300}],
)  # fmt: skip
def test_words_that_cannot_stand_change_nothing(house: House, changes: dict[str, str | None]) -> None:
    with pytest.raises(Refused):
        issuer_actions.reword(house.issuer_context, "acme", changes)
    assert house.issuer_store.issuer("acme") == house.issuer


def test_nobody_is_not_reworded(house: House) -> None:
    with pytest.raises(NotFound):
        issuer_actions.reword(house.issuer_context, "nobody", {"name": "x"})


class Rotating(IssuerStore):
    """Somebody gives the issuer another description just before each of the first ``times`` writes."""

    times = 0

    def replace_issuer(self, issuer: Issuer, lists: object = ()) -> None:
        if self.times:
            self.times -= 1
            held = self.issuer(issuer.id)
            super().replace_issuer(replace(held, description=f"Changed {self.times}.", version=held.version + 1))
        super().replace_issuer(issuer, lists)  # type: ignore[arg-type]


def test_another_change_at_the_same_time_is_kept() -> None:
    house = House(issuer_store=Rotating())
    house.issuer_store.times = 2  # type: ignore[attr-defined]
    reworded = issuer_actions.reword(house.issuer_context, "acme", {"name": "Acme"})
    assert (reworded.name, reworded.description) == ("Acme", "Changed 0.")


def test_who_is_always_beaten_gives_up() -> None:
    house = House(issuer_store=Rotating())
    house.issuer_store.times = 100  # type: ignore[attr-defined]
    with pytest.raises(Conflict) as caught:
        issuer_actions.reword(house.issuer_context, "acme", {"name": "Acme"})
    assert caught.value.code == "busy"


def test_an_issuer_comes_with_its_owner(house: House) -> None:
    issuer_actions.create(house.issuer_context, new_issuer(id="beta"), owner="ada@beta.example")
    assert [(member.email, member.role) for member in house.issuer_store.member_store.members("beta")] == [
        ("ada@beta.example", Role.OWNER)
    ]
    assert list(house.issuer_store.member_store.members("acme")) == []
