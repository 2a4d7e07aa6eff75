"""A survey of an issuer, and the answers of holders."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple, Protocol

from chalicelib.award.input.text_rules import check_text
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.errors import Refused

MAX_QUESTIONS = 5
"""Maximum questions. A survey takes a minute; longer ones are answered by fewer people."""
MAX_QUESTION = 200
MAX_INTRO = 500
MAX_EARLIER = 100
"""How often an answer can be changed: it is stored with all that it has replaced."""
MONTHS = MappingProxyType({Kind.SURVEY_6: 6, Kind.SURVEY_12: 12})
"""Months after issue, by kind of survey email."""


class QuestionKind(StrEnum):
    """How a question is answered."""

    YES_NO = "yes_no"
    SCALE = "scale"
    """From 1 to 5."""


CHOICES: Mapping[QuestionKind, range] = MappingProxyType(
    {QuestionKind.YES_NO: range(2), QuestionKind.SCALE: range(1, 6)}
)
"""The possible values of an answer; a no is 0."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question. Changing it creates a new question without answers."""

    text: str
    kind: QuestionKind

    @property
    def key(self) -> str:
        """Identifies the question that answers belong to: its kind and text."""
        return f"{self.kind.value}: {self.text}"

    @property
    def field(self) -> str:
        """Its name in a form, so that an answer from an outdated page is never counted for a different question."""
        return f"q-{hashlib.sha256(self.key.encode()).hexdigest()[:16]}"


@dataclass(frozen=True, slots=True)
class Survey:
    """The survey of an issuer; off until the issuer switches it on."""

    issuer_id: str
    intro: str
    questions: tuple[Question, ...]
    on: bool = False
    version: int = 0


class Given(NamedTuple):
    """What a holder answered at a time, or that they declined."""

    at: datetime
    values: Mapping[str, int]
    declined: bool


@dataclass(frozen=True, slots=True)
class SurveyAnswer:
    """What a holder answered about a credential, or that they declined."""

    issuer_id: str
    credential_id: str
    person: str
    """The hash of their address, by which an erasure finds the answer."""
    months: int
    at: datetime
    values: Mapping[str, int]
    """By the `key` of the question."""
    declined: bool = False
    earlier: tuple[Given, ...] = ()
    """What it has replaced, oldest first. It counts until ten people have answered since (`results`)."""

    @property
    def versions(self) -> tuple[Given, ...]:
        """All of it in order, the current answer last."""
        return (*self.earlier, Given(self.at, self.values, self.declined))


class SurveyStore(Protocol):
    """Stores surveys and answers. Every method raises `Unavailable` when storage does not respond."""

    def survey(self, issuer_id: str) -> Survey | None:
        """The survey of an issuer, strongly consistent."""

    def save_survey(self, survey: Survey) -> None:
        """Store the survey in place of the version before. Raises `Conflict`."""

    def answer(self, issuer_id: str, credential_id: str, months: int) -> SurveyAnswer | None:
        """The answer about a credential, strongly consistent."""

    def save_answer(self, answer: SurveyAnswer) -> None:
        """Store an answer in place of an earlier one."""

    def answers(self, issuer_id: str) -> Iterator[SurveyAnswer]:
        """All answers to an issuer."""


def template(issuer_id: str) -> Survey:
    """The survey that an issuer starts from."""
    return Survey(
        issuer_id,
        "Your answers help us improve the programme.",
        (
            Question("Do you use what you learned in your work?", QuestionKind.YES_NO),
            Question("Have you found a new job or been promoted since then?", QuestionKind.YES_NO),
            Question("How much did the credential help you?", QuestionKind.SCALE),
        ),
    )


def check(survey: Survey) -> None:
    """Raises `Refused` for a survey that cannot be sent."""
    check_text("introduction", survey.intro, MAX_INTRO)
    if not 1 <= len(survey.questions) <= MAX_QUESTIONS:
        raise Refused(f"A survey has 1 to {MAX_QUESTIONS} questions.", code="refused")
    for question in survey.questions:
        check_text("question", question.text, MAX_QUESTION)
    if len({question.text for question in survey.questions}) < len(survey.questions):
        raise Refused("Two questions are the same.", code="refused")


def valid_values(questions: Sequence[Question], given: Mapping[str, int]) -> dict[str, int]:
    """The answers in ``given`` to ``questions``; an unknown question or value is left out."""
    return {one.key: given[one.key] for one in questions if given.get(one.key) in CHOICES[one.kind]}
