"""QR codes."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import segno

from chalicelib.embed.artefacts import qr

URL = "https://laurel.example/c/" + "a" * 26


def test_path_has_exactly_the_dark_modules() -> None:
    runs, side = qr.runs(URL)
    drawing = qr.svg(URL)
    dark = set()
    for x, y, length in runs:
        dark |= {(x + step, y) for step in range(length)}
    for x, y, length in runs:
        assert f"M{x} {y}h{length}v1h-{length}z" in drawing
    matrix = segno.make(URL, error="m", micro=False).matrix
    assert dark == {(x + 4, y + 4) for y, row in enumerate(matrix) for x, module in enumerate(row) if module}
    assert side == len(matrix) + 8


def test_image_is_named_for_screen_readers() -> None:
    root = ET.fromstring(qr.svg(URL))  # noqa: S314 - our own drawing
    assert root.get("aria-label")
