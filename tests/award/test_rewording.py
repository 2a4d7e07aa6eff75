"""What an issuer says of itself, and who its first owner is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.access.roles import Role
from chalicelib.award import issuers
from chalicelib.credential.issuer import Issuer
from chalicelib.errors import Conflict, NotFound, Refused
from chalicelib.verify.report import Verdict
from tests.award.fakes import House, new_issuer
from tests.fakes import Ledger


def test_the_words_change_and_nothing_else(house: House) -> None:
    record = house.issue()
    words = {"name": "Acme", "url": "https://acme.example/new", "description": "Makers.", "email": "a@acme.example"}
    reworded = issuers.reword(house.awarding, "acme", words)
    assert reworded == replace(house.issuer, **words, version=house.issuer.version + 1)
    assert house.ledger.issuer("acme") == reworded
    assert house.report(record).verdict is Verdict.VALID
    assert b"Acme Academy" in house.ledger.record(record.id).document
    assert issuers.reword(house.awarding, "acme", {"email": None}).email is None


@pytest.mark.parametrize(
    "changes",
    [{"name": ""}, {"name": None}, {"name": "x" * 201}, {"url": "acme"}, {"url": None}, {"image": "javascript:1"},
     {"description": "\x00"}, {"email": "x" * 300}],
)  # fmt: skip
def test_words_that_cannot_stand_change_nothing(house: House, changes: dict[str, str | None]) -> None:
    with pytest.raises(Refused):
        issuers.reword(house.awarding, "acme", changes)
    assert house.ledger.issuer("acme") == house.issuer


def test_nobody_is_not_reworded(house: House) -> None:
    with pytest.raises(NotFound):
        issuers.reword(house.awarding, "nobody", {"name": "x"})


class Rotating(Ledger):
    """Somebody gives the issuer another description just before each of the first ``times`` writes."""

    times = 0

    def replace_issuer(self, issuer: Issuer, lists: object = ()) -> None:
        if self.times:
            self.times -= 1
            held = self.issuer(issuer.id)
            super().replace_issuer(replace(held, description=f"Changed {self.times}.", version=held.version + 1))
        super().replace_issuer(issuer, lists)  # type: ignore[arg-type]


def test_another_change_at_the_same_time_is_kept() -> None:
    house = House(ledger=Rotating())
    house.ledger.times = 2  # type: ignore[attr-defined]
    reworded = issuers.reword(house.awarding, "acme", {"name": "Acme"})
    assert (reworded.name, reworded.description) == ("Acme", "Changed 0.")


def test_who_is_always_beaten_gives_up() -> None:
    house = House(ledger=Rotating())
    house.ledger.times = 100  # type: ignore[attr-defined]
    with pytest.raises(Conflict) as caught:
        issuers.reword(house.awarding, "acme", {"name": "Acme"})
    assert caught.value.code == "busy"


def test_an_issuer_comes_with_its_owner(house: House) -> None:
    issuers.found(house.awarding, new_issuer(id="beta"), owner="ada@beta.example")
    assert [(member.email, member.role) for member in house.ledger.register.members("beta")] == [
        ("ada@beta.example", Role.OWNER)
    ]
    assert list(house.ledger.register.members("acme")) == []
