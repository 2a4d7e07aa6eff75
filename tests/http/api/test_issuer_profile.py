"""An issuer's profile through the API."""

from __future__ import annotations

import json

import pytest

from chalicelib.access.roles import Role
from tests.http.fake_laurel import Laurel
from tests.http.gateway import Gateway, Response
from tests.http.signed_in import as_token

PATH = "/v1/issuers/fernhill"


def patch(client: Gateway, laurel: Laurel, **changes: object) -> Response:
    body = json.dumps({"version": laurel.issuer_store.issuer("fernhill").profile_version, **changes}).encode()
    headers = as_token(laurel, "fernhill", Role.OWNER)
    return client("PATCH", PATH, body=body, content_type="application/json", **headers)


@pytest.mark.parametrize(("accent", "ratio"), [("#ffee88", "1.17:1"), ("#777777", "4.47:1"), ("#ffffff", "1.0:1")])
def test_an_unreadable_colour_is_refused_with_its_contrast_ratio(
    client: Gateway, laurel: Laurel, accent: str, ratio: str
) -> None:
    response = patch(client, laurel, accent=accent)
    assert response.status == 422
    assert f"the contrast is {ratio}, and at least 4.5:1 is needed" in response.json["detail"]
    assert laurel.issuer_store.issuer("fernhill").accent is None


def test_only_an_operator_sets_the_host_of_its_pages(client: Gateway, laurel: Laurel) -> None:
    assert patch(client, laurel, page_host="credentials.fernhill.example").status == 400
    assert laurel.issuer_store.issuer("fernhill").page_host is None
