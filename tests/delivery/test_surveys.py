"""Surveys: when they are sent, to whom, and what is stored and shown of the answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.credential.record import CredentialStatus, State
from chalicelib.delivery import mailbox
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.delivery.surveys import answering, results, survey
from chalicelib.delivery.surveys.survey import Question, QuestionKind, Survey, SurveyAnswer
from chalicelib.errors import NotFound, Refused
from tests.contract import samples
from tests.delivery.fake_delivery import CREDENTIAL, EMAIL, ISSUED_AT, DeliveryFixture
from tests.delivery.test_unidentified_issuers import unidentified

YEAR = ISSUED_AT + timedelta(days=370)
HALF = ISSUED_AT + timedelta(days=190)
SURVEYS = [Kind.SURVEY_6, Kind.SURVEY_12]


@pytest.fixture
def asked() -> DeliveryFixture:
    """The survey is on, and the issuer is verified."""
    fixture = DeliveryFixture()
    fixture.register()
    switch(fixture, on=True)
    return fixture


def switch(fixture: DeliveryFixture, *, on: bool) -> None:
    before = fixture.surveys.survey("north") or survey.template("north")
    fixture.surveys.save_survey(replace(before, on=on, version=before.version + 1))


def sent(fixture: DeliveryFixture) -> list[Kind]:
    return [content.kind for content in fixture.mailer.sent if content.kind in SURVEYS]


def token(fixture: DeliveryFixture) -> str:
    return fixture.mailer.sent[-1].main.url.removesuffix("/survey").rpartition("/")[2]


def test_survey_is_sent_after_6_and_12_months(asked: DeliveryFixture) -> None:
    asked.run_tasks(YEAR)
    assert sent(asked) == SURVEYS
    at = [asked.delivery.emails[kind].sent_at for kind in SURVEYS]
    assert [(each - ISSUED_AT).days for each in at if each] == [182, 365]


def test_survey_is_off_by_default() -> None:
    fixture = DeliveryFixture()
    fixture.register()
    fixture.run_tasks(YEAR)
    assert sent(fixture) == []


def test_survey_that_was_switched_off_is_not_sent(asked: DeliveryFixture) -> None:
    asked.run_task("deliver")
    switch(asked, on=False)
    asked.run_tasks(YEAR)
    assert sent(asked) == []


def test_holder_of_an_issuer_that_is_verified_later_is_still_asked() -> None:
    fixture = unidentified()
    switch(fixture, on=True)
    fixture.run_task("deliver")
    fixture.run_tasks(ISSUED_AT + timedelta(days=100))
    fixture.register()
    fixture.run_tasks(YEAR)
    assert sent(fixture) == SURVEYS


def test_survey_that_falls_due_before_the_issuer_is_verified_is_not_sent_later() -> None:
    fixture = unidentified()
    switch(fixture, on=True)
    fixture.run_task("deliver")
    fixture.run_tasks(HALF)
    fixture.register()
    fixture.run_tasks(YEAR)
    assert sent(fixture) == [Kind.SURVEY_12]


@pytest.mark.parametrize("wanted", ["new", "none"])
def test_holder_who_wants_fewer_emails_gets_no_survey(asked: DeliveryFixture, wanted: str) -> None:
    asked.run_task("deliver")
    box = asked.store.mailbox(mailbox.digest(EMAIL))
    asked.store.save_mailbox(mailbox.choose(box, "north", wanted))
    asked.run_tasks(YEAR)
    assert sent(asked) == []


@pytest.mark.parametrize(
    "changes",
    [{"status": CredentialStatus(State.REVOKED, samples.NOW, "x")}, {"superseded_by": "d" * 26}],
    ids=["revoked", "replaced"],
)
def test_credential_that_no_longer_counts_causes_no_survey(asked: DeliveryFixture, changes: dict[str, object]) -> None:
    asked.run_task("deliver")
    asked.change_record(**changes)
    asked.run_tasks(YEAR)
    assert sent(asked) == []


def test_expired_credential_still_causes_a_survey() -> None:
    fixture = DeliveryFixture(valid_until=ISSUED_AT + timedelta(days=30))
    fixture.register()
    switch(fixture, on=True)
    fixture.run_tasks(HALF)
    assert sent(fixture) == [Kind.SURVEY_6]


def test_survey_counts_against_the_daily_emails() -> None:
    fixture = DeliveryFixture()  # verified by its domain: a registered issuer has no limit
    switch(fixture, on=True)
    fixture.run_tasks(ISSUED_AT + timedelta(days=100))
    before = fixture.counted.total()
    fixture.run_tasks(HALF)
    assert sent(fixture) == [Kind.SURVEY_6]
    assert fixture.counted.total() > before


def test_answers_are_stored_by_question_and_can_be_changed(asked: DeliveryFixture) -> None:
    asked.run_tasks(HALF)
    work = survey.template("north").questions[0].key
    for value in (0, 1):
        found = answering.find(asked.delivery_context, token(asked))
        assert answering.answer(asked.delivery_context, found, {work: value, "Unknown?": 1})
    (answer,) = asked.surveys.answers("north")
    assert (answer.values, answer.months, answer.person) == ({work: 1}, 6, mailbox.digest(EMAIL))
    assert [each.values for each in answer.versions] == [{work: 0}, {work: 1}]
    assert not answering.answer(asked.delivery_context, found, {work: 7})
    assert answering.answer(asked.delivery_context, found, {work: 1})  # the same again changes nothing
    assert asked.surveys.answer("north", CREDENTIAL, 6) == answer


def test_an_answer_can_be_changed_a_hundred_times(asked: DeliveryFixture) -> None:
    asked.run_tasks(HALF)
    work = survey.template("north").questions[0].key
    found = answering.find(asked.delivery_context, token(asked))
    for number in range(survey.MAX_EARLIER + 1):
        assert answering.answer(asked.delivery_context, found, {work: number % 2})
    with pytest.raises(Refused) as refused:
        answering.decline(asked.delivery_context, found)
    assert refused.value.code == "too_many_corrections"


def test_declining_ends_the_surveys_about_the_credential(asked: DeliveryFixture) -> None:
    asked.run_tasks(HALF)
    answering.decline(asked.delivery_context, answering.find(asked.delivery_context, token(asked)))
    asked.run_tasks(YEAR)
    assert sent(asked) == [Kind.SURVEY_6]


def test_link_of_another_email_opens_no_survey_that_was_not_sent(asked: DeliveryFixture) -> None:
    asked.run_task("deliver")
    with pytest.raises(NotFound):
        answering.find(asked.delivery_context, asked.token())


def test_survey_has_one_to_five_different_questions() -> None:
    good = survey.template("north")
    survey.check(good)
    six = tuple(Question(f"Question {number}?", QuestionKind.SCALE) for number in range(6))
    for questions in ((), six, (six[0], six[0]), (Question(" ", QuestionKind.SCALE),)):
        with pytest.raises(Refused):
            survey.check(replace(good, questions=questions))


def test_results_need_ten_people_and_count_each_once() -> None:
    question = Question("Helped?", QuestionKind.YES_NO)
    one = Survey("north", "Hello.", (question,), on=True)
    answers = [
        SurveyAnswer("north", f"c{number}", f"p{number}", 6, ISSUED_AT, {question.key: number % 2})
        for number in range(9)
    ]
    again = SurveyAnswer("north", "c100", "p0", 6, ISSUED_AT + timedelta(days=1), {question.key: 1})
    declined = SurveyAnswer("north", "c101", "p101", 6, ISSUED_AT, {}, declined=True)
    assert [each.mean for each in results.results(one, [*answers, again, declined])] == [None, None]
    tenth = SurveyAnswer("north", "c9", "p9", 6, ISSUED_AT, {question.key: 1})
    first, second = results.results(one, [*answers, again, declined, tenth])
    assert (first.people, first.mean) == (10, pytest.approx(0.5))  # the second answer of p0 waits for the next batch
    assert (second.months, second.people, second.mean) == (12, 0, None)


def test_answers_belong_to_the_kind_of_the_question_they_were_given_to() -> None:
    scale, yes_no = (Question("Helped?", kind) for kind in (QuestionKind.SCALE, QuestionKind.YES_NO))
    answers = [SurveyAnswer("north", f"c{n}", f"p{n}", 6, ISSUED_AT, {scale.key: 5}) for n in range(10)]
    assert results.results(Survey("north", "Hello.", (scale,)), answers)[0].mean == 5
    assert results.results(Survey("north", "Hello.", (yes_no,)), answers)[0].mean is None


def test_the_newest_answer_waits_for_ten_people() -> None:
    question = Question("Helped?", QuestionKind.SCALE)
    one = Survey("north", "Hello.", (question,))

    def result(many: int) -> tuple[int, float | None]:
        answers = [
            SurveyAnswer(
                "north", f"c{n}", f"p{-n}", 6, ISSUED_AT + timedelta(minutes=n), {question.key: 1 + n % 5 // 4}
            )
            for n in range(many)
        ]
        first = results.results(one, reversed(answers))[0]
        return first.people, first.mean

    assert result(9) == (0, None)
    assert {result(many) for many in range(10, 20)} == {(10, 1.2)}
    assert result(20) == (20, 1.2)


def test_a_changed_answer_counts_as_it_was_until_ten_people_have_answered_since() -> None:
    question = Question("Helped?", QuestionKind.SCALE)
    one, later = Survey("north", "Hello.", (question,)), ISSUED_AT + timedelta(days=1)
    first = [SurveyAnswer("north", f"c{n}", f"p{n}", 6, ISSUED_AT, {question.key: 1}) for n in range(15)]

    def changed(answer: SurveyAnswer, values: dict[str, int], *, declined: bool = False) -> SurveyAnswer:
        return replace(answer, at=later, values=values, declined=declined, earlier=answer.versions)

    def result(answers: list[SurveyAnswer]) -> tuple[int, float | None]:
        found = results.results(one, answers)[0]
        return found.people, found.mean

    assert result(first) == (10, 1)
    for values, declined in (({question.key: 5}, False), ({}, True), ({"another": 3}, False)):
        assert result([changed(first[0], values, declined=declined), *first[1:]]) == (10, 1)
    more = [SurveyAnswer("north", f"c{n}", f"p{n}", 6, later, {question.key: 1}) for n in range(15, 19)]
    assert result([changed(first[0], {question.key: 5}), *first[1:], *more]) == (19, pytest.approx(23 / 19))
    assert result([changed(first[0], {}, declined=True), *first[1:], *more]) == (18, 1)
