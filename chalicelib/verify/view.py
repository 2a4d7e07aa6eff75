"""The verified view: the contents of a verified credential, in one shape for pages and programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from chalicelib.verify.members import as_list, as_object, id_of, is_true, only, string, text
from chalicelib.verify.verification_context import VerificationContext

Node = Callable[[object], Mapping[str, object]]
View = dict[str, object]
"""JSON: `id, types, name, description, issuer{id, name, url, description, email, image}, holder{id, name},
achievement{id, name, description, criteria{narrative, url}, image{url, alt}, kind, language, skills[{name, url,
framework, code}]}, valid_from, valid_until, evidence[{url, name, narrative}]`; every leaf may be null. One about
several subjects also has `subjects[{holder, achievement}]`, and no `achievement` of its own."""


def view_of(verification: VerificationContext) -> View:
    """Build the view of the document. Call it only after check 4 passed: a view is shown as the issuer's statement."""
    document, model, node = verification.document, verification.model, verification.node
    subjects = [node(item) for item in as_list(document.get("credentialSubject"))]
    subject = subjects[0] if len(subjects) == 1 else {}
    achievement = node(subject.get("achievement"))
    issuer = node(document.get("issuer"))
    view: View = {
        "id": string(document.get("id")),
        "types": [kind for kind in as_list(document.get("type")) if isinstance(kind, str)],
        "name": text(document.get("name")) or text(achievement.get("name")),
        "description": text(document.get("description")),
        "issuer": {
            "id": id_of(document.get("issuer")),
            "name": text(issuer.get("name")),
            "url": text(issuer.get("url")),
            "description": text(issuer.get("description")),
            "email": text(issuer.get("email")),
            "image": id_of(only(issuer.get("image"))),
        },
        "holder": {"id": string(subject.get("id")), "name": _holder_name(subject, node)},
        "achievement": _achievement(achievement, node) if achievement else None,
        "valid_from": text(document.get(model.start)),
        "valid_until": text(document.get(model.end)),
        "evidence": [
            {"url": string(item.get("id")), "name": text(item.get("name")), "narrative": text(item.get("narrative"))}
            for item in map(node, as_list(document.get("evidence")))
        ],
    }
    return view if len(subjects) < 2 else {**view, **_several(subjects, node)}


def subject_ids(view: Mapping[str, object]) -> list[str | None]:
    """Return the id of each person or thing that ``view`` is about; None for one that it does not identify."""
    subjects = [subject for subject in map(as_object, as_list(view.get("subjects"))) if subject] or [view]
    return [string(as_object(subject.get("holder")).get("id")) for subject in subjects]


def _several(subjects: list[Mapping[str, object]], node: Node) -> View:
    """Describe a credential about several subjects, in an order that does not depend on the credential's own: that is
    not signed, so a holder could put any of them first."""
    described: list[View] = []
    for subject in subjects:
        achievement = node(subject.get("achievement"))
        described.append(
            {
                "holder": {"id": string(subject.get("id")), "name": _holder_name(subject, node)},
                "achievement": _achievement(achievement, node) if achievement else None,
            }
        )
    names = {name for subject in subjects if (name := _holder_name(subject, node))}
    return {
        "holder": {"id": None, "name": ", ".join(sorted(names)) or None},
        "subjects": sorted(described, key=lambda each: json.dumps(each, sort_keys=True)),
    }


def _holder_name(subject: Mapping[str, object], node: Node) -> str | None:
    """Join all names in sorted order: the order in the credential is not signed, so a holder could change it."""
    names = {
        name
        for identifier in map(node, as_list(subject.get("identifier")))
        if text(identifier.get("identityType")) == "name" and not is_true(identifier.get("hashed"))
        if (name := text(identifier.get("identityHash")))
    }
    return ", ".join(sorted(names)) or text(subject.get("name"))


def _achievement(achievement: Mapping[str, object], node: Node) -> View:
    criteria, image = node(achievement.get("criteria")), only(achievement.get("image"))
    return {
        "id": string(achievement.get("id")),
        "name": text(achievement.get("name")),
        "description": text(achievement.get("description")),
        "criteria": {"narrative": text(criteria.get("narrative")), "url": string(criteria.get("id"))},
        "image": {"url": id_of(image), "alt": text(node(image).get("caption"))} if image else None,
        "kind": text(achievement.get("achievementType")),
        "language": text(achievement.get("inLanguage")),
        "skills": [
            *(_skill(node(item)) for item in as_list(achievement.get("alignment"))),
            *(_tag(name) for item in as_list(achievement.get("tag")) if (name := text(item))),
        ],
    }


def _tag(name: str) -> View:
    """A skill that the issuer only names: an alignment would need a URL."""
    return {"name": name, "url": None, "framework": None, "code": None}


def _skill(alignment: Mapping[str, object]) -> View:
    return {
        "name": text(alignment.get("targetName")),
        "url": text(alignment.get("targetUrl")),
        "framework": text(alignment.get("targetFramework")),
        "code": text(alignment.get("targetCode")),
    }
