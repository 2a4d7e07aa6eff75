"""The files and folders named in README.md and docs/ exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.documented import DOCUMENTS, ROOT, name

_PATH = re.compile(r"`((?:[\w.<>*|-]+/)*(?:[\w.<>*|-]+\.(?:py|html|yaml|toml|md|po|mo|js|css)|[\w.<>*|-]+/))`")
_ROOTS = (ROOT, ROOT / "chalicelib", ROOT / "chalicelib/http")
"""Where a document's paths begin."""
_CURRENT = [one for one in DOCUMENTS if one.name != "CHANGELOG.md" and one.parent.name != "decisions"]
"""The changelog and the decisions may name what there was at their time."""
_LOCAL = (".laurel/", ".venv/", "build/")
"""Folders that `make` creates."""


def missing(text: str, subject: str = "") -> Iterator[str]:
    """The paths in backticks in ``text`` that do not exist. A path may begin in the package ``subject`` or in the
    folder of a path named before it in its section, and `<placeholder>` stands for any name."""
    for section in re.split(r"^#+ ", re.sub(r"```.*?```", "", text, flags=re.DOTALL), flags=re.MULTILINE):
        folders = [*_ROOTS, ROOT / "chalicelib" / subject]
        for path in _PATH.findall(re.sub(r"<[^<>`]*>", "*", section)):
            found = [one for folder in folders for one in folder.glob(path)]
            if not found and not path.startswith(_LOCAL):
                yield path
            folders += [one if one.is_dir() else one.parent for one in found]


@pytest.mark.parametrize("document", _CURRENT, ids=name)
def test_every_path_named_in_a_document_exists(document: Path) -> None:
    assert not list(missing(document.read_text(), document.stem))


def test_a_path_that_does_not_exist_is_found() -> None:
    assert list(missing("`dynamo/keys.py`, `gone.py`")) == ["gone.py"]
    assert not list(missing("`award/webhooks/signature.py`, called by `receive.py`; `cli/commands/<resource>.py`"))
