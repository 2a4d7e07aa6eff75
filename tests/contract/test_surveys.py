"""Surveys and their answers, in memory and on the real engine."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from chalicelib.delivery import mailbox
from chalicelib.delivery.surveys import survey
from chalicelib.delivery.surveys.survey import SurveyAnswer, SurveyStore
from chalicelib.dynamo.stores.analytics.counts import DynamoCountStore
from chalicelib.dynamo.stores.erasure.erasures import DynamoErasureStore
from chalicelib.dynamo.stores.surveys import DynamoSurveyStore
from chalicelib.dynamo.tables import Tables
from chalicelib.erasure.erasure import Erasure, ErasureTarget, RequestedBy, Sweep
from chalicelib.errors import Conflict
from tests.analytics.fakes import EventArchive
from tests.contract.samples import NOW, RETENTION
from tests.delivery import survey_fakes

ADA = mailbox.digest("ada@example.org")
ANSWER = SurveyAnswer("north", "c" * 26, ADA, 6, NOW, {"Did it help?": 1})


@pytest.fixture(params=["fake", "real"])
def store(request: pytest.FixtureRequest) -> SurveyStore:
    if request.param == "fake":
        return survey_fakes.SurveyStore()
    return DynamoSurveyStore(request.getfixturevalue("tables"))


def test_survey_is_changed_by_version(store: SurveyStore) -> None:
    assert store.survey("north") is None
    first = replace(survey.template("north"), version=1)
    second = replace(first, on=True, intro="Hello.", version=2)
    store.save_survey(first)
    store.save_survey(second)
    assert store.survey("north") == second
    for late in (first, second, replace(first, version=4)):
        with pytest.raises(Conflict):
            store.save_survey(late)


def test_answers_are_replaced_and_listed_by_issuer(store: SurveyStore) -> None:
    later = replace(ANSWER, months=12, declined=True, values={})
    for one in (replace(ANSWER, values={}), ANSWER, later, replace(ANSWER, issuer_id="south")):
        store.save_answer(one)
    assert store.answer("north", ANSWER.credential_id, 6) == ANSWER
    assert store.answer("north", "d" * 26, 6) is None
    assert sorted(store.answers("north"), key=lambda one: one.months) == [ANSWER, later]


def test_answers_of_an_erased_person_are_deleted(tables: Tables) -> None:
    store = DynamoSurveyStore(tables)
    store.save_answer(ANSWER)
    other = replace(ANSWER, credential_id="d" * 26, person=mailbox.digest("ben@example.org"))
    store.save_answer(other)
    erasures = DynamoErasureStore(tables, DynamoCountStore(tables, RETENTION), EventArchive(), Random(1).randbytes)
    erasure = Erasure("north", ADA, "ada@example.org", None, RequestedBy.ISSUER, NOW, NOW)
    list(erasures.sweep(Sweep(NOW), [ErasureTarget(erasure, frozenset())]))
    assert list(store.answers("north")) == [other]
