"""Results of a survey, in batches of ten people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean

from chalicelib.analytics.kpi.suppression import too_small, whole_batches
from chalicelib.delivery.surveys.survey import MONTHS, Question, Survey, SurveyAnswer


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """The answers to one question; the mean is None before the first batch of people is complete."""

    question: Question
    months: int
    people: int
    mean: float | None


def results(survey: Survey, answers: Iterable[SurveyAnswer]) -> list[QuestionResult]:
    """The mean answer to each question, by months after issue. A person counts once, with their latest answer, and
    only once ten people have answered since the batch before (`whole_batches`); so does what replaces an answer."""
    every = list(answers)
    return [
        _result(question, months, [one for one in every if one.months == months])
        for question in survey.questions
        for months in MONTHS.values()
    ]


def _result(question: Question, months: int, answers: Iterable[SurveyAnswer]) -> QuestionResult:
    given = sorted((each for one in answers for each in _given(one, question.key)), key=lambda each: each[:2])
    values = whole_batches((person, value) for _, person, value in given).values()
    if too_small(len(values)):
        return QuestionResult(question, months, 0, None)
    return QuestionResult(question, months, len(values), fmean(values) if values else None)


def _given(answer: SurveyAnswer, key: str) -> Iterator[tuple[datetime, str, int | None]]:
    """Each answer of a holder to one question, with its time; None when they took it back."""
    before: int | None = None
    for at, values, declined in answer.versions:
        value = None if declined else values.get(key)
        if value != before:
            yield at, answer.person, value
            before = value
