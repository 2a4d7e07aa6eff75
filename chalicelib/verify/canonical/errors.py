"""The errors for a document that has no canonical form."""

from __future__ import annotations

from chalicelib.errors import LaurelError


class CanonicalError(LaurelError):
    """The document has no canonical form that Laurel can vouch for.

    Codes, by what the caller may conclude:

    could not check (unknown):
      ``context_unknown`` a context that is not bundled; ``context_inline`` terms defined in the document itself;
      ``canonical_budget`` more work than a legitimate credential needs; ``document_depth``, ``document_size`` too big;
      ``too_much_at_once`` more work than all credentials of a request may cause.

    data would be dropped, hidden or renamed without invalidating the signature (failed):
      ``term_undefined`` a member that no context defines; ``term_conflict`` a protected term redefined;
      ``term_class`` a class used as a member, or a member as a class; ``type_undefined``, ``type_invalid``;
      ``keyword_refused`` a JSON-LD keyword where only an alias, or no keyword, is allowed; ``iri_relative`` not an
      absolute IRI; ``iri_compact`` a prefix used in a value; ``iri_aliased`` an IRI written out although it has a
      term; ``id_blank`` a blank node label as an identifier; ``node_dropped`` an object without statements where only
      statements are kept; ``node_split`` parts of the document's own node in a nested object; ``array_nested``,
      ``value_null``, ``value_invalid``, ``value_repeated`` a duplicate value, which RDF keeps once; ``string_invalid``,
      ``number_range``; ``json_invalid`` not a JSON value.
    """

    code = "canonical"


CANNOT_CHECK = frozenset(
    {"context_unknown", "context_inline", "canonical_budget", "document_depth", "document_size", "too_much_at_once"}
)
"""Codes that mean "could not check"; every other code of `CanonicalError` means "failed"."""
