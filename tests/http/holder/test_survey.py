"""The page of a survey, opened by the link in its email."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.delivery import delivery_status
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.delivery.links import Purpose
from chalicelib.delivery.surveys import survey
from tests.http.fake_laurel import Laurel, id_of
from tests.http.gateway import HTML, Gateway

FORM = "application/x-www-form-urlencoded"
WORK, JOB, HELP = (question.field for question in survey.template("fernhill").questions)


@pytest.fixture
def path(laurel: Laurel) -> str:
    """The path of the survey that was sent about a credential."""
    context, credential_id = laurel.delivery_context, id_of("valid")
    laurel.survey_store.save_survey(replace(survey.template("fernhill"), on=True, version=1))
    now = context.now()
    context.change("fernhill", credential_id, lambda one: delivery_status.sent(one, Kind.SURVEY_6, now))
    url, link = context.link(Purpose.MY, "ada@example.org", issuer_id="fernhill", credential_id=credential_id)
    context.store.add_links((link,))
    return f"{url.removeprefix(laurel.base_url)}/survey"


def test_questions_are_answered_without_an_account(client: Gateway, laurel: Laurel, path: str) -> None:
    page = client.get(path, accept=HTML)
    assert "Do you use what you learned in your work?" in page.text
    assert not list(laurel.survey_store.answers("fernhill"))  # opening it changes nothing
    done = client.post(path, f"do=answer&{WORK}=1&{HELP}=5&{JOB}=9".encode(), content_type=FORM, accept=HTML)
    assert "Your answers were saved" in done.text
    (answer,) = laurel.survey_store.answers("fernhill")
    assert sorted(answer.values.values()) == [1, 5]
    assert page.headers["referrer-policy"] == "no-referrer"


def test_declining_takes_one_click(client: Gateway, laurel: Laurel, path: str) -> None:
    done = client.post(path, f"do=decline&{WORK}=1".encode(), content_type=FORM, accept=HTML)
    assert "You declined the survey" in done.text
    (answer,) = laurel.survey_store.answers("fernhill")
    assert (answer.declined, answer.values) == (True, {})


def test_no_answer_is_an_error(client: Gateway, laurel: Laurel, path: str) -> None:
    done = client.post(path, b"do=answer", content_type=FORM, accept=HTML)
    assert (done.status, "Answer at least one question" in done.text) == (422, True)
    assert not list(laurel.survey_store.answers("fernhill"))


def test_survey_that_is_off_cannot_be_opened(client: Gateway, laurel: Laurel, path: str) -> None:
    laurel.survey_store.save_survey(replace(survey.template("fernhill"), version=2))
    assert client.get(path, accept=HTML).status == 404


def test_answer_on_a_page_from_before_a_change_is_not_taken_for_one_to_the_new_question(
    client: Gateway, laurel: Laurel, path: str
) -> None:
    first, *others = survey.template("fernhill").questions
    changed = (replace(first, text="Are you unemployed?"), *others)
    laurel.survey_store.save_survey(replace(survey.template("fernhill"), questions=changed, on=True, version=2))
    done = client.post(path, f"do=answer&{WORK}=1".encode(), content_type=FORM, accept=HTML)
    assert done.status == 422
    assert not list(laurel.survey_store.answers("fernhill"))
