"""Take a credential or link out of what people paste around it, where only one reading is possible."""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
from urllib.parse import unquote_to_bytes

from chalicelib.credential import strict_json
from chalicelib.errors import Malformed
from chalicelib.language.phrase import phrase

BLANKS = " \t\r\n\f\v\u00a0\u200b\ufeff"
"""White space, and what office programs add around text: no-break and zero-width space, byte order mark."""
MAX_LAYERS = 4
"""Maximum number of wrappings, such as a code fence around a list of one. Real texts have one or two."""
_ENVELOPE_LIMITS = strict_json.Limits(
    size=strict_json.DEFAULT.size + 1024, depth=strict_json.DEFAULT.depth + 2, members=strict_json.DEFAULT.members + 4
)
"""Limits of a list or an envelope: the credential in it may be as large as one submitted alone."""
SEVERAL_LINKS = "This text contains more than one link or credential. Paste one, or one per line and nothing else."
MAX_SEVERAL = 20
"""Maximum number of credentials to check at once: all of them share the time of one request for fetching."""
MAX_LINES = 1000
"""Maximum number of lines of a list with one item in each, including empty ones."""
_LIST_LIMITS = strict_json.Limits(
    size=1024 * 1024, depth=strict_json.DEFAULT.depth + 2, members=MAX_SEVERAL * strict_json.DEFAULT.members
)
"""Limits of a list of several credentials, together as large as the largest image. Each has its own limits too."""
_ALONE = re.compile(rb"https?://\S+|ey[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+|\{.*\}", re.IGNORECASE)
"""A line that is a link, a token or JSON."""
_LISTED = re.compile(
    rb"https?:\S+|ey[A-Za-z0-9_-]{20}[A-Za-z0-9_.-]*|\{.*\}|[a-z2-7]{26}"
    rb"|(?:localhost|(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24})(?::\d{1,5})?/[!-~]*",
    re.IGNORECASE,
)
"""A line that was meant as one: also an id, a link without its scheme or with a mistake, and a part of a token. No two
repetitions next to each other match the same characters, so a long line takes no more than linear time."""
_UTF_16 = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"{\0": "utf-16-le", b"\0{": "utf-16-be"}
"""The first two bytes of a text in UTF-16: a byte order mark, or the first character of JSON."""
_FENCE = re.compile(rb"(?:\A|\n)[ \t]*+```[^\n`]*+\n(.*?)```", re.DOTALL)
_BEARER = re.compile(rb"(?:authorization:\s*)?bearer\s+(\S.*)", re.IGNORECASE | re.DOTALL)
_DATA_URL = re.compile(rb"data:[\w.+/-]{0,100}((?:;[\w.+=/\"-]{0,100})*),(.*)", re.IGNORECASE | re.DOTALL)
_PRESENTED = re.compile(rb"\{\s*\"verifiableCredential\"\s*:")
_ESCAPED_QUOTE = re.compile(rb"&(?:quot|#34|#x22);", re.IGNORECASE)


def stripped(data: bytes) -> bytes:
    """Return ``data`` without white space around it."""
    return data.decode("utf-8", "surrogateescape").strip(BLANKS).encode("utf-8", "surrogateescape")


def unwrapped(data: bytes) -> bytes:
    """Return the credential, link or other text in ``data`` without what is around it.

    Raises `Malformed` (`nothing_found`, or a code of `strict_json.parse`) for a wrapping that cannot be read.
    """
    text = stripped(_as_utf_8(data))
    for _ in range(MAX_LAYERS):
        inner = _inner(text)
        if inner is None:
            break
        text = stripped(inner)
    return text


def several(data: bytes) -> tuple[bytes, ...]:
    """Return the credentials and links in ``data`` if it is a list of several, else nothing.

    A list is JSON, has one item in each line, or is text with several code fences. Raises `Malformed`
    (`too_many_items`) for more than `MAX_SEVERAL`; `nothing_found` as `_fenced` does.
    """
    if len(data) > _LIST_LIMITS.size:
        return ()
    text = stripped(_as_utf_8(data))
    fences = list(map(stripped, _fenced(text)))
    parts = fences if len(fences) > 1 else _items(fences[0] if fences else text)
    if len(parts) > MAX_SEVERAL:
        raise Malformed(
            phrase(
                "This is a list of {number} items. Laurel checks up to {maximum} at once.",
                number=len(parts),
                maximum=MAX_SEVERAL,
            ),
            code="too_many_items",
        )
    return tuple(parts) if len(parts) > 1 else ()


