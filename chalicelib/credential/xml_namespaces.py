"""A limit on the namespaces of an XML document, checked before it is parsed.

A parser that resolves namespaces copies the namespace into each prefixed name, so that a long one, declared once, costs
its length for each element and attribute.
"""

from __future__ import annotations

import re

MAX_LENGTH = 200
"""Maximum bytes of a namespace. Those of SVG, Open Badges and drawing programs have fewer than a hundred."""
_LONG = re.compile(rb"xmlns(?::[^\s=]*+)?\s*+=\s*+(?:\"[^\"]{%d}|'[^']{%d})" % (MAX_LENGTH + 1, MAX_LENGTH + 1))

_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def are_bounded(content: bytes) -> bool:
    """Whether no declaration in ``content`` has a longer namespace. Also False for UTF-16, which hides them:
    a parser recognises it even if another encoding is given."""
    return b"\0" not in content[:4] and content[:2] not in _UTF_16_MARKS and _LONG.search(content) is None
