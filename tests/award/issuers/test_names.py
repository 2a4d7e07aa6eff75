"""Attacks with names that look like a registered issuer's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.award.issuers import issuer_actions, names
from chalicelib.errors import Refused, Unavailable
from tests.award.fakes import IssuerFixture, new_issuer
from tests.fakes import IssuerStore

NAME = "Harbour College"
LOOK_ALIKES = (
    "Harbour College", "harbour college", "HARBOUR COLLEGE", "Harbour  College", "HarbourCollege", "Harbour-College",
    "Harbour College.", "“Harbour College”", "Hаrbour College", "Ηarbour College", "Harbοur Cοllege",
    "Harbour Co11ege", "Harbour CoIIege", "Hárbour Collège", "Ｈａｒｂｏｕｒ Ｃｏｌｌｅｇｅ", "𝐇𝐚𝐫𝐛𝐨𝐮𝐫 𝐂𝐨𝐥𝐥𝐞𝐠𝐞",
    "Harbour\u00a0College", "Harbour\u200b College", "HARB0UR COLLEGE", "Harbour Cσllege",
    "Harbour College™", "Harbour College®", "Harbour College ✓", "🎓 Harbour College", "Harbour College\ufe0f",
    "Harbour College\u3164", "Harbour\u115fCollege", "Harbour\u2800College", "H\u20ddarbour College",
    "Harbour College\u0489", "Harbour Colle\u1ab0ge", "Harbour Colle\u064bge", "ʜᴀʀʙᴏᴜʀ ᴄᴏʟʟᴇɢᴇ",
    "🅷arbour 🅲ollege", "Harbour Coʟʟege",
)  # fmt: skip
DIFFERENT = ("Harbour School", "Arbour College", "Harbour College Dublin", "Colleges of the Harbour")


@pytest.fixture
def fixture() -> IssuerFixture:
    fixture = IssuerFixture()
    issuer_actions.create(fixture.issuer_context, new_issuer(id="harbour", name=NAME), registered=True)
    return fixture


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_an_issuer_cannot_be_created_with_a_registered_name(fixture: IssuerFixture, name: str) -> None:
    with pytest.raises(Refused) as caught:
        issuer_actions.create(fixture.issuer_context, new_issuer(id="evil", name=name))
    assert caught.value.code in ("name_reserved", "bad_text")


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_an_issuer_cannot_be_renamed_to_a_registered_name(fixture: IssuerFixture, name: str) -> None:
    issuer_actions.create(fixture.issuer_context, new_issuer(id="evil", name="Innocent"))
    with pytest.raises(Refused) as caught:
        issuer_actions.update_profile(fixture.issuer_context, "evil", {"name": name})
    assert caught.value.code in ("name_reserved", "bad_text")
    assert fixture.issuer_store.issuer("evil").name == "Innocent"


@pytest.mark.parametrize("name", DIFFERENT)
def test_other_names_are_free(fixture: IssuerFixture, name: str) -> None:
    issuer_actions.create(fixture.issuer_context, new_issuer(id="other", name=name))


def test_names_of_issuers_that_are_not_registered_are_not_reserved(fixture: IssuerFixture) -> None:
    for number in range(2):
        issuer_actions.create(fixture.issuer_context, new_issuer(id=f"issuer-{number}", name="Chess Club"))


def test_registering_reserves_the_name(fixture: IssuerFixture) -> None:
    issuer_actions.create(fixture.issuer_context, new_issuer(id="club", name="Chess Club"))
    issuer_actions.register(fixture.issuer_context, "club", "Chess Club")
    with pytest.raises(Refused):
        issuer_actions.create(fixture.issuer_context, new_issuer(id="evil", name="CHESS CLUB"))


@pytest.mark.parametrize("name", ["University of Oxford", "Сhess Club", "Chess Club "])
def test_an_issuer_that_renames_itself_while_an_operator_decides_is_not_registered(
    fixture: IssuerFixture, name: str
) -> None:
    """An operator registered the name of that moment, whatever they had checked."""
    issuer_actions.create(fixture.issuer_context, new_issuer(id="club", name="Chess Club"))
    club = fixture.issuer_store.issuer("club")
    fixture.issuer_store.replace_issuer(replace(club, name=name, version=club.version + 1))
    with pytest.raises(Refused) as refused:
        issuer_actions.register(fixture.issuer_context, "club", "Chess Club")
    assert refused.value.code == "name_changed"
    assert not fixture.issuer_store.issuer("club").registered


def test_an_issuer_keeps_its_own_name_and_may_spell_it_differently(fixture: IssuerFixture) -> None:
    issuer_actions.update_profile(fixture.issuer_context, "harbour", {"name": NAME, "description": "New."})
    issuer_actions.update_profile(fixture.issuer_context, "harbour", {"name": "HARBOUR College"}, by_operator=True)


def test_an_operator_allows_a_name(fixture: IssuerFixture) -> None:
    names.allow(fixture.issuer_context, "harbour-adult", "harbour college")
    issuer_actions.create(fixture.issuer_context, new_issuer(id="harbour-adult", name=NAME))
    with pytest.raises(Refused):
        issuer_actions.create(fixture.issuer_context, new_issuer(id="evil", name=NAME))


class OutOfOrder(IssuerStore):
    """An issuer store that does not respond to the next write of an issuer."""

    out_of_order = False

    def add_issuer(self, *arguments: object) -> None:
        self._fail()
        super().add_issuer(*arguments)  # type: ignore[arg-type]

    def replace_issuer(self, *arguments: object, **names: object) -> None:
        self._fail()
        super().replace_issuer(*arguments, **names)  # type: ignore[arg-type]

    def _fail(self) -> None:
        if self.out_of_order:
            raise Unavailable("Storage does not respond.")


def test_a_registration_that_fails_half_way_reserves_no_name() -> None:
    store = OutOfOrder()
    fixture = IssuerFixture(issuer_store=store)
    issuer_actions.create(fixture.issuer_context, new_issuer(id="club", name="Chess Club"))
    issuer_actions.create(fixture.issuer_context, new_issuer(id="school", name="Go School"), registered=True)
    store.out_of_order = True
    for attempt in (
        lambda: issuer_actions.create(fixture.issuer_context, new_issuer(id="a", name=NAME), registered=True),
        lambda: issuer_actions.update_profile(fixture.issuer_context, "school", {"name": NAME}, by_operator=True),
        lambda: issuer_actions.register(fixture.issuer_context, "club", "Chess Club"),
    ):
        with pytest.raises(Unavailable):
            attempt()
    store.out_of_order = False
    issuer_actions.create(fixture.issuer_context, new_issuer(id="b", name=NAME))
    issuer_actions.create(fixture.issuer_context, new_issuer(id="c", name="CHESS CLUB"))
