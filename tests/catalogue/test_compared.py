"""The achievements that are compared by their skills are read once a minute, not for every page."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.analytics.recorder import Recorder
from chalicelib.catalogue import catalogue
from chalicelib.catalogue.catalogue import COMPARED_FOR, Catalogue
from chalicelib.catalogue.entry import CatalogueEntry
from tests import fakes
from tests.analytics.counts.fakes import Clock
from tests.catalogue.makers import entry

WELDING, CUTTING = entry("a", "Welding", "Steel"), entry("b", "Cutting", "Steel")


class Store(fakes.CatalogueStore):
    """Two achievements, and whose were read."""

    def __init__(self) -> None:
        super().__init__(fakes.PublicStore())
        self.read: list[str] = []

    def entries(self, issuer_id: str, after: str, limit: int) -> list[CatalogueEntry]:
        self.read.append(issuer_id)
        return [WELDING, CUTTING]


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def recommending(store: Store, clock: Clock) -> Catalogue:
    nothing: Any = None
    return Catalogue(store, nothing, Recorder(nothing, nothing), clock, os.urandom, lambda: nothing)


def test_pages_within_a_minute_share_one_read(store: Store, clock: Clock, recommending: Catalogue) -> None:
    for seconds in (0, 30, 59):
        clock.now += timedelta(seconds=seconds - (clock.now.second % 60))
        assert [one.id for one in recommending.recommended(WELDING, ())] == ["b"]
    assert store.read == ["fernhill"]
    clock.now += COMPARED_FOR
    recommending.recommended(CUTTING, ())
    assert store.read == ["fernhill"] * 2


def test_a_clock_that_is_set_back_reads_again(store: Store, clock: Clock, recommending: Catalogue) -> None:
    recommending.recommended(WELDING, ())
    clock.now -= timedelta(hours=1)
    recommending.recommended(WELDING, ())
    assert len(store.read) == 2


def test_few_issuers_are_kept(store: Store, recommending: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "MAX_KEPT", 2)
    issuers = ["one", "two", "three"]
    for issuer_id in [*issuers, *issuers]:
        recommending.recommended(entry("a", "Welding", "Steel", issuer_id=issuer_id), ())
        assert len(recommending._compared) <= 2
    assert store.read[:3] == issuers
