"""Why a document has no canonical form."""

from __future__ import annotations

from chalicelib.errors import LaurelError


class CanonicalError(LaurelError):
    """The document has no canonical form that we vouch for.

    Codes, by what the caller may conclude:

    could not check (unknown):
      ``context_unknown`` a context that is not bundled; ``context_inline`` terms defined in the document itself;
      ``canonical_budget`` more work than any honest credential needs; ``document_depth``, ``document_size`` too big.

    data would be dropped, hidden or renamed without the signature noticing (failed):
      ``term_undefined`` a member that no context defines; ``term_conflict`` a protected term redefined;
      ``term_class`` a class used as a member, or a member as a class; ``type_undefined``, ``type_invalid``;
      ``keyword_refused`` a JSON-LD keyword where an alias or nothing belongs; ``iri_relative`` no absolute IRI;
      ``iri_compact`` a prefix used in a value; ``iri_aliased`` an IRI spelled out though there is a term for it;
      ``id_blank`` a blank node's label as an identifier; ``node_dropped`` an object that states nothing where only
      statements are kept; ``node_split`` parts of the document's own node placed deeper; ``array_nested``,
      ``value_null``, ``value_invalid``, ``value_repeated`` one value twice, which RDF keeps once; ``string_invalid``,
      ``number_range``; ``json_invalid`` no JSON value at all.
    """

    code = "canonical"


CANNOT_CHECK = frozenset({"context_unknown", "context_inline", "canonical_budget", "document_depth", "document_size"})
"""The codes that say "could not check"; every other code of `CanonicalError` says "failed"."""
