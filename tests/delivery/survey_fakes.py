"""In-memory store of surveys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from chalicelib.delivery.surveys.survey import Survey, SurveyAnswer
from chalicelib.errors import Conflict


@dataclass
class SurveyStore:
    """`delivery.surveys.survey.SurveyStore`."""

    stored: dict[str, Survey] = field(default_factory=dict)
    given: dict[tuple[str, str, int], SurveyAnswer] = field(default_factory=dict)

    def survey(self, issuer_id: str) -> Survey | None:
        return self.stored.get(issuer_id)

    def save_survey(self, survey: Survey) -> None:
        before = self.stored.get(survey.issuer_id)
        if survey.version != (before.version if before else 0) + 1:
            raise Conflict("Someone else has changed the survey.")
        self.stored[survey.issuer_id] = survey

    def answer(self, issuer_id: str, credential_id: str, months: int) -> SurveyAnswer | None:
        return self.given.get((issuer_id, credential_id, months))

    def save_answer(self, answer: SurveyAnswer) -> None:
        self.given[answer.issuer_id, answer.credential_id, answer.months] = answer

    def answers(self, issuer_id: str) -> Iterator[SurveyAnswer]:
        return iter([self.given[key] for key in sorted(self.given) if key[0] == issuer_id])
