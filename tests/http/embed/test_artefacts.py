"""Share image, QR code, certificate and downloads of hosted credentials."""

from __future__ import annotations

import io
import json
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from PIL import Image
from pypdf import PdfReader

from chalicelib.analytics.event import Kind
from chalicelib.award.images import formats
from chalicelib.award.issuers import issuer_actions
from chalicelib.award.issuing import issue, status_changes
from chalicelib.award.issuing.issue import Award
from chalicelib.credential.baked import svg
from chalicelib.credential.build import Holder
from chalicelib.credential.record import Image as StoredImage
from chalicelib.embed.artefacts import certificate, share_image
from chalicelib.embed.artefacts.template import Paper, Template
from chalicelib.errors import Refused
from chalicelib.http.embed.artefact_of import with_short_domains
from chalicelib.language.translation import translation
from chalicelib.verify.checks import issuer
from chalicelib.verify.ports import KnownDomain
from chalicelib.verify.report import Evidence
from tests.embed.artefacts.makers import ARTEFACT
from tests.http.fake_laurel import BASE_URL, KINDS, Laurel, id_of
from tests.http.gateway import HTML, Gateway
from tests.makers import NOW

HERE = f"/c/{id_of('valid')}"
FILES = ("credential.json", "credential.jwt", "badge.png", "badge.svg", "certificate.pdf")


@pytest.mark.parametrize("kind", KINDS)
def test_share_image_of_every_credential_is_public_and_cached(client: Gateway, laurel: Laurel, kind: str) -> None:
    path = f"/c/{id_of(kind)}/card.png"
    response = client.get(path)
    assert (response.status, response.headers["content-type"]) == (200, "image/png")
    assert Image.open(io.BytesIO(response.body)).size == (1200, 630)
    assert response.headers["cache-control"] == "public, max-age=3600"
    assert client.get(path, if_none_match=response.headers["etag"]).status == 304
    assert laurel.event_store.events == {}, "a preview shows nothing to a person yet"


def test_share_image_of_a_revoked_credential_is_that_of_a_valid_one(client: Gateway, laurel: Laurel) -> None:
    before = client.get(f"{HERE}/card.png").body
    record = laurel.issuer_store.record(id_of("valid"))
    status_changes.revoke(laurel.issuer_context, record.issuer_id, record.id)
    assert client.get(f"/v1/credentials/{record.id}/report").json["verdict"] == "revoked"
    assert client.get(f"{HERE}/card.png").body == before


@pytest.mark.parametrize("file", ["card.png", "qr.svg", *FILES])
def test_unknown_id_is_not_found(client: Gateway, file: str) -> None:
    for name in ("z" * 26, "x", "a" * 26 + "%00"):
        assert client.get(f"/c/{name}/{file}").json["code"] == "not_found"


def test_page_names_its_share_image(client: Gateway) -> None:
    page = client.get(HERE, accept=HTML).text
    assert f'<meta property="og:image" content="http://localhost:8000{HERE}/card.png">' in page
    assert '<meta name="twitter:card" content="summary_large_image">' in page
    for file in ("qr.svg", *FILES):
        assert f"{HERE}/{file}" in page


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "valid"])
def test_there_is_no_certificate_of_a_credential_that_is_not_valid(client: Gateway, kind: str) -> None:
    response = client.get(f"/c/{id_of(kind)}/certificate.pdf")
    assert (response.status, response.json["code"]) == (409, "not_valid")
    assert "certificate.pdf" not in client.get(f"/c/{id_of(kind)}", accept=HTML).text


def test_certificate_is_a_file_with_the_title_and_contents_of_the_credential(client: Gateway) -> None:
    response = client.get(f"{HERE}/certificate.pdf?paper=letter")
    assert (response.status, response.headers["content-type"]) == (200, "application/pdf")
    assert response.headers["content-disposition"] == 'attachment; filename="Data analysis in practice.pdf"'
    assert response.headers["cache-control"] == "no-store"
    reader = PdfReader(io.BytesIO(response.body))
    assert f"http://localhost:8000{HERE}" in reader.pages[0].extract_text()
    assert [float(side) for side in reader.pages[0].mediabox[2:]] == [792, 612]


def test_certificate_that_would_lack_a_name_is_refused(client: Gateway, laurel: Laurel) -> None:
    issuer_id = laurel.issuer_store.record(id_of("valid")).issuer_id
    achievement_id = laurel.issuer_store.record(id_of("valid")).achievement_id
    award = Award(issuer_id, achievement_id, Holder("გიორგი"))
    path = f"/c/{issue.issue(laurel.issuer_context, award).id}"
    assert client.get(f"{path}/certificate.pdf").json["code"] == "format_not_supported"
    assert "certificate.pdf" not in client.get(path, accept=HTML).text
    assert client.get(f"{path}/card.png").status == 200


def test_issuer_chooses_the_template(client: Gateway, laurel: Laurel) -> None:
    issuer_id = laurel.issuer_store.record(id_of("valid")).issuer_id
    found = set()
    for template in ("classic", "modern", "plain", None):
        issuer_actions.update_profile(laurel.issuer_context, issuer_id, {"certificate_template": template})
        found.add(client.get(f"{HERE}/certificate.pdf").body)
    assert len(found) == 3


