"""QR codes of links (ISO/IEC 18004), by `segno`."""

from __future__ import annotations

from itertools import groupby

QUIET = 4
"""Modules of empty space around the code (6.3.8)."""
RECOVERY = "m"
"""Readable with 15% of it damaged: enough for print, and small modules are hard to scan."""


def runs(url: str) -> tuple[list[tuple[int, int, int]], int]:
    """Return the dark modules, as runs (x, y, length) of 1 by 1, and the side of the whole code with its quiet zone."""
    import segno  # imported here: most requests draw no code

    matrix = segno.make(url, error=RECOVERY, micro=False).matrix
    found: list[tuple[int, int, int]] = []
    for y, row in enumerate(matrix):
        x = 0
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                found.append((x + QUIET, y + QUIET, length))
            x += length
    return found, len(matrix) + 2 * QUIET


def svg(url: str) -> str:
    """Return the code as an image."""
    found, size = runs(url)
    path = "".join(f"M{x} {y}h{length}v1h-{length}z" for x, y, length in found)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" width="{size * 4}" height="{size * 4}" '
        'shape-rendering="crispEdges" role="img" aria-label="QR code with the link to this credential">'
        f'<path d="M0 0h{size}v{size}H0z" fill="#fff"/><path d="{path}" fill="#000"/></svg>'
    )
