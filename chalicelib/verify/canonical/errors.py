"""Why a document has no canonical form."""

from __future__ import annotations

from chalicelib.errors import LaurelError


class CanonicalError(LaurelError):
    """The document has no canonical form that we vouch for.

    Codes, by what the caller may conclude:

    could not check (a verdict of unknown):
      ``context_unknown`` a context that is not bundled; ``context_inline`` terms defined in the document itself;
      ``canonical_budget`` more work than any honest credential needs; ``document_depth``, ``document_size`` beyond the caps.

    data would be dropped, hidden or renamed without the signature noticing (failed):
      ``term_undefined`` a member no context defines; ``term_class`` a class used as a member, or a member as a class;
      ``type_undefined``, ``type_invalid``; ``term_conflict`` a protected term redefined; ``keyword_refused`` a JSON-LD keyword where an
      alias or nothing belongs; ``iri_relative`` something that is no absolute IRI; ``iri_compact`` a prefix used in a value;
      ``iri_aliased`` an IRI spelled out though a term exists for it; ``id_blank`` a blank node's label as an identifier;
      ``node_dropped`` an object that states nothing where its statements are all that would be kept; ``node_split`` parts of the
      document's own node placed deeper; ``value_null``, ``value_invalid``, ``array_nested``, ``string_invalid``,
      ``number_range``; ``json_invalid`` not a JSON value at all.
    """

    code = "canonical"


CANNOT_CHECK = frozenset({"context_unknown", "context_inline", "canonical_budget", "document_depth", "document_size"})
"""The codes that say "could not check"; every other code of `CanonicalError` says "failed"."""
