"""Sentences for visitors who submitted something that is not a credential: what it seems to be, and what to try."""

from __future__ import annotations

import re

COPIED = "Part of it may be missing, for example because it was copied from an email. Ask for the original file."
_PICTURE = "This type of image cannot contain a credential. Ask for the PNG, SVG or JSON file of the badge."
_OFFER = (
    "This link is for a wallet app: it offers a credential to its holder, but does not contain it. Ask the holder for "
    "the credential itself, as a file or as its own link."
)
_REQUEST = (
    "This link is for a wallet app: it asks a holder to present a credential. It contains none. Ask the holder for the "
    "credential itself, as a file or as its own link."
)
_EMAIL = (
    "This is an email. Open it, and paste the link to the credential that it contains, or save the attached file and "
    "choose that."
)
_ADDRESS = "This is an email address, not a credential. Ask its owner for the credential’s link or file."
_PROFILE = (
    "This is a LinkedIn profile, which its owner can edit freely. On the profile, select “Show credential” next to the "
    "certificate, and paste the link that opens."
)
_BOX = b"ftyp"
"""What HEIC photos and videos have after four bytes (ISO/IEC 14496-12, 4.3)."""
_LIST = "This list is empty or is not valid JSON. Check its credentials one at a time."
_STARTS = (
    (b"openid-credential-offer:", _OFFER),
    (b"openid4vp:", _REQUEST),
    (b"openid-vc:", _REQUEST),
    (b"haip:", _REQUEST),
    (b"received:", _EMAIL),
    (b"return-path:", _EMAIL),
    (b"delivered-to:", _EMAIL),
    (b"mime-version:", _EMAIL),
    (b"\xd0\xcf\x11\xe0", _EMAIL),
    (b"mailto:", _ADDRESS),
    (b"\x89PNG", "This image is damaged. Ask for the original file, or for the credential’s link."),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"RIFF", _PICTURE),
    (b"PK\3\4", "This is a ZIP or Office file. Extract the credential from it: a JSON file or a link."),
    (b"```", "Paste only the text between the lines with backticks."),
    (b"<", "This is a web page, not a credential. Paste the page's address instead, or look for a download on it."),
    (b"did:", "This identifies an issuer or a holder, not a credential. Ask for the credential's link or file."),
    (b"[{", _LIST),
    (b'["', _LIST),
)


_IS_ADDRESS = re.compile(rb"[^\s@<>]{1,64}@[^\s@<>]{1,255}")
_PROFILE_LINK = re.compile(r"https?://(?:[a-z]{2,3}\.)?linkedin\.com/(?:in|pub)/", re.IGNORECASE)
_CUT_TOKEN = re.compile(rb"ey[A-Za-z0-9_-]{6,}(\.[A-Za-z0-9_-]*)?")
"""A compact token (RFC 7515, 3.1) without its last part or its last two."""


_JSON_MEMBER = re.compile(rb"\"[A-Za-z@$_]{1,60}\"\s{0,4}:")


def about(text: bytes) -> str | None:
    """Describe what ``text`` seems to be, None if it is prose. ``text`` has no white space around it."""
    if not text:
        return "Nothing was submitted. Paste a credential or its link, or upload a file."
    head = b"".join(text[:64].split()) if text[:1] == b"[" else text[:64]
    for start, hint in _STARTS:
        if head[: len(start)].lower() == start.lower():
            return hint
    if text[4:8] == _BOX:
        return _PICTURE
    if _IS_ADDRESS.fullmatch(text):
        return _ADDRESS
    if re.fullmatch(rb"[\w.-]+(\.[a-z]{2,}|:\d{1,5}|\.[a-z]{2,}:\d{1,5})(/\S*)?", text, re.IGNORECASE):
        return "This looks like a link without https://. Add https:// at the start."
    return _hint_by_content(text)


def about_link(url: str) -> str | None:
    """Describe a link that cannot lead to a credential; None for any other."""
    return _PROFILE if _PROFILE_LINK.match(url) else None


def _hint_by_content(text: bytes) -> str | None:
    if _CUT_TOKEN.fullmatch(b"".join(text.split())):
        return (
            "This looks like the start of a credential’s code, but its end is missing. Copy the whole code, which is "
            "three parts with dots between them, or ask for the original file."
        )
    if b"\0" in text or not _is_utf8(text):
        return "This is not a credential: it is not text. Ask for the credential’s link or its JSON file."
    if _JSON_MEMBER.search(text):
        return "This looks like part of a credential. Copy all of it, from the first { to the last }."
    return None


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
