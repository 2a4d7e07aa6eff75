"""An assertion, its badge class and its issuer's profile as one Open Badges 3.0 document.

Only members that mean the same in both are translated. The checks and pages read this document instead of the three.
"""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.credential import vocabulary
from chalicelib.verify.members import as_list, as_object, id_of, only, string, text
from chalicelib.verify.open_badges_2 import values

Node = Mapping[str, object]
_CONTEXT = [vocabulary.CREDENTIALS_V2, vocabulary.OPEN_BADGES_V3]
_ALIGNMENT = ("targetName", "targetUrl", "targetDescription", "targetFramework", "targetCode")


def document_of(assertion: Node, badge: Node, issuer: Node) -> dict[str, object]:
    """Return the three as one document."""
    identifier = values.identity(assertion.get("recipient"))
    document: dict[str, object] = {
        "@context": _CONTEXT,
        "id": assertion.get("id"),
        "type": [vocabulary.VERIFIABLE_CREDENTIAL, vocabulary.OPEN_BADGE],
        "issuer": _profile(issuer),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            **({"identifier": [identifier]} if identifier else {}),
            "achievement": _achievement(badge),
        },
    }
    if "issuedOn" in assertion:
        document["validFrom"] = values.timestamp(assertion["issuedOn"])
    if assertion.get("expires") is not None:
        document["validUntil"] = values.timestamp(assertion["expires"], end_of_day=True)
    if evidence := values.evidence(assertion):
        document["evidence"] = evidence
    if name := text(badge.get("name")):
        document["name"] = name
    return document


def withdrawn(address: str, site: str) -> dict[str, object]:
    """Return what is known of an assertion that its ``site`` has taken back: its ``address``."""
    return {
        "@context": [vocabulary.CREDENTIALS_V2],
        "id": address,
        "type": [vocabulary.VERIFIABLE_CREDENTIAL],
        "issuer": site,
        "credentialSubject": {"type": "Assertion"},
    }


def _profile(issuer: Node) -> dict[str, object]:
    image = id_of(only(issuer.get("image")))
    return {
        "id": issuer.get("id"),
        "type": ["Profile"],
        **_texts(issuer, "name", "url", "email", "description"),
        **({"image": {"id": image, "type": "Image"}} if image else {}),
    }


def _achievement(badge: Node) -> dict[str, object]:
    criteria = badge.get("criteria")
    criteria_node = {"id": criteria} if isinstance(criteria, str) else as_object(only(criteria))
    image = only(badge.get("image"))
    caption = text(as_object(image).get("caption"))
    achievement: dict[str, object] = {
        "id": badge.get("id"),
        "type": ["Achievement"],
        **_texts(badge, "name", "description"),
    }
    if requirements := _texts(criteria_node, "id", "narrative"):
        achievement["criteria"] = requirements
    if address := id_of(image):
        achievement["image"] = {"id": address, "type": "Image", **({"caption": caption} if caption else {})}
    alignments = [as_object(item) for item in as_list(badge.get("alignment"))]
    named = [item for item in alignments if text(item.get("targetName")) and text(item.get("targetUrl"))]
    if named:
        achievement["alignment"] = [{"type": ["Alignment"], **_texts(item, *_ALIGNMENT)} for item in named]
    if tags := [tag for tag in as_list(badge.get("tags")) if isinstance(tag, str) and tag]:
        achievement["tag"] = tags
    return achievement


def _texts(node: Node, *names: str) -> dict[str, object]:
    return {name: value for name in names if (value := string(only(node.get(name))))}
