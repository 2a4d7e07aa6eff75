"""Find the credentials inside a credential: those of a CLR (CLR 2.0, ClrSubject), and endorsements (OB 3.0, 4.5).

Each has a signature of its own, so each is verified as if it had been submitted alone. The signature around it adds
nothing to it, and its verdict changes nothing outside it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from chalicelib.verify.members import as_list, as_object

INNER = {"verifiableCredential": "credential", "endorsement": "endorsement", "endorsementJwt": "endorsement"}
"""Members with credentials in them, and their kind."""
MAX_INNER = 20
"""Maximum number of credentials inside a credential, at any depth: all of them share the time of one request."""


def inner_credentials(document: Mapping[str, object]) -> tuple[tuple[str, bytes], ...] | None:
    """Return each credential in ``document`` with its kind; None if something there is no credential."""
    found = []
    for node in _nodes(document):
        for name, kind in INNER.items():
            for item in as_list(node.get(name)):
                if not item or not isinstance(item, str | dict):
                    return None
                # Strict JSON means the same in any serialization.
                text = item if isinstance(item, str) else json.dumps(item, ensure_ascii=False, separators=(",", ":"))
                found.append((kind, text.encode("utf-8", "replace")))
    return tuple(found)


def _nodes(document: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    yield document
    yield as_object(document.get("issuer"))
    for subject in map(as_object, as_list(document.get("credentialSubject"))):
        yield subject
        for achievement in map(as_object, as_list(subject.get("achievement"))):
            yield achievement
            yield as_object(achievement.get("creator"))
