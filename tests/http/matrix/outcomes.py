"""Entries for outcomes."""

from __future__ import annotations

from chalicelib.outcomes import importing
from tests.http.matrix import Builder, Call, EntryContext

ROW = {"name": "employed", "unit": "yes/no", "date": "2026-11-01", "value": "yes", "email": "ada@example.org"}


def create_outcome(at: EntryContext) -> str:
    importing.import_rows(at.laurel.outcome_context, at.owner, [(1, ROW)])
    return "employed"


def survey_version(at: EntryContext) -> str:
    survey = at.laurel.survey_store.survey(at.console_issuer)
    return str(survey.version if survey else 0)


ENTRIES: dict[tuple[str, str], Builder] = {
    ("GET", "/v1/outcomes"): lambda at: Call(create_outcome(at) and "/v1/outcomes"),
    ("POST", "/v1/outcomes"): lambda _: Call("/v1/outcomes", json={"outcomes": [ROW]}),
    ("GET", "/v1/outcomes/{name}"): lambda at: Call(f"/v1/outcomes/{create_outcome(at)}"),
    ("DELETE", "/v1/outcomes/{name}"): lambda at: Call(f"/v1/outcomes/{create_outcome(at)}", allowed_status=204),
    ("GET", "/console/{issuer}/outcomes"): lambda at: Call(
        f"/console/{at.console_issuer}/outcomes", query=f"name={create_outcome(at)}", foreign_status=200
    ),
    ("POST", "/console/{issuer}/outcomes"): lambda at: Call(
        f"/console/{at.console_issuer}/outcomes",
        form={"rows": f"{','.join(ROW)}\n{','.join(ROW.values())}"},
        allowed_status=303,
    ),
    ("POST", "/console/{issuer}/outcomes/delete"): lambda at: Call(
        f"/console/{at.console_issuer}/outcomes/delete", form={"name": create_outcome(at)}, allowed_status=303
    ),
    ("GET", "/console/{issuer}/goals"): lambda at: Call(f"/console/{at.console_issuer}/goals"),
    ("POST", "/console/{issuer}/goals"): lambda at: Call(
        f"/console/{at.console_issuer}/goals",
        form={"minutes": "20", "cost": "10", "currency": "EUR", "percent": "50"},
        allowed_status=303,
    ),
    ("GET", "/console/{issuer}/survey"): lambda at: Call(f"/console/{at.console_issuer}/survey"),
    ("POST", "/console/{issuer}/survey"): lambda at: Call(
        f"/console/{at.console_issuer}/survey",
        form={"intro": "Hello.", "question_1": "Did it help?", "kind_1": "yes_no", "version": survey_version(at)},
        allowed_status=303,
    ),
    ("GET", "/console/{issuer}/outcomes/comparison.csv"): lambda at: Call(
        f"/console/{at.console_issuer}/outcomes/comparison.csv",
        query=f"name={create_outcome(at)}",
        foreign_status=404,
    ),
}
