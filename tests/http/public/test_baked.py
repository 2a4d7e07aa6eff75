"""Baked badges, sent to the API and dropped on the home page."""

from __future__ import annotations

import html
import json
import re

import pytest

from chalicelib.credential.baked import png, svg
from tests.credential.baked.images import PLAIN_SVG, plain_png, png_of, text_chunk
from tests.http import senders
from tests.http.fake_laurel import Laurel, id_of
from tests.http.gateway import Gateway
from tests.http.public.test_home import HTML

IMAGES = {"png": (png.write, plain_png()), "svg": (svg.write, PLAIN_SVG)}


def baked(client: Gateway, form: str, kind: str = "valid") -> bytes:
    writer, image = IMAGES[form]
    return writer(image, client.get(f"/c/{id_of(kind)}", accept="application/vc").body)


@pytest.mark.parametrize("form", IMAGES)
@pytest.mark.parametrize(("kind", "verdict"), [("valid", "valid"), ("revoked", "revoked"), ("tampered", "invalid")])
def test_baked_badge_gets_the_verdict_of_its_credential(client: Gateway, form: str, kind: str, verdict: str) -> None:
    for content_type in ("image/png", "application/octet-stream"):
        response = client.post("/v1/verify", baked(client, form, kind), content_type=content_type)
        assert (response.status, response.json["verdict"]) == (200, verdict)


@pytest.mark.parametrize("form", IMAGES)
def test_baked_badge_is_checked_on_the_home_page_and_can_be_checked_again(client: Gateway, form: str) -> None:
    body = senders.filled_form(file=baked(client, form))
    response = client("POST", "/", body=body, accept=HTML, content_type=senders.FORM)
    assert (response.status, "This credential is genuine and valid" in response.text) == (200, True)
    again = re.search(r'<input type="hidden" name="credential" value="(\{[^"]*)"', response.text)
    assert again, "the form that asks for the recipient sends the credential, not the image"
    assert json.loads(html.unescape(again[1]))["type"]


def test_json_in_an_image_is_verified_strictly(client: Gateway, laurel: Laurel) -> None:
    document = json.loads(client.get(f"/c/{id_of('valid')}", accept="application/vc").body)
    document["credentialSubject"]["achievement"]["name"] = "Another title"
    response = client.post("/v1/verify", png_of(text_chunk(json.dumps(document).encode())))
    assert response.json["verdict"] == "invalid"
