"""A form as it was filled in: what was typed is kept, and each fault stands beside its field."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from chalice.app import Request

from chalicelib.errors import Conflict, Refused
from chalicelib.http.core import form

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Filled:
    """``values`` by the field's name, as typed; ``faults`` in the order of the fields, "" for the form as a whole."""

    values: Mapping[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    file: bytes = b""
    """The file that came with it, if it takes one."""

    @property
    def status(self) -> int:
        """Of the answer that shows it."""
        return 422 if self.faults else 200

    def value(self, name: str) -> str:
        """What stands in the field ``name``."""
        return self.values.get(name, "")

    def lines(self, name: str) -> str:
        """What stands in the field ``name``, its line ends each as one character."""
        return self.value(name).replace("\r\n", "\n").replace("\r", "\n")

    def said(self, name: str) -> str:
        """As `lines`, without outer space."""
        return self.lines(name).strip()

    def or_none(self, name: str) -> str | None:
        """As `said`, None when it says nothing."""
        return self.said(name) or None

    def fault(self, name: str, sentence: str) -> None:
        """Note a fault of the field ``name``; the first one of a field stays."""
        self.faults.setdefault(name, sentence)

    def one_of(self, name: str, kind: type[E], told: str) -> E | None:
        """What was chosen in the field ``name``; None, with the fault ``told``, for what is none of ``kind``."""
        try:
            return kind(self.said(name))
        except ValueError:
            self.fault(name, told)
            return None

    @contextmanager
    def judged(self, name: str) -> Iterator[None]:
        """What a rule refuses within is a fault of the field ``name``."""
        try:
            yield
        except (Refused, Conflict) as error:
            self.fault(name, error.detail)

    def check(self, name: str, rule: Callable[[str], object]) -> None:
        """Judge what stands in the field ``name`` by ``rule``."""
        with self.judged(name):
            rule(self.said(name))


def sent(request: Request) -> Filled:
    """The form that ``request`` brings. Raises `Problem` as `form.sent` does."""
    found = form.sent(request)
    values = {name: value.decode("utf-8", "replace") for name, value in found.fields.items()}
    return Filled(values, file=found.files[0] if found.files else b"")
