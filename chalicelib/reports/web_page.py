"""Find the credential behind a web page: in it, or linked from it for programs.

The page itself proves nothing. Its HTML is searched, never run or drawn.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from chalicelib.reports import wrapping

MAX_SEARCHED = 512 * 1024
"""Bytes of a page that are searched. Links for programs are in its head."""
MAX_TAGS = 2_000
"""Tags that are searched, of those that can contain a link."""
_TAG = re.compile(r"<(?P<name>link|base|a)\b(?P<attributes>[^<>]{1,4096}+)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""(?<![a-z-])([a-z-]{1,20}+)\s{0,8}+=\s{0,8}+(?:"([^"]{0,2048}+)"|'([^']{0,2048}+)'|([^\s"'>]{1,2048}+))""",
    re.IGNORECASE,
)
_SCRIPT = re.compile(r"<script\b([^<>]{1,512}+)>", re.IGNORECASE)
_SCRIPT_END = re.compile(r"</script", re.IGNORECASE)
_CREDENTIAL_TYPES = frozenset({"application/vc", "application/vc+jwt", "application/vc+ld+json"})
_JSON_TYPES = frozenset({"application/ld+json", "application/json"})
_CREDENTIAL = (
    "https://www.w3.org/ns/credentials/v2",
    "https://www.w3.org/2018/credentials/v1",
    "https://w3id.org/openbadges/v2",
)
"""What a credential has among its contexts. Other JSON-LD in pages is for search engines."""
_FILES = (".json", ".jsonld", ".jwt", ".vc")


def is_page(data: bytes) -> bool:
    """Whether ``data`` looks like HTML; images are recognised before."""
    return wrapping.stripped(data[:1024])[:1] == b"<"


def embedded(data: bytes) -> bytes | None:
    """Return the credential that is written in the page; None if there is none, or several."""
    text = _text(data)
    found = set()
    for number, script in enumerate(_SCRIPT.finditer(text)):
        if number >= MAX_TAGS:
            break
        kind = _attributes(script[1]).get("type", "").lower()
        if kind in _CREDENTIAL_TYPES or kind in _JSON_TYPES:
            end = _SCRIPT_END.search(text, script.end())
            content = text[script.end() : end.start() if end else len(text)].strip()
            if _is_credential(content):
                found.add(content)
    return found.pop().encode() if len(found) == 1 else None


def linked(data: bytes, address: str) -> str | None:
    """Return where the credential behind the page at ``address`` is; None if the page does not say it clearly.

    A link that says that it leads to a credential comes first, then one to JSON, then one to a file. Of each kind,
    only one is unambiguous.
    """
    base, by_kind = address, {"credential": set[str](), "json": set[str](), "file": set[str]()}
    for name, attributes in _tags(_text(data)):
        href = attributes.get("href", "")
        if name == "base":
            base = urljoin(address, href)
        elif kind := _kind(name, attributes):
            by_kind[kind].add(href)
    for links in by_kind.values():
        found = {each for href in links if (each := _absolute(base, href)) and each != address}
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def _kind(tag: str, attributes: dict[str, str]) -> str | None:
    kind, relation = attributes.get("type", "").lower().partition(";")[0].strip(), attributes.get("rel", "").lower()
    if tag == "link":
        if "alternate" not in relation.split():
            return None
        return "credential" if kind in _CREDENTIAL_TYPES else "json" if kind in _JSON_TYPES else None
    if kind in _CREDENTIAL_TYPES:
        return "credential"
    path = attributes.get("href", "").partition("#")[0].partition("?")[0].lower()
    return "file" if path.endswith(_FILES) else None


def _absolute(base: str, href: str) -> str | None:
    """Return the address that ``href`` means, if it is one that can be fetched."""
    try:
        found = urljoin(base, href.strip()).partition("#")[0]
        return found if urlsplit(found).scheme == "https" and found.isascii() and " " not in found else None
    except ValueError:
        return None


def _tags(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    for number, tag in enumerate(_TAG.finditer(text)):
        if number >= MAX_TAGS:
            return
        yield tag["name"].lower(), _attributes(tag["attributes"])


def _attributes(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(text):
        found.setdefault(name.lower(), html.unescape("".join(values)))  # as browsers do, the first one counts
    return found


def _is_credential(content: str) -> bool:
    if not content.startswith("{") or not any(context in content for context in _CREDENTIAL):
        return False
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return False
    contexts = document.get("@context") if isinstance(document, dict) else None
    listed = contexts if isinstance(contexts, list) else [contexts]
    return any(each in _CREDENTIAL for each in listed if isinstance(each, str))


def _text(data: bytes) -> str:
    return data[:MAX_SEARCHED].decode("utf-8", "replace")
