"""The codes of findings, by check and outcome. docs/api.md prints this table; a test compares the two."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from chalicelib.verify.report import Outcome

_ROWS: tuple[tuple[str, Outcome, str], ...] = (
    ("format", Outcome.PASSED, "recognised"),
    (
        "format",
        Outcome.FAILED,
        (
            "duplicate_name number_out_of_range algorithm_refused unencoded_refused token_type_other "
            "claims_contradict claims_malformed date_malformed sd_malformed sd_repeated sd_unused "
            "sd_contradicts key_binding_wrong envelope_malformed structure_incomplete"
        ),
    ),
    (
        "format",
        Outcome.UNKNOWN,
        (
            "no_credential format_unknown too_large too_deep too_many_members algorithm_unsupported "
            "critical_unsupported presentation_unsupported jws_encrypted header_unprotected "
            "too_many_signatures sd_algorithm_unsupported sd_json_unsupported issuer_unnamed "
            "certificate_malformed key_binding_unsupported envelope_unsupported cose_unsupported "
            "badge_unavailable address_insecure verification_unsupported not_an_assertion open_badges_1"
        ),
    ),
    ("structure", Outcome.PASSED, "well_formed"),
    (
        "structure",
        Outcome.FAILED,
        (
            "structure_incomplete structure_malformed member_undefined date_malformed dates_contradict "
            "proof_malformed previous_proof_missing not_base58btc audience_other"
        ),
    ),
    (
        "structure",
        Outcome.UNKNOWN,
        "too_many_proofs too_many_credentials no_credential structure_incomplete structure_malformed",
    ),
    ("context", Outcome.PASSED, "contexts_known"),
    (
        "context",
        Outcome.FAILED,
        (
            "term_undefined term_conflict term_class type_undefined type_invalid keyword_refused "
            "iri_relative iri_compact iri_aliased id_blank node_dropped node_split array_nested "
            "value_null value_invalid value_repeated string_invalid number_range json_invalid"
        ),
    ),
    (
        "context",
        Outcome.UNKNOWN,
        (
            "partly_unsigned context_unknown context_inline canonical_budget document_depth "
            "document_size too_much_at_once proof_context_differs proof_context_missing"
        ),
    ),
    ("proof", Outcome.PASSED, "signature_valid hosted_matches assertion_signed"),
    (
        "proof",
        Outcome.FAILED,
        (
            "signature_wrong hosted_differs proof_missing key_not_listed key_unnamed key_malformed "
            "key_weak key_private key_not_for_signing key_of_another key_other_origin "
            "algorithm_mismatch not_base58btc"
        ),
    ),
    (
        "proof",
        Outcome.UNKNOWN,
        (
            "key_unavailable key_unsupported key_superseded suite_unsupported proof_chain_unsupported "
            "base_proof presentation_unsigned"
        ),
    ),
    ("signer", Outcome.PASSED, "signer_is_issuer host_is_issuer signer_is_holder"),
    (
        "signer",
        Outcome.FAILED,
        (
            "signer_not_issuer signer_not_holder challenge_differs audience_other purpose_wrong "
            "key_not_for_assertions key_revoked key_no_longer_valid key_not_yet_valid proof_expired "
            "proof_not_yet_valid proof_from_the_future"
        ),
    ),
    ("signer", Outcome.UNKNOWN, "proof_undated key_revoked_unknown certificate_untrusted"),
    ("dates", Outcome.PASSED, "within_validity"),
    ("dates", Outcome.FAILED, "expired not_yet_valid"),
    ("status", Outcome.PASSED, "not_revoked"),
    ("status", Outcome.NOT_APPLICABLE, "no_status in_each_credential"),
    ("status", Outcome.FAILED, "revoked suspended"),
    (
        "status",
        Outcome.UNKNOWN,
        (
            "status_type_unknown status_purpose_unknown status_purpose_differs status_size_unsupported "
            "status_message status_value_unknown status_malformed status_withheld no_credential "
            "too_many_entries status_list_unavailable status_list_unproven status_list_wrong_type "
            "status_list_has_status status_list_other_id status_list_other_issuer status_list_malformed "
            "status_list_too_large status_list_too_short status_list_cose too_much_at_once "
            "status_index_out_of_range"
        ),
    ),
    ("issuer", Outcome.PASSED, "issuer_registered issuer_domain_proven"),
    (
        "issuer",
        Outcome.UNKNOWN,
        "issuer_unproven issuer_not_registered issuer_name_differs issuer_lookalike registry_unavailable",
    ),
    ("recipient", Outcome.PASSED, "recipient_matches"),
    ("recipient", Outcome.NOT_APPLICABLE, "not_requested"),
    ("recipient", Outcome.FAILED, "recipient_differs"),
    (
        "recipient",
        Outcome.UNKNOWN,
        "several_subjects recipient_not_named recipient_hash_unsupported recipient_withheld too_many_identifiers",
    ),
    ("extras", Outcome.NOT_APPLICABLE, "no_extras"),
    ("extras", Outcome.PASSED, "schema_matched"),
    ("extras", Outcome.NOT_APPLICABLE, "inner_reported"),
    ("extras", Outcome.UNKNOWN, "extras_not_followed schema_differs"),
)
NOT_REACHED = "not_reached"
"""The code of checks 2 to 10 if one of checks 1 to 5 before them did not pass."""


def _by_code() -> Mapping[str, tuple[tuple[str, Outcome], ...]]:
    found: dict[str, list[tuple[str, Outcome]]] = {}
    for check, outcome, codes in _ROWS:
        for code in codes.split():
            found.setdefault(code, []).append((check, outcome))
    return {code: tuple(places) for code, places in found.items()}


CODES = MappingProxyType(_by_code())
"""Where each code can occur: check names and outcomes."""
