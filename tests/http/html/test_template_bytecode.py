"""Compiled templates: used when they fit their source, and never a reason to fail."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import Environment

from chalicelib.http.html.template_bytecode import FOLDER, TemplateBytecode, TemplateLoader


def environment(folder: Path) -> Environment:
    return Environment(loader=TemplateLoader(folder), bytecode_cache=TemplateBytecode(folder), autoescape=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "area").mkdir()
    (tmp_path / "area" / "page.html").write_text("Hello {{ name }}")
    return tmp_path


def render(folder: Path) -> str:
    return environment(folder).get_template("area/page.html").render(name="<Ada>")


def test_a_compiled_template_is_not_compiled_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = render(folder)
    assert [path.name for path in (folder / FOLDER).iterdir()] == ["area.page.html.jinja"]
    monkeypatch.setattr(Environment, "_generate", None)
    assert render(folder) == first == "Hello &lt;Ada&gt;"


def test_a_changed_template_is_compiled_again(folder: Path) -> None:
    render(folder)
    (folder / "area" / "page.html").write_text("Goodbye {{ name }}")
    assert render(folder) == "Goodbye &lt;Ada&gt;"


def test_bytecode_that_cannot_be_read_or_written_is_done_without(folder: Path) -> None:
    (folder / FOLDER).write_text("A file in place of the folder.")
    assert render(folder) == "Hello &lt;Ada&gt;"


def test_the_bytecode_does_not_depend_on_where_it_was_made(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    (other / "area").mkdir()
    (other / "area" / "page.html").write_bytes((folder / "area" / "page.html").read_bytes())
    made = []
    for each in (folder, other):
        render(each)
        made.append((each / FOLDER / "area.page.html.jinja").read_bytes())
    assert made[0] == made[1]
