"""Survey page: what holders are asked 6 and 12 months after issue, and the results."""

from __future__ import annotations

from itertools import islice

from chalice.app import Request

from chalicelib.access.caller import Caller, Person
from chalicelib.access.roles import Permission
from chalicelib.delivery.surveys.results import QuestionResult, results
from chalicelib.delivery.surveys.survey import MAX_QUESTIONS, Question, QuestionKind, Survey, check, template
from chalicelib.http.console import layout
from chalicelib.http.console.forms import form_state
from chalicelib.http.console.forms.form_state import FormState
from chalicelib.http.console.layout import PageContext
from chalicelib.http.console.overview.breakdowns import TableView
from chalicelib.http.core.access import member
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply
from chalicelib.http.core.routing import Routes

KINDS = ((QuestionKind.YES_NO.value, "Yes or no"), (QuestionKind.SCALE.value, "From 1 to 5"))
MAX_ANSWERS = 50_000
"""Maximum answers that the page reads, as many as a comparison reads outcomes."""


COLUMNS = ("Question", "Months", "People", "Answer")


def routes(services: Services) -> Routes:
    """`/console/{issuer}/survey`."""
    bound = Routes(__name__, services)

    @bound.bind("/console/{issuer}/survey", access=member(Permission.READ))
    def show(request: Request, caller: Caller, person: Person) -> Reply:
        context = layout.page_context(services, request, caller, person, "overview")
        return _page(services, context, _form(_survey(services, caller.issuer_id)))

    @bound.bind("/console/{issuer}/survey", access=member(Permission.MANAGE), methods=("POST",))
    def save(request: Request, caller: Caller, person: Person) -> Reply:
        context = layout.page_context(services, request, caller, person, "overview")
        form = form_state.sent(request)
        with form.record_refusal(""):
            survey = _read(caller.issuer_id, form)
            check(survey)
            services.delivery_context.surveys.save_survey(survey)
            waits = survey.on and not context.identified
            did = "survey_saved_unsent" if waits else "survey_saved"
            return layout.redirect(f"{context.issuer_url}/survey", did=did)
        return _page(services, context, form)

    return bound


def _survey(services: Services, issuer_id: str) -> Survey:
    return services.delivery_context.surveys.survey(issuer_id) or template(issuer_id)


def _form(survey: Survey) -> FormState:
    values = {"on": "yes" if survey.on else "", "intro": survey.intro, "version": str(survey.version)}
    for number, question in enumerate(survey.questions, start=1):
        values |= {f"question_{number}": question.text, f"kind_{number}": question.kind.value}
    return FormState(values)


def _read(issuer_id: str, form: FormState) -> Survey:
    questions = tuple(
        Question(text, QuestionKind.SCALE if form.text(f"kind_{number}") == "scale" else QuestionKind.YES_NO)
        for number in range(1, MAX_QUESTIONS + 1)
        if (text := form.text(f"question_{number}"))
    )
    is_on, version = form.text("on") == "yes", (form.number("version") or 0) + 1
    return Survey(issuer_id, form.text("intro"), questions, is_on, version)


def _page(services: Services, context: PageContext, form: FormState) -> Reply:
    survey = _survey(services, context.tenant)
    answers = islice(services.delivery_context.surveys.answers(context.tenant), MAX_ANSWERS)
    return layout.show(
        context,
        "survey.html",
        status=form.status,
        form=form,
        survey=survey,
        numbers=range(1, MAX_QUESTIONS + 1),
        kinds=KINDS,
        table=TableView("survey", COLUMNS, tuple(map(cells, results(survey, answers)))),
    )


def cells(one: QuestionResult) -> tuple[str, ...]:
    """A row of the table of results, by `COLUMNS`."""
    question, months = one.question.text, str(one.months)
    if one.mean is None:
        return question, months, "fewer than 10", "–"
    is_scale = one.question.kind is QuestionKind.SCALE
    return question, months, f"{one.people:,}", f"{one.mean:.1f} of 5" if is_scale else f"{100 * one.mean:.0f}% yes"