def _items(text: bytes) -> list[bytes]:
    lines = _lines(text)
    if len(lines) > 1 and all(map(is_listed, lines)) and not _is_one_token(lines):
        return lines
    if re.match(rb"\[\s*[{\"]", text):
        text = b'{"verifiableCredential":' + text + b"}"
    elif not _PRESENTED.match(text):
        return []
    try:
        listed = strict_json.parse(text, _LIST_LIMITS)
    except Malformed:
        return []
    items = listed["verifiableCredential"]
    if len(listed) > 1 or not isinstance(items, list):
        return []
    parts = list(map(_only, items))
    return [part for part in parts if part is not None] if None not in parts else []


def _lines(text: bytes) -> list[bytes]:
    found = text.split(b"\n", MAX_LINES)
    return [line for line in map(stripped, found) if line] if 1 < len(found) <= MAX_LINES else []


def is_listed(line: bytes) -> bool:
    """Whether a line by itself was meant as a credential or a link to one."""
    return bool(_ALONE.fullmatch(line) or _LISTED.fullmatch(line))


def _is_one_token(lines: list[bytes]) -> bool:
    """Whether the lines are those into which an email program has broken one token."""
    return lines[0].startswith(b"ey") and not any(_ALONE.fullmatch(line) or b"/" in line for line in lines)


def _as_utf_8(data: bytes) -> bytes:
    encoding = _UTF_16.get(data[:2])
    if encoding is None:
        return data
    try:
        return data.decode(encoding).encode("utf-8")
    except UnicodeError as error:
        raise Malformed("Laurel cannot read this file. Save it again as UTF-8.", code="nothing_found") from error


def _inner(text: bytes) -> bytes | None:
    """Return what one wrapping contains, None if there is none."""
    start = text[:1]
    if start == b"{":
        return _in_object(text)
    if start == b'"':
        return _in_quotes(text)
    if start == b"[":
        return _in_list(text)
    if start in b"dD" and (found := _DATA_URL.fullmatch(text)):
        return _in_data_url(found.group(1), found.group(2))
    if start in b"aAbB" and (found := _BEARER.fullmatch(text)):
        return found.group(1)
    fences = _fenced(text)
    return fences[0] if len(fences) == 1 else None


def _fenced(text: bytes) -> list[bytes]:
    """Return what is in code fences. Raises `Malformed` (`nothing_found`) for a line outside them that was meant as a
    credential or a link, which would not be checked."""
    found = _FENCE.findall(text) if b"```" in text else []
    if found and any(map(is_listed, map(stripped, _FENCE.sub(b"\n", text).split(b"\n")))):
        raise Malformed(SEVERAL_LINKS, code="nothing_found")
    return found


def _in_object(text: bytes) -> bytes | None:
    if _PRESENTED.match(text):
        envelope = strict_json.parse(text, _ENVELOPE_LIMITS)
        if envelope.keys() == {"verifiableCredential"}:
            return _only(envelope["verifiableCredential"])
    if b'"' not in text and _ESCAPED_QUOTE.search(text):  # JSON has quotes, so all of them are escaped
        return html.unescape(text.decode("utf-8", "replace")).encode("utf-8")
    return None


def _in_list(text: bytes) -> bytes | None:
    if not re.match(rb"\[\s*[\[{\"]", text):  # not JSON, such as a link in Markdown
        return None
    try:
        items = strict_json.parse(b'{"a":' + text + b"}", _ENVELOPE_LIMITS)["a"]
    except Malformed:
        return None
    return _only(items) if isinstance(items, list) and len(items) == 1 else None


def _only(value: object) -> bytes | None:
    """Return the one credential that ``value`` is or contains. Strict JSON means the same in any serialization."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, str):
        return value.encode("utf-8", "replace")
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() if isinstance(value, dict) else None


def _in_quotes(text: bytes) -> bytes | None:
    try:
        inner = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return inner.encode("utf-8", "replace") if isinstance(inner, str) else None


def _in_data_url(parameters: bytes, content: bytes) -> bytes | None:
    decoded = unquote_to_bytes(content)
    if not parameters.lower().endswith(b";base64"):
        return decoded
    try:
        return base64.b64decode(decoded + b"=" * (-len(decoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