@pytest.mark.parametrize("kind", ["valid", "revoked", "tampered"])
@pytest.mark.parametrize("file", ["credential.json", "badge.png", "badge.svg"])
def test_every_download_verifies_as_its_credential_does(client: Gateway, kind: str, file: str) -> None:
    response = client.get(f"/c/{id_of(kind)}/{file}")
    assert response.status == 200
    is_named = kind != "tampered" and file != "credential.json"
    name = "Data analysis in practice" if is_named else f"credential-{id_of(kind)}"
    assert response.headers["content-disposition"].startswith(f'attachment; filename="{name}.')
    verdict = client.post("/v1/verify", response.body).json["verdict"]
    assert verdict == client.get(f"/v1/credentials/{id_of(kind)}/report").json["verdict"]


def test_token_is_downloaded_if_there_is_one(client: Gateway, laurel: Laurel) -> None:
    record = laurel.issuer_store.record(id_of("valid"))
    assert client.get(f"{HERE}/credential.jwt").body.decode() == record.jwt
    laurel.issuer_store._records[record.id] = replace(record, jwt=None)
    assert client.get(f"{HERE}/credential.jwt").status == 404


def test_baked_badges_are_read_by_other_programs(client: Gateway, laurel: Laurel) -> None:
    document = json.loads(laurel.issuer_store.record(id_of("valid")).document)
    image = Image.open(io.BytesIO(client.get(f"{HERE}/badge.png").body))
    image.load()
    assert json.loads(image.text["openbadgecredential"]) == document
    root = ET.fromstring(client.get(f"{HERE}/badge.svg").body)  # noqa: S314 - our own image
    assert json.loads(root[0].text or "") == document
    assert root[0].tag == f"{{{svg.NAMESPACE}}}credential"


def test_downloads_are_counted_and_a_head_request_is_not(client: Gateway, laurel: Laurel) -> None:
    for file in FILES:
        client.head(f"{HERE}/{file}")
    assert laurel.event_store.events == {}
    for file in FILES:
        client.get(f"{HERE}/{file}")
    assert [event.kind for event in laurel.event_store.events.values()] == [Kind.DOWNLOAD] * len(FILES)


def test_qr_code_never_changes(client: Gateway) -> None:
    response = client.get(f"{HERE}/qr.svg")
    assert (response.status, response.headers["content-type"]) == (200, "image/svg+xml")
    assert response.headers["cache-control"].endswith("immutable")


def test_costly_svg_images_are_not_rendered_but_are_baked(client: Gateway, laurel: Laurel) -> None:
    from chalicelib.http.embed import artefact_of

    costly = (
        b'<svg xmlns="http://www.w3.org/2000/svg"><filter id="f"><feGaussianBlur stdDeviation="999"/></filter></svg>'
    )
    assert formats.check(costly)
    image = StoredImage("a" * 64, "image/svg+xml", costly)
    laurel.issuer_store.add_image(image)
    url = f"http://localhost:8000/images/{image.file_name}"
    assert artefact_of._stored(laurel.issuer_store.image, BASE_URL, url, rendered=True) is None
    assert artefact_of._stored(laurel.issuer_store.image, BASE_URL, url, rendered=False) is not None


def test_unknown_template_is_refused(laurel: Laurel) -> None:
    issuer_id = laurel.issuer_store.record(id_of("valid")).issuer_id
    with pytest.raises(Refused) as caught:
        issuer_actions.update_profile(laurel.issuer_context, issuer_id, {"certificate_template": "gothic"})
    assert caught.value.code == "bad_template"


def _domain(length: int, end: str) -> str:
    """A domain of ``length`` characters that starts like that of someone else."""
    start = "harvard.edu."
    return start + ("a" * 60 + ".") * 3 + "b" * (length - len(start) - 183 - len(end)) + end


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_long_domain_is_shortened_at_its_start_and_its_end_is_always_drawn(count: int) -> None:
    """The end says whose domain it is: "harvard.edu.aaaa…" would be taken for another one."""
    ends = [f".evil{number}.example" for number in range(count)]
    known = [KnownDomain(_domain(253, end), Evidence("", NOW, "")) for end in ends]
    short = with_short_domains(issuer._confirmed(known))
    assert "harvard" not in translation("de").own(short)
    artefact = replace(ARTEFACT, issuer_proof=short)
    image = ET.fromstring(share_image.draw(artefact))  # noqa: S314 - our own drawing
    assert ARTEFACT.claims
    document = certificate.draw(artefact, ARTEFACT.claims, Template.CLASSIC, Paper.A4)
    printed = PdfReader(io.BytesIO(document)).pages[0].extract_text()
    for drawn in ("".join(image.itertext()), printed):
        assert all(end in "".join(drawn.split()) for end in ends), drawn


def test_a_domain_that_fits_is_not_shortened() -> None:
    sentence = f"The issuer has verified the domain {'a' * 59}.example."
    assert with_short_domains(sentence) == sentence
