"""Renderers are loaded where they are used, so that they do not slow down the cold start of a page."""

from __future__ import annotations

import subprocess
import sys


def test_importing_the_routes_loads_no_renderer() -> None:
    script = "import sys, chalicelib.http.app, chalicelib.http.embed.downloads, chalicelib.http.embed.share_images\n"
    script += "print(sorted({'resvg_py', 'segno', 'PIL', 'chalicelib.embed.artefacts.certificate'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
