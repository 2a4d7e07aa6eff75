"""The custom element `<laurel-badge>`: its script, and the style sheet that it shares with the frame.

A website can pin a version with Subresource Integrity, so the files of a published version never change: a change
needs new files, which become `LATEST`, and the old ones stay.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from pathlib import Path

from chalicelib.embed.appearance import BOXES, SHAPES, TONES, Box

LATEST = "v1"
_FOLDER = Path(__file__).parent
_FILE = re.compile(r"(v[1-9]\d{0,2})\.js", re.ASCII)
_SPACE = re.compile(r"\s*(=>|\|\||&&|!=|[{=,;:?+])\s*|\s+(?=})|(?<=})\n\s*")
"""White space that the script does not need. Its strings have none beside these characters."""


def version_of(file: str) -> str | None:
    """Return the version that the URL segment ``file`` names, None if there is no such version."""
    match = _FILE.fullmatch(file)
    return match[1] if match is not None and (_FOLDER / file).exists() else None


@cache
def script(base_url: str, version: str = LATEST) -> str:
    """Return the script of ``version``, which reads from ``base_url`` only."""
    source = (_FOLDER / f"{version}.js").read_text(encoding="utf-8")
    return (
        _SPACE.sub(r"\1", source)
        .replace("BASE_URL", json.dumps(base_url), 1)
        .replace("STYLE", json.dumps(_host() + style(version)), 1)
    )


@cache
def integrity(base_url: str, version: str = LATEST) -> str:
    """Return the value of the attribute `integrity` (SHA-384, which the specification recommends)."""
    digest = hashlib.sha384(script(base_url, version).encode("utf-8")).digest()
    return "sha384-" + base64.b64encode(digest).decode("ascii")


@cache
def style(version: str = LATEST) -> str:
    """Return the style sheet of a widget in every size and theme."""
    return (_FOLDER / f"{version}.css").read_text(encoding="utf-8").replace("\n", "")


def colours(tone: str) -> dict[str, str]:
    """Return the custom properties of the style sheet that a verdict sets."""
    found = TONES[tone]
    return {"b": found.band, "o": found.on, "m": found.mark}


def icon(shape: str) -> dict[str, str]:
    """Return the paths of an icon, by the class that draws them."""
    return dict(zip("om", SHAPES[shape], strict=True))


def _host() -> str:
    """Return the size of the element itself, which is the same before and after its contents arrive."""
    first, *others = BOXES.items()
    sizes = "".join(f":host([size={size}]){{{_box(box)}}}" for size, box in others)
    shared = "display:inline-block;vertical-align:top;max-width:100%;overflow:hidden"
    return f":host{{{shared};{_box(first[1])}}}{sizes}:host([hidden]){{display:none}}.l{{height:100%}}"


def _box(box: Box) -> str:
    return f"width:{box.width}px;height:{box.height}px"
