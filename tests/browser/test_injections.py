"""No text of a credential runs script in any output, even in a browser that ignores the Content Security Policy."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from html import escape
from itertools import product
from typing import Any, TypeVar
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, Route

from chalicelib.award.issuing import issue
from chalicelib.credential.build import Holder
from chalicelib.embed import snippets
from chalicelib.embed.snippets import Kind, Look
from chalicelib.http.embed.badge_of import badge_of
from chalicelib.verify.data_integrity import sign
from tests import makers
from tests.browser.injections import PAYLOADS, PLACES
from tests.http.fake_laurel import Laurel, id_of, seeded
from tests.http.gateway import HTML, Gateway

ENOUGH = 200
TOGETHER = 60
"""Outputs in one page of the other website."""
SMALL_TOGETHER = 250
"""Documents of one element each in such a page."""
PLACES_TOGETHER = 4
"""Places to try at once for the payloads that do not run as the text of an element, as most do."""
QUIET = 250
"""Milliseconds to wait for what runs late, such as an image that cannot be loaded."""
PATIENT = 3_000
"""The same on a machine that is busy with other tests."""
T = TypeVar("T")
pytestmark = pytest.mark.xdist_group("injections")  # the outputs of all payloads are made once
WEBSITE = "http://website.example/"
MARK = """window.alert = () => {
  let frame = window;
  while (!/^p\\d+$/.test(frame.name)) frame = frame.parent;
  console.log("ran " + frame.name);
};
addEventListener("message", ({ data }) => {
  if (data !== "touch") return;
  for (let at = 0; at < frames.length; at++) frames[at].postMessage("touch", "*");
  for (const node of document.querySelectorAll("[onfocus], [onfocusin], [autofocus]")) node.focus();
  for (const node of document.querySelectorAll("[*|href], [formaction], [action]")) {
    const names = ["href", "xlink:href", "formaction", "action"];
    const address = names.map(name => node.getAttribute(name)).find(value => value !== null);
    let parsed;
    try { parsed = new URL(address) } catch { continue }
    if (parsed.protocol !== "javascript:") continue;
    if (node.tagName === "FORM") node.requestSubmit();
    else node.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
  }
})"""
"""In every frame: replaces `alert`, and says in which payload's frame it ran. When told, does what a visitor might do:
moves the focus, and follows every link that would run script."""


class Watched:
    """A page without any policy; ``ran`` are the messages of what ran in it, and ``hosts`` those that it contacted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.ran: list[str] = []
        self.hosts: set[str] = set()
        self._html = ""
        page.add_init_script(MARK)
        page.on("console", lambda one: self.ran.append(one.text) if one.text.startswith("ran ") else None)
        page.on("dialog", lambda dialog: (self.ran.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda one: self.hosts.add(one.url.split("/")[2] if one.url.startswith("http") else ""))
        page.route("http*://**", self._answer)  # nothing is loaded: every document is in the page

    def _answer(self, route: Route) -> None:
        if route.request.url == WEBSITE:
            route.fulfill(content_type="text/html; charset=utf-8", body=self._html)
        else:
            route.abort()

    def show(self, documents: Iterable[tuple[str, str]], *, svg: bool = False, quiet: int = QUIET) -> None:
        """Open a page of the other website that shows documents in frames with these names, and visit each."""
        sources = ((name, ("src", _data_url(text)) if svg else ("srcdoc", text)) for name, text in documents)
        frames = "".join(f'<iframe name="{name}" {key}="{escape(text)}"></iframe>' for name, (key, text) in sources)
        self._html = f"<!DOCTYPE html><html><head><title>Website</title></head><body>{frames}</body></html>"
        self.page.goto(WEBSITE, wait_until="domcontentloaded")  # a frame that writes into itself never loads
        self.page.wait_for_timeout(quiet)
        self.page.evaluate("postMessage('touch', '*')")
        self.page.wait_for_timeout(quiet)


def batches(items: Iterable[T], size: int = TOGETHER) -> Iterator[list[T]]:
    rest = list(items)
    while rest:
        yield rest[:size]
        rest = rest[size:]


@pytest.fixture
def watched(chromium: Browser) -> Iterator[Watched]:
    context = chromium.new_context(bypass_csp=True)
    yield Watched(context.new_page())
    context.close()


def _data_url(svg: str) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


@pytest.fixture(scope="module")
def outputs() -> dict[str, list[str]]:
    """Every output for each payload: documents by kind of output, in the order of the payloads."""
    found: dict[str, list[str]] = {}
    laurel = seeded()
    client = Gateway.over(laurel)
    for number, text in enumerate(PAYLOADS):
        for kind, document in _outputs(laurel, client, _issued(laurel, number, text)).items():
            found.setdefault(kind, []).append(document)
    return found


def _outputs(laurel: Laurel, client: Gateway, name: str) -> dict[str, str]:
    base_url = laurel.base_url
    view = badge_of(laurel.hosted_reports.open(name, None), base_url)
    asked = f"/oembed?url={quote(f'{base_url}/c/{name}', safe='')}"
    assert (view.verdict, view.claims and view.claims.issuer_confirmed) == ("valid", True), name
    oembed = client.get(asked).json["html"]  # in XML it is the same (tests/embed/test_oembed.py)
    email = snippets.snippet(Kind.EMAIL, view, Look(), base_url)
    return {
        "page": client.get(f"/c/{name}", accept=HTML).text,
        "frame": client.get(f"/embed/{name}").text,
        "svg": client.get(f"/badge/{name}.svg").text,
        "oembed and email": f"<div>{oembed}</div><div>{email}</div>",
    }


def _issued(laurel: Laurel, number: int, text: str) -> str:
    """Store a valid credential in which every text is ``text``, by an issuer with that proven name."""
    store, context = laurel.issuer_store, laurel.issuer_context
    pattern = store.achievement("fernhill", store.record(id_of("valid")).achievement_id)
    college = replace(store.issuer("fernhill"), name=text, registered_as=text, description=text)
    store._issuers["fernhill"] = college
    achievement = replace(
        pattern, id=f"{number:08x}-3a3b-4a57-9a5c-1f6a6f1f7a11", name=text, description=text, criteria=text,
        image_alt=text, skills=tuple(replace(skill, name=text, framework=text) for skill in pattern.skills),
    )  # fmt: skip
    store.add_achievement(achievement)
    name = "".join(chr(ord("a") + int(digit)) for digit in str(number)).ljust(26, "x")
    award = issue.Award("fernhill", achievement.id, Holder("Ada Nwosu"), credential_id=name)
    record = issue.issue(context, award)
    laurel.put(replace(record, document=_rewritten(laurel, json.loads(record.document), text)))
    return name


def _rewritten(laurel: Laurel, document: dict[str, Any], text: str) -> bytes:
    """Sign the document again with the issuer's key, with a holder and evidence that Laurel would refuse to issue."""
    document["credentialSubject"]["identifier"][0]["identityHash"] = text
    document["evidence"] = [
        {"id": "https://portfolio.example/ada", "type": ["Evidence"], "name": text, "description": text}
    ]
    proof = document.pop("proof")
    suite, method = proof["cryptosuite"], proof["verificationMethod"]
    key = next(key for key in laurel.issuer_store.issuer("fernhill").keys if method.endswith(f"#{key.fragment}"))
    signer = partial(laurel.signer.sign, key.handle)
    return makers.as_bytes(sign(document, suite=suite, method=method, created=laurel.now, signer=signer))


def test_there_are_enough_payloads() -> None:
    assert len(set(PAYLOADS)) >= ENOUGH


def test_every_payload_runs_where_text_is_not_escaped(watched: Watched) -> None:
    """Otherwise the test below would prove nothing."""
    left = dict(enumerate(PAYLOADS))
    usual, *others = PLACES.values()
    for quiet, places in product((QUIET, PATIENT), ([usual], *batches(others, PLACES_TOGETHER))):
        documents = [(f"p{number}", place.format(text)) for place in places for number, text in left.items()]
        for some in batches(documents, SMALL_TOGETHER):
            watched.show(some, quiet=quiet)
        left = {number: text for number, text in left.items() if f"ran p{number}" not in watched.ran}
    assert list(left.values()) == [], "\n".join(left.values())


@pytest.mark.parametrize("kind", ["page", "frame", "svg", "oembed and email"])
def test_no_payload_runs_in_any_output(watched: Watched, outputs: dict[str, list[str]], kind: str) -> None:
    for some in batches(enumerate(outputs[kind])):
        watched.show(((f"p{number}", document) for number, document in some), svg=kind == "svg")
    assert [(ran, PAYLOADS[int(ran.removeprefix("ran p"))]) for ran in watched.ran] == []
    assert watched.hosts <= {"website.example", "localhost:8000"}


def test_json_ld_of_the_page_contains_the_texts_and_no_markup(outputs: dict[str, list[str]]) -> None:
    for text, page in zip(PAYLOADS, outputs["page"], strict=True):
        start = page.index('<script type="application/ld+json">') + len('<script type="application/ld+json">')
        content = page[start : page.index("</script>", start)]
        assert not set("<>&'") & set(content), "nothing in it can end the element, in HTML or in XHTML"
        data = json.loads(content)
        # The page shows names on one line.
        assert {" ".join(one.split()) for one in (data["name"], data["recognizedBy"]["name"])} == {
            " ".join(text.split())
        }
