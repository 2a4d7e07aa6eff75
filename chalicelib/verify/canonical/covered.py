"""The statements that a signature over RDF covers in a document of which it does not cover everything.

JSON-LD drops members and types that no context defines, so anyone can add them to a signed document. Such a document
is never valid, but its issuer may have signed the rest of it, without noticing that a context was missing.
"""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.verify.canonical.errors import CanonicalError
from chalicelib.verify.canonical.quads import MAX_DEPTH, MAX_NODES, Quads, Walk, converted
from chalicelib.verify.canonical.tables import ActiveContext, Term

UNDEFINED = frozenset({"term_undefined", "type_undefined"})
"""Codes of `CanonicalError` for what JSON-LD drops, and this conversion leaves out."""


def covered(document: Mapping[str, object]) -> tuple[Quads, tuple[str, ...]]:
    """Convert what is defined in ``document``; return it with the names of the members and types that are not.

    Raises `CanonicalError` as `to_quads` does for everything else.
    """
    walk = _CoveredWalk()
    return converted(walk, dict(document)), tuple(walk.undefined)


class _CoveredWalk(Walk):
    """A conversion that leaves out what no context defines."""

    __slots__ = ("undefined",)

    def __init__(self) -> None:
        super().__init__(MAX_DEPTH, MAX_NODES)
        self.undefined: dict[str, None] = {}

    def undefined_member(self, name: str, active: ActiveContext) -> Term | None:
        try:
            return super().undefined_member(name, active)
        except CanonicalError as error:
            self._leave_out(name, error)
            return None

    def undefined_class(self, name: object, base: ActiveContext) -> str | None:
        try:
            return super().undefined_class(name, base)
        except CanonicalError as error:
            self._leave_out(name, error)
            return None

    def _leave_out(self, name: object, error: CanonicalError) -> None:
        # JSON-LD does not drop a name with a colon: it may be an IRI, and so be covered.
        if error.code not in UNDEFINED or not isinstance(name, str) or ":" in name:
            raise error
        self.undefined[name] = None
