"""The page for a spreadsheet of links: `/verify/batch`."""

from __future__ import annotations

import base64
import csv
import io
import re

from tests.http.fake_laurel import BASE_URL, KINDS, id_of
from tests.http.gateway import HTML, Gateway, Response
from tests.http.senders import FORM, form

URL = "/verify/batch"


def link(kind: str) -> str:
    return f"{BASE_URL}/c/{id_of(kind)}"


def submit(client: Gateway, links: str = "", file: bytes = b"", **headers: str) -> Response:
    body = form(("file", file, "links.csv" if file else ""), ("links", links.encode()))
    return client("POST", URL, body=body, accept=HTML, content_type=FORM, **headers)


def results(response: Response) -> list[list[str]]:
    """The rows of the file that the page offers."""
    found = re.search(r'href="data:text/csv;charset=utf-8;base64,([^"]+)"', response.text)
    assert found is not None
    return list(csv.reader(io.StringIO(base64.b64decode(found[1]).decode("utf-8-sig"))))


def test_the_home_page_leads_to_it(client: Gateway) -> None:
    assert f"{BASE_URL}{URL}" in client.get("/", accept=HTML).text
    page = client.get(URL, accept=HTML)
    assert (page.status, page.headers["cache-control"]) == (200, "public, max-age=300")
    assert "<script" not in page.text


def test_a_file_gives_a_table_of_verdicts(client: Gateway) -> None:
    rows = "".join(f"{kind},{link(kind)}\n" for kind in KINDS)
    page = submit(client, file=f"ref,url\n{rows}".encode())
    assert page.status == 200
    found = results(page)
    assert [row[:2] for row in found] == [["ref", "link"], *([kind, link(kind)] for kind in KINDS)]
    assert [row[2] for row in found[1:4]] == ["valid", "expired", "not_yet_valid"]
    assert page.text.count("<tr>") == len(KINDS) + 1
    assert page.headers["cache-control"] == "no-store"


def test_pasted_links_work_too_and_a_bad_row_fails_alone(client: Gateway) -> None:
    found = results(submit(client, f"{link('valid')}\nnot a link\n{link('revoked')}"))
    assert [row[2] for row in found[1:]] == ["valid", "", "revoked"]


def test_no_cell_of_the_results_is_a_formula(client: Gateway) -> None:
    found = results(submit(client, file=f'ref,url\n"=HYPERLINK(""x"")",{link("valid")}\n@x,{link("valid")}\n'.encode()))
    assert [row[0] for row in found[1:]] == ['\'=HYPERLINK("x")', "'@x"]


def test_text_of_the_file_is_never_markup(client: Gateway) -> None:
    page = submit(client, file=f"ref,url\n<script>alert(1)</script>,{link('valid')}\n".encode())
    assert "<script" not in page.text


def test_what_cannot_be_read_is_explained_beside_the_form(client: Gateway) -> None:
    many = "\n".join([link("valid")] * 51)
    for sent, status in (("", 422), (many, 413)):
        page = submit(client, sent)
        assert page.status == status
        assert 'role="alert"' in page.text
        assert "<table" not in page.text
    assert submit(client, file=b"\xff\xfea").status == 400
    assert submit(client, link("valid"), b"x").status == 400


def test_links_count_against_the_limit_of_the_network(client: Gateway) -> None:
    many = "\n".join([link("valid")] * 50)
    assert [submit(client, many).status for _ in range(2)] == [200, 429]


def test_it_is_in_the_language_of_the_reader(client: Gateway) -> None:
    page = client.get(URL, accept=HTML, accept_language="de")
    assert "Viele Nachweise prüfen" in page.text
