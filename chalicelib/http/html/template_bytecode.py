"""Compiled templates, kept beside their sources as Python keeps its bytecode: compiling takes longer than anything else
a page does. Packaging compiles all of them, because Lambda's code folder is read-only.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from jinja2 import Environment, FileSystemLoader
from jinja2.bccache import Bucket, BytecodeCache

FOLDER = "__pycache__"


class TemplateLoader(FileSystemLoader):
    """Names a template by its path among the templates, so that its bytecode is the same wherever it is deployed."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """See `FileSystemLoader`."""
        source, _, up_to_date = super().get_source(environment, template)
        return source, template, up_to_date


class TemplateBytecode(BytecodeCache):
    """The compiled templates in ``folder``. Jinja compares each with its source and with its own version."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER

    def get_cache_key(self, name: str, filename: str | None = None) -> str:  # noqa: ARG002 - the name says it all
        """See `BytecodeCache`."""
        return name.replace("/", ".")

    def load_bytecode(self, bucket: Bucket) -> None:
        """See `BytecodeCache`."""
        with suppress(OSError), self._path(bucket).open("rb") as stored:
            bucket.load_bytecode(stored)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """See `BytecodeCache`."""
        with suppress(OSError):  # a deployed folder is read-only
            self._folder.mkdir(exist_ok=True)
            new = self._folder / f"{bucket.key}.{uuid4().hex}"
            new.write_bytes(bucket.bytecode_to_string())
            new.replace(self._path(bucket))

    def _path(self, bucket: Bucket) -> Path:
        return self._folder / f"{bucket.key}.jinja"
