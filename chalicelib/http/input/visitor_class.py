"""The coarse class of a visitor, from what the request declares. The user agent itself is never stored.

It only decides how a view is counted: a program that imitates a browser in every respect is counted as a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from chalice.app import Request

from chalicelib.analytics.event import VisitorClass

MAX_AGENT = 512
"""Maximum characters of a user agent that are compared: a browser sends up to 300, and comparing takes 3 µs for
each."""

_PURPOSES = ("purpose", "sec-purpose", "x-purpose", "x-moz")
"""Headers in which browsers declare that no person has asked for the page yet (`Sec-Purpose`: Fetch; the others: older
Chromium, Safari and Firefox)."""
_BROWSERS = ("mozilla/", "opera/", "ucweb/")
"""Prefixes of browsers: every user agent of a browser in use contains one, mostly at its start."""
_IN_APP = "MetaIAB Facebook"
"""An in-app browser that people use, although the list counts it as a link preview."""
_OF_PEOPLE = re.compile(r"AP3A\.240617\.008|SogouM\w+")
"""List entries that people's browsers also match: the build of Android 15 on millions of phones, and a Chinese
browser."""
_DEVICE = re.compile(r"(Android [^;()]{1,40};)(?: ?[A-Za-z]{2}-[A-Za-z]{2};)?[^;()]{1,80}(?: Build/|(?=[;)]))")
"""The name of an Android device, which may be anything: M bot 54, Spider 8, HTC Butterfly, ViewSonic."""
_WORDS = re.compile(
    r"bot\b|crawl|spider|slurp|scan|fetch|monitor|headless|http-?client"
    r"|proofpoint|mimecast|barracuda|urldefense|safelinks|googleimageproxy"
    r"|checker|prerender|preview|proxy|thumbnail|inspect|diagnostic|observatory|probe|prospect|transcoder|pageburst|agent\b|measurement|\(unknown;|geckoversion"
    r"|assetnote|functionize|iplabel|mixnode|whatcms|yunjiankong"
    r"|google(?:[- ](?:page|search|youtube|assess|ad|publisher|amp|hotel|shopping|sites|business)|ads)"
    r"|duplexweb|(?:https?:|[\s(+]www\.)|@[\w-]+\.[a-z]{2}|\[at\]"
)
"""Words of email scanners, which the list does not have, and of programs that are newer than the list. A browser names
neither a website nor an address."""
_COMPATIBLE = re.compile(r"[(;] ?compatible\b(?!; ?(?:msie [\d.]|konqueror|nintendo|googletoolbar|u;|linux))")
"""How programs identify themselves, as Internet Explorer and Konqueror did."""
_ENGINES = re.compile(
    r"applewebkit|gecko/|rv:|msie|trident|khtml|presto|opera|ucweb|ucbrowser|netfront|mobile|symbian|series|nokia"
)
"""Engines: the user agent of every browser contains one. A program that only claims to be Mozilla contains none."""

_PLAIN = re.compile(r"(?:[^\\\[\](){}.*+?|^$]|\\[^\w\s\\])+")
"""A regular expression without any operator: text, in which punctuation may be escaped."""


def classify_visitor(request: Request) -> VisitorClass:
    """Classify the visitor who sent ``request``."""
    purpose = " ".join(str(request.headers.get(name, "")) for name in _PURPOSES).lower()
    if "prefetch" in purpose or "prerender" in purpose:
        return VisitorClass.PREFETCH
    agent = str(request.headers.get("user-agent", ""))[:MAX_AGENT]
    if "preview" in purpose or _is_preview(agent):
        return VisitorClass.PREVIEW
    return VisitorClass.KNOWN_BOT if _is_bot(agent) else VisitorClass.PERSON


def _is_preview(agent: str) -> bool:
    return _previews().match(agent)


def _is_bot(agent: str) -> bool:
    shown = _DEVICE.sub(r"\1", _OF_PEOPLE.sub("", agent))
    lowered = shown.lower()
    if not any(name in lowered for name in _BROWSERS) or _WORDS.search(lowered) or _COMPATIBLE.search(lowered):
        return True
    return not _ENGINES.search(lowered) or (_IN_APP not in agent and _crawlers().match(shown))


@dataclass(frozen=True, slots=True)
class _Patterns:
    """Regular expressions. Almost all are plain text and compared as such: compiling the whole list takes
    20 ms, too long for the first page of a worker."""

    texts: tuple[str, ...]
    others: re.Pattern[str]

    def match(self, agent: str) -> bool:
        return any(text in agent for text in self.texts) or self.others.search(agent) is not None


def _patterns(patterns: Iterable[str]) -> _Patterns:
    texts: list[str] = []
    others: list[str] = []
    for pattern in patterns:
        if _PLAIN.fullmatch(pattern):
            texts.append(pattern.replace("\\", ""))
        else:
            others.append(f"(?:{pattern})")
    return _Patterns(tuple(texts), re.compile("|".join(others) or "(?!)"))


@cache
def _previews() -> _Patterns:
    """The programs that fetch a page to show a preview of a link, which someone has sent in a message or a post."""
    return _patterns(
        entry["pattern"]
        for entry in _list()
        if "social-preview" in entry.get("tags", ()) and entry["pattern"] != _IN_APP
    )


@cache
def _crawlers() -> _Patterns:
    return _patterns(entry["pattern"] for entry in _list())


def _list() -> Sequence[Mapping[str, Any]]:
    # Imported late, because reading the list takes 7 ms and most routes classify no visitor.
    from crawleruseragents import CRAWLER_USER_AGENTS_DATA  # type: ignore[import-untyped]

    entries: Sequence[Mapping[str, Any]] = CRAWLER_USER_AGENTS_DATA
    return entries
