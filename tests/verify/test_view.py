from __future__ import annotations

from typing import Any

from chalicelib.verify.options import DEFAULT_OPTIONS
from chalicelib.verify.verification_context import VerificationContext
from chalicelib.verify.view import View, view_of
from tests.makers import NOW, good_resolver

IMAGE = {"id": "https://example.com/i.png", "type": "Image", "caption": "A star"}


def view_from(document: dict[str, Any]) -> View:
    return view_of(VerificationContext(b"", good_resolver().resolver(), NOW, DEFAULT_OPTIONS, document=document))


def test_a_list_of_one_image_equals_the_image() -> None:
    # Both have the same signature, so a holder could add the list.
    document = {
        "issuer": {"id": "did:example:i", "image": [IMAGE]},
        "credentialSubject": {"achievement": {"image": [IMAGE]}},
    }
    alone = {"issuer": {"id": "did:example:i", "image": IMAGE}, "credentialSubject": {"achievement": {"image": IMAGE}}}
    assert view_from(document) == view_from(alone)
    assert view_from(document)["issuer"] == {
        "id": "did:example:i", "name": None, "url": None, "description": None, "email": None,
        "image": "https://example.com/i.png"
    }  # fmt: skip


def test_a_hashed_name_is_never_shown_as_the_name() -> None:
    for true_value in (True, [True], "true"):
        identifier = {"identityType": "name", "identityHash": "sha256$00", "hashed": true_value}
        view = view_from({"credentialSubject": {"identifier": [identifier]}})
        assert view["holder"] == {"id": None, "name": None}


def test_a_holder_cannot_choose_the_order_of_two_names() -> None:
    names = [{"identityType": ["name"], "identityHash": name} for name in ("Ann", "Zoe")]
    for order in (names, names[::-1]):
        assert view_from({"credentialSubject": {"identifier": order}})["holder"] == {"id": None, "name": "Ann, Zoe"}


def test_several_subjects_are_listed_in_an_order_that_a_holder_cannot_choose() -> None:
    subjects = [
        {"id": "did:example:zoe", "name": "Zoe", "achievement": {"id": "urn:x:1", "name": "Doctor"}},
        {"id": "did:example:ann", "name": "Ann"},
    ]
    view = view_from({"credentialSubject": subjects})
    assert view == view_from({"credentialSubject": subjects[::-1]})
    assert (view["holder"], view["achievement"]) == ({"id": None, "name": "Ann, Zoe"}, None)
    listed: Any = view["subjects"]
    names = {each["holder"]["name"]: each["achievement"] and each["achievement"]["name"] for each in listed}
    assert names == {"Ann": None, "Zoe": "Doctor"}
