"""Count what an SVG image draws when its references are followed.

A few nested `<use>` elements, masks or clip paths can draw the same shape billions of times, which would freeze the
browser of everyone who sees the image. This is the "billion laughs" attack without entities.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote

MAX_DRAWN = 20_000
"""Maximum elements drawn when all references are followed."""
MAX_CHAIN = 8
"""Maximum references that lead from one to the next. A longer chain is most likely a cycle."""

_URL = re.compile(r"""url\s*\(\s*(?:"#([^"]*)|'#([^']*)|#([^)'"\s]*))""", re.IGNORECASE)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}\s*")
_CLASS = re.compile(r"\.[A-Za-z_][A-Za-z0-9_-]*", re.ASCII)
_STRING = re.compile(r"\"[^\"]*\"|'[^']*'")
_REMOVED = str.maketrans("", "", "\t\n\r")
"""Characters that browsers remove from URLs (URL Standard, 4.4)."""


class TooComplex(Exception):
    """The image draws too much, or its references cannot be followed."""


@dataclass(slots=True)
class _Element:
    children: list[_Element] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    drawn: int | None = None
    """Elements drawn for this one, once counted."""


class References:
    """The elements of one image, added in document order."""

    def __init__(self) -> None:
        self._root = _Element()
        self._open = [self._root]
        self._ids: dict[str, _Element] = {}
        self._class_targets: dict[str, list[str]] = defaultdict(list)

    def start(self, attributes: Iterable[tuple[str, str]]) -> None:
        """Add an element with ``attributes``, whose names have no prefix."""
        element = _Element()
        for name, value in attributes:
            if name == "id":
                self._ids.setdefault(value, element)
            elif name == "class":
                element.classes += value.split()
            elif name == "href":
                element.targets += _fragments(value.strip()[1:])
            else:
                element.targets += _urls(value)
        self._open[-1].children.append(element)
        self._open.append(element)

    def end(self) -> None:
        """Close the element that was added last."""
        self._open.pop()

    def add_style(self, css: str) -> None:
        """Add a style sheet. References in it must be in plain rules of classes. Raises `TooComplex`."""
        if not _URL.search(css):
            return
        css = css.strip()
        at = 0
        while match := _RULE.match(css, at):
            at = match.end()
            self._add_rule(match[1], match[2])
        if at != len(css) or "/*" in css:
            raise TooComplex

    def _add_rule(self, selectors: str, declarations: str) -> None:
        if re.search("[\"']", _STRING.sub("", declarations)):
            raise TooComplex  # an open string: the rule ends elsewhere
        targets = _urls(declarations)
        for selector in map(str.strip, selectors.split(",")):
            if targets and not _CLASS.fullmatch(selector):
                raise TooComplex
            self._class_targets[selector[1:]] += targets

    def check(self) -> None:
        """Check that the image draws at most `MAX_DRAWN` elements. Raises `TooComplex`."""
        self._count(self._root, 0)

    def _count(self, element: _Element, chain: int) -> int:
        if chain > MAX_CHAIN:
            raise TooComplex
        if element.drawn is None:
            targets = [*element.targets, *(each for name in element.classes for each in self._class_targets[name])]
            drawn = 1
            for child in element.children:
                drawn += self._count(child, chain)
            for target in dict.fromkeys(targets):
                if target in self._ids:
                    drawn += self._count(self._ids[target], chain + 1)
            if drawn > MAX_DRAWN:
                raise TooComplex
            element.drawn = drawn
        return element.drawn


def _urls(text: str) -> list[str]:
    return [target for match in _URL.finditer(text) for target in _fragments(next(filter(None, match.groups()), ""))]


def _fragments(text: str) -> tuple[str, ...]:
    """The ids that ``text`` may mean: browsers look for it as it is written, and then decoded."""
    plain = text.translate(_REMOVED)
    return text, plain, unquote(plain)
