"""State of a submitted form: the values as typed and the error of each field."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeVar

from chalice.app import Request

from chalicelib.errors import Conflict, Refused
from chalicelib.http.input import form

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class FormState:
    """``values`` by field name, as typed; ``errors`` in field order, with "" for the form as a whole."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    file: bytes = b""
    """Content of the uploaded file, empty without one."""

    @property
    def status(self) -> int:
        """HTTP status of the page that shows this form."""
        return 422 if self.errors else 200

    def value(self, name: str) -> str:
        """Value of the field ``name``, empty when absent."""
        return self.values.get(name, "")

    def with_value(self, name: str, value: str) -> FormState:
        """Return this form with another value of the field ``name``."""
        return replace(self, values={**self.values, name: value})

    def lines(self, name: str) -> str:
        """Value of the field ``name`` with line ends normalized to a line feed."""
        return self.value(name).replace("\r\n", "\n").replace("\r", "\n")

    def text(self, name: str) -> str:
        """As `lines`, without leading and trailing whitespace."""
        return self.lines(name).strip()

    def or_none(self, name: str) -> str | None:
        """As `text`, or None when empty."""
        return self.text(name) or None

    def number(self, name: str) -> int | None:
        """As `text`, as a whole number of up to nine digits; None for anything else."""
        value = self.text(name)
        return int(value) if re.fullmatch(r"\d{1,9}", value, re.ASCII) else None

    def add_error(self, name: str, sentence: str) -> None:
        """Record an error of the field ``name``, unless it already has one."""
        self.errors.setdefault(name, sentence)

    def one_of(self, name: str, kind: type[E], message: str) -> E | None:
        """Parse the field ``name`` as ``kind``. Record ``message`` and return None for an unknown value."""
        try:
            return kind(self.text(name))
        except ValueError:
            self.add_error(name, message)
            return None

    @contextmanager
    def record_refusal(self, name: str) -> Iterator[None]:
        """Record a `Refused` or `Conflict` raised inside the block as an error of the field ``name``."""
        try:
            yield
        except (Refused, Conflict) as error:
            self.add_error(name, error.detail)

    def check(self, name: str, rule: Callable[[str], object]) -> None:
        """Validate the field ``name`` by ``rule``."""
        with self.record_refusal(name):
            rule(self.text(name))


@dataclass(frozen=True, slots=True)
class Difference:
    """A field whose saved value is not the one that the person typed."""

    label: str
    saved: str
    typed: str


def differences(labels: Mapping[str, str], saved: FormState, typed: FormState) -> list[Difference]:
    """Compare the form of what is saved with the form as it was typed; ``labels`` are by field name."""
    return [
        Difference(label, saved.text(name), typed.text(name))
        for name, label in labels.items()
        if saved.text(name) != typed.text(name)
    ]


def sent(request: Request) -> FormState:
    """Read the form submitted with ``request``. Raises `Problem` as `form.sent` does."""
    found = form.sent(request)
    return FormState(form.as_text(found.fields), file=found.files[0] if found.files else b"")
