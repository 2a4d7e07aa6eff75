"""Changes that another person has saved while this person was editing the same webhook."""

from __future__ import annotations

import re

from chalicelib.http.console.forms import form_state
from chalicelib.http.console.forms.form_state import Difference, FormState

LABELS = {
    "name": "Name",
    "name_at": "Learner’s name",
    "email": "Email address",
    "course": "Course id",
    "completed": "Completion field",
    "completed_value": "Completion value",
    "completed_at": "Completion date",
    "evidence": "Evidence URL",
    "dry_run": "Dry run",
}
_ROW = re.compile(r"(course|earns)_(\d{1,2})", re.ASCII)


def differences(saved: FormState, typed: FormState) -> list[Difference]:
    """Compare the form of what is saved with the form as it was typed."""
    rows = sorted({name for name in (*saved.values, *typed.values) if _ROW.fullmatch(name)}, key=_place)
    return form_state.differences({name: _label(name) for name in (*LABELS, *rows)}, saved, typed)


def _label(name: str) -> str:
    row = _ROW.fullmatch(name)
    if row is None:
        return LABELS[name]
    return f"{'Course' if row[1] == 'course' else 'Achievement for course'} {row[2]}"


def _place(name: str) -> tuple[int, str]:
    word, _, number = name.rpartition("_")
    return int(number), word
