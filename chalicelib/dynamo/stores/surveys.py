"""The store of surveys and their answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Self

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from chalicelib.delivery.surveys.survey import Given, Question, QuestionKind, Survey, SurveyAnswer
from chalicelib.dynamo import keys, reads
from chalicelib.dynamo.items.base import Item, members
from chalicelib.dynamo.tables import ABSENT, UNCONDITIONAL, ConditionFailed, Put, Tables
from chalicelib.errors import Conflict


class SurveyItem(Item, discriminator="survey"):
    """The survey of an issuer."""

    issuer_id = UnicodeAttribute()
    intro = UnicodeAttribute()
    questions = UnicodeAttribute()
    on = BooleanAttribute()
    version = NumberAttribute()

    @classmethod
    def of(cls, one: Survey) -> Self:
        questions = json.dumps([[each.text, each.kind.value] for each in one.questions], ensure_ascii=False)
        return cls(*keys.survey(one.issuer_id), **members(one, Survey, exclude=("questions",)), questions=questions)

    def to_domain(self) -> Survey:
        questions = tuple(Question(text, QuestionKind(kind)) for text, kind in json.loads(self.questions))
        rest = members(self, Survey, exclude=("questions", "version"))
        return Survey(**rest, questions=questions, version=int(self.version))


class SurveyAnswerItem(Item, discriminator="survey_answer"):
    """The answer of a holder, who is named by the hash of their address only."""

    issuer_id = UnicodeAttribute()
    credential_id = UnicodeAttribute()
    person = UnicodeAttribute()
    months = NumberAttribute()
    at = UTCDateTimeAttribute()
    values_given = UnicodeAttribute()
    declined = BooleanAttribute()
    earlier = UnicodeAttribute(null=True)

    @classmethod
    def of(cls, one: SurveyAnswer) -> Self:
        key = keys.survey_answer(one.issuer_id, one.credential_id, one.months)
        values = json.dumps(dict(one.values), ensure_ascii=False)
        replaced = [[at.isoformat(), dict(given), declined] for at, given, declined in one.earlier]
        earlier = json.dumps(replaced, ensure_ascii=False) if replaced else None
        rest = members(one, SurveyAnswer, exclude=("values", "earlier"))
        return cls(*key, **rest, values_given=values, earlier=earlier)

    def to_domain(self) -> SurveyAnswer:
        rest = members(self, SurveyAnswer, exclude=("values", "months", "earlier"))
        earlier = tuple(
            Given(datetime.fromisoformat(at), values, declined)
            for at, values, declined in json.loads(self.earlier or "[]")
        )
        values = json.loads(self.values_given)
        return SurveyAnswer(**rest, months=int(self.months), values=values, earlier=earlier)


class DynamoSurveyStore:
    """`delivery.surveys.survey.SurveyStore` on DynamoDB."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._table = tables.credentials

    def survey(self, issuer_id: str) -> Survey | None:
        return reads.find(self._tables, self._table, SurveyItem, keys.survey(issuer_id))

    def save_survey(self, survey: Survey) -> None:
        before = {":before": {"N": str(survey.version - 1)}}
        put = Put(SurveyItem.of(survey).raw(), "version = :before", before)
        try:
            self._tables.put(self._table, put if survey.version > 1 else put._replace(condition=ABSENT, values=None))
        except ConditionFailed as error:
            raise Conflict("Someone else has changed the survey.") from error

    def answer(self, issuer_id: str, credential_id: str, months: int) -> SurveyAnswer | None:
        key = keys.survey_answer(issuer_id, credential_id, months)
        return reads.find(self._tables, self._table, SurveyAnswerItem, key)

    def save_answer(self, answer: SurveyAnswer) -> None:
        self._tables.put(self._table, Put(SurveyAnswerItem.of(answer).raw(), UNCONDITIONAL))

    def answers(self, issuer_id: str) -> Iterator[SurveyAnswer]:
        return reads.list_range(self._tables, self._table, SurveyAnswerItem, keys.survey_answers(issuer_id))
