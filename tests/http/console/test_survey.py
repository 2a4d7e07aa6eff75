"""The console page of the survey."""

from __future__ import annotations

from chalicelib.delivery.surveys.survey import Question, QuestionKind, SurveyAnswer
from tests.http.console.test_bulk import text_of
from tests.http.console.test_limits import make_unidentified
from tests.http.fake_laurel import NOW, Laurel
from tests.http.signed_in import Browser

HERE = "/console/fernhill/survey"


def test_template_is_edited_and_switched_on(owner: Browser, laurel: Laurel) -> None:
    assert "Do you use what you learned in your work?" in owner.get(HERE).text
    sent = {"on": "yes", "intro": "Hello.", "question_1": "Hired?", "kind_1": "yes_no", "question_4": "How much?",
            "kind_4": "scale", "version": "0"}  # fmt: skip
    assert owner.post(HERE, sent).headers["location"].endswith("did=survey_saved")
    survey = laurel.survey_store.survey("fernhill")
    assert survey is not None
    assert survey.on
    assert survey.questions == (Question("Hired?", QuestionKind.YES_NO), Question("How much?", QuestionKind.SCALE))
    late = owner.post(HERE, sent)
    assert (late.status, "Someone else has changed the survey" in late.text) == (422, True)


def test_survey_without_questions_is_refused(owner: Browser, laurel: Laurel) -> None:
    assert owner.post(HERE, {"intro": "Hello.", "version": "0"}).status == 422
    assert laurel.survey_store.survey("fernhill") is None


def test_results_show_no_group_below_ten(viewer: Browser, laurel: Laurel) -> None:
    question = Question("Do you use what you learned in your work?", QuestionKind.YES_NO).key
    for number in range(10):
        page = viewer.get(HERE).text
        assert "% yes" not in page
        laurel.survey_store.save_answer(SurveyAnswer("fernhill", f"c{number}", f"p{number}", 6, NOW, {question: 1}))
    assert "100% yes" in viewer.get(HERE).text
    assert "Save survey" not in viewer.get(HERE).text


def test_survey_of_an_unverified_issuer_says_that_no_one_gets_it(
    owner: Browser, viewer: Browser, laurel: Laurel
) -> None:
    warning = "Your organization is not verified, so no one gets the survey yet."
    assert warning not in text_of(owner.get(HERE))
    make_unidentified(laurel)
    page = owner.get(HERE)
    assert warning in text_of(page)
    assert "people to whom you issue now can still be asked" in text_of(page)
    assert '/console/fernhill/domains">Verify a domain</a>' in page.text
    assert "An owner of your organization can verify a domain." in text_of(viewer.get(HERE))
    sent = {"on": "yes", "intro": "Hello.", "question_1": "Hired?", "version": "0"}
    saved = owner.post(HERE, sent).headers["location"]
    assert saved.endswith("did=survey_saved_unsent")
    assert "Survey saved, but no one gets it yet." in text_of(owner.get(saved.removeprefix(laurel.base_url)))
    off = owner.post(HERE, {**sent, "on": "", "version": "1"})
    assert off.headers["location"].endswith("did=survey_saved")
