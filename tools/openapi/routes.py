"""The bound routes of the application, with their access rules."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

from chalicelib.http.app import create_app
from chalicelib.http.core.access import Rule
from chalicelib.http.core.ports import Services
from chalicelib.settings import read

BASE_URL = "https://laurel.example"
_SETTINGS = (
    "STAGE", "CREDENTIALS_TABLE", "DIRECTORY_TABLE", "EVENTS_TABLE", "SECRETS_TABLE", "ERASURES_TABLE", "EVENT_ARCHIVE",
    "HOST_KEY_ID", "SHARED_KEY_ID", "RECEIPT_KEY_ID", "AWS_DEFAULT_REGION",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class BoundRoute:
    """A method and a path, and how they are bound."""

    method: str
    path: str
    rule: Rule
    idempotent: bool
    """Whether the view reads the `Idempotency-Key`."""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@cache
def bound_routes() -> dict[str, BoundRoute]:
    """Every bound route by method and path, except `HEAD` and `OPTIONS`, which follow from the others."""
    settings = read({**dict.fromkeys(_SETTINGS, "contract"), "BASE_URL": BASE_URL})
    # Binding a view reads the settings only.
    app = create_app(cast("Services", SimpleNamespace(settings=settings)))
    entries: dict[str, dict[str, Any]] = app.routes
    found = (
        BoundRoute(method, path, entry.view_function.access, entry.view_function.idempotent)
        for path, methods in entries.items()
        for method, entry in methods.items()
        if method not in ("HEAD", "OPTIONS")
    )
    return {str(route): route for route in found}
