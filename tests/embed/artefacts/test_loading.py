"""Renderers are loaded where they are used, so that they do not slow down the cold start of a page."""

from __future__ import annotations

import subprocess
import sys

import pytest

RENDERERS = ("resvg_py", "segno", "PIL", "babel", "chalicelib.embed.artefacts.certificate")
ROUTES = "import chalicelib.http.app, chalicelib.http.embed.downloads, chalicelib.http.embed.share_images"
PAGE = """
from tests.http.fake_laurel import id_of, seeded
from tests.http.gateway import HTML, Gateway
client = Gateway.over(seeded())
assert client.get(f"/c/{id_of('valid')}", accept=HTML).status == 200
"""


def loaded(script: str) -> list[str]:
    script += f"\nimport sys; print('loaded', *(set({RENDERERS}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1].split()[1:]


@pytest.mark.slow
@pytest.mark.parametrize("script", [ROUTES, PAGE], ids=["routes", "page"])
def test_no_renderer_is_loaded_for(script: str) -> None:
    assert loaded(script) == []


@pytest.mark.slow
def test_a_certificate_loads_its_renderers() -> None:
    """The list above is checked against what the libraries are called."""
    script = """
from tests.embed.artefacts.makers import ARTEFACT
from chalicelib.embed.artefacts.certificate import Paper, Template, draw
draw(ARTEFACT, ARTEFACT.claims, Template.PLAIN, Paper.A4)
"""
    assert set(loaded(script)) == {"resvg_py", "segno", "chalicelib.embed.artefacts.certificate"}
