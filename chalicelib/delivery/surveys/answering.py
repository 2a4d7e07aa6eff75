"""A holder answers or declines a survey through the link in the email, without an account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from chalicelib.credential.issuer import Issuer
from chalicelib.delivery import mailbox
from chalicelib.delivery.delivery_context import DeliveryContext
from chalicelib.delivery.holder.access import enter
from chalicelib.delivery.surveys.survey import MAX_EARLIER, MONTHS, Survey, SurveyAnswer, valid_values
from chalicelib.errors import NotFound, Refused
from chalicelib.language.phrase import phrase


@dataclass(frozen=True, slots=True)
class OpenSurvey:
    """A survey that a link opens, without answers yet."""

    survey: Survey
    issuer: Issuer
    blank: SurveyAnswer


def find(context: DeliveryContext, token: str) -> OpenSurvey:
    """The survey that the holder was last asked to answer.

    Raises `NotFound`, including if the issuer has switched it off, and `LinkExpired`.
    """
    link = enter(context, token).link
    if link.issuer_id is None or link.credential_id is None:
        raise NotFound("This link does not open a survey.")
    emails = context.store.delivery(link.issuer_id, link.credential_id).emails
    asked = max((months for kind, months in MONTHS.items() if kind in emails), default=None)
    survey = context.surveys.survey(link.issuer_id)
    if asked is None or survey is None or not survey.on:
        raise NotFound("There is no survey.")
    person = mailbox.digest(link.email)
    blank = SurveyAnswer(link.issuer_id, link.credential_id, person, asked, context.now(), {})
    return OpenSurvey(survey, context.archive.issuer(link.issuer_id), blank)


def answer(context: DeliveryContext, found: OpenSurvey, given: Mapping[str, int]) -> bool:
    """Store the answers to the survey; False if there are none. Raises `Refused` (`too_many_corrections`)."""
    values = valid_values(found.survey.questions, given)
    if values:
        _save(context, found.blank, values, declined=False)
    return bool(values)


def decline(context: DeliveryContext, found: OpenSurvey) -> None:
    """Record that the holder does not want to answer. They are not asked about this credential again.

    Raises `Refused` (`too_many_corrections`).
    """
    _save(context, found.blank, {}, declined=True)


def _save(context: DeliveryContext, blank: SurveyAnswer, values: Mapping[str, int], *, declined: bool) -> None:
    """Store the answer with what it replaces, unless it is the same."""
    new = replace(blank, values=values, declined=declined)
    before = context.surveys.answer(blank.issuer_id, blank.credential_id, blank.months)
    if before is None:
        context.surveys.save_answer(new)
    elif (before.values, before.declined) != (values, declined):
        if len(before.earlier) == MAX_EARLIER:
            raise Refused(
                phrase("You can no longer change your answers: you have changed them {many} times.", many=MAX_EARLIER),
                code="too_many_corrections",
            )
        context.surveys.save_answer(replace(new, earlier=before.versions))
