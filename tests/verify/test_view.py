from __future__ import annotations

from typing import Any

from chalicelib.verify.options import DEFAULT_OPTIONS
from chalicelib.verify.verification_context import VerificationContext
from chalicelib.verify.view import View, view_of
from tests.makers import NOW, good_resolver

IMAGE = {"id": "https://example.com/i.png", "type": "Image", "caption": "A star"}


def shown(document: dict[str, Any]) -> View:
    return view_of(VerificationContext(b"", good_resolver().resolver(), NOW, DEFAULT_OPTIONS, document=document))


def test_a_list_of_one_image_is_shown_as_the_image() -> None:
    # Both are signed alike, so whoever passes the credential on could put the list around it.
    document = {
        "issuer": {"id": "did:example:i", "image": [IMAGE]},
        "credentialSubject": {"achievement": {"image": [IMAGE]}},
    }
    alone = {"issuer": {"id": "did:example:i", "image": IMAGE}, "credentialSubject": {"achievement": {"image": IMAGE}}}
    assert shown(document) == shown(alone)
    assert shown(document)["issuer"] == {
        "id": "did:example:i", "name": None, "url": None, "image": "https://example.com/i.png"
    }  # fmt: skip


def test_a_hashed_name_is_never_shown_as_the_name() -> None:
    for yes in (True, [True], "true"):
        identifier = {"identityType": "name", "identityHash": "sha256$00", "hashed": yes}
        view = shown({"credentialSubject": {"identifier": [identifier]}})
        assert view["holder"] == {"id": None, "name": None}


def test_of_two_names_none_comes_first_by_the_choice_of_who_passes_it_on() -> None:
    names = [{"identityType": ["name"], "identityHash": name} for name in ("Ann", "Zoe")]
    for order in (names, names[::-1]):
        assert shown({"credentialSubject": {"identifier": order}})["holder"] == {"id": None, "name": "Ann, Zoe"}
