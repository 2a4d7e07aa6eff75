"""Extract the texts into the catalogues, and compile them: `python -m tools.catalogues`.

Run it after a text was added or changed, translate what it reports (`chalicelib/language/locales/<code>/…/laurel.po`),
and run it again.
"""

from __future__ import annotations

import ast
import gzip
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from chalicelib.language.languages import DEFAULT, LANGUAGES
from chalicelib.language.translation import CATALOGUES, DOMAIN

ROOT = Path(__file__).parent.parent
TEMPLATES = ROOT / "chalicelib/http/templates"
EMAILS = ROOT / "chalicelib/email/templates"
TRANSLATED = (
    (TEMPLATES, "*.html"),
    (TEMPLATES, "catalogue/*.html"),
    (TEMPLATES, "directory/*.html"),
    (TEMPLATES, "holder/*.html"),
    (TEMPLATES, "sign_in/*.html"),
    (EMAILS, "email.*"),
)
"""Templates of pages for visitors and holders, and of emails; those of the console are in English."""
MODULES_OF_TEXT = (
    "chalicelib/delivery/holder/link_requests.py",
    "chalicelib/delivery/holder/sharing.py",
    "chalicelib/embed/texts.py",
    "chalicelib/http/core/problem.py",
    "chalicelib/http/embed/builder.py",
    "chalicelib/http/holder/holder_view.py",
    "chalicelib/http/holder/profile_form.py",
    "chalicelib/http/holder/profile_view.py",
    "chalicelib/http/holder/zone_field.py",
    "chalicelib/http/moderation/report_form.py",
    "chalicelib/http/public/credential/check_list.py",
    "chalicelib/http/public/credential/credential_facts.py",
    "chalicelib/http/public/credential/credential_page.py",
    "chalicelib/http/public/home.py",
    "chalicelib/http/public/credential/issuer_view.py",
    "chalicelib/http/public/credential/presentation_text.py",
    "chalicelib/http/public/credential/verdict_line.py",
    "chalicelib/http/public/credential/verdict_text.py",
    "chalicelib/http/sign_in/email_link.py",
)
"""Modules in which every capitalized text is one that a reader sees."""
MODULES_OF_SENTENCES = (
    "chalicelib/access/sign_in/links.py",
    "chalicelib/credential/baked/*.py",
    "chalicelib/http/core/error_response.py",
    "chalicelib/http/directory/contact.py",
    "chalicelib/http/directory/holder_page.py",
    "chalicelib/http/embed/downloads.py",
    "chalicelib/http/embed/opening.py",
    "chalicelib/http/embed/wallets.py",
    "chalicelib/http/holder/holder.py",
    "chalicelib/http/public/credential/credentials.py",
    "chalicelib/http/public/credential/recipient_form.py",
    "chalicelib/http/public/submission.py",
    "chalicelib/http/sign_in/oidc.py",
    "chalicelib/reports/hints.py",
    "chalicelib/reports/pasted.py",
    "chalicelib/reports/wrapping.py",
    "chalicelib/verify/jose/token_status_list.py",
    "chalicelib/verify/pipeline.py",
    "chalicelib/verify/checks/*.py",
    "chalicelib/verify/status_entry.py",
    "chalicelib/verify/presentations/checks.py",
    "chalicelib/verify/status_list.py",
)
"""Modules in which every sentence is one that a reader sees."""
_TEXT = re.compile(r"[“A-Z{](?:[a-z’{“]| [a-z]).*", re.DOTALL)
_SENTENCE = re.compile(r"[A-Z{][^ ]* .*[.?]", re.DOTALL)
_NO_TIME = datetime(2026, 1, 1, tzinfo=UTC)
_CHANGING = re.compile(rb'^"(?:POT-Creation-Date|PO-Revision-Date|Generated-By|Last-Translator).*\n', re.MULTILINE)
_HEADER_NAMES = {
    "Allow", "Bearer", "Cache-Control", "Cookie", "Location", "Referrer-Policy", "Retry-After", "Set-Cookie", "Vary",
}  # fmt: skip
_CALLS = {"phrase": 1, "plural": 2, "_Change": 4}
Message = str | tuple[str, str]


def of_module(source: str, pattern: re.Pattern[str] | None = None) -> Iterator[Message]:
    """Yield what `phrase` and `plural` are called with, and every constant that matches ``pattern``."""
    tree = ast.parse(source)
    skipped: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            skipped.update(ast.walk(node))
        if isinstance(node, ast.Expr):  # a docstring
            skipped.add(node.value)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS:
            texts = [argument for argument in node.args[: _CALLS[node.func.id]] if isinstance(argument, ast.Constant)]
            skipped.update(texts)
            found = [str(text.value) for text in texts]
            if node.func.id == "plural":
                yield found[0], found[1]
            else:
                yield from found
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and node not in skipped]
    for value in [node.value for node in constants if isinstance(node.value, str)]:
        if pattern is not None and pattern.fullmatch(value) and value not in _HEADER_NAMES:
            yield value


def of_template(source: bytes) -> Iterator[Message]:
    """Yield the texts of a template."""
    options = {"trim_blocks": "true", "lstrip_blocks": "true", "newstyle_gettext": "true", "silent": "false"}
    for _, function, message, _ in babel_extract(io.BytesIO(source), ("_", "gettext", "ngettext"), [], options):
        texts = [message] if isinstance(message, str) else [text for text in message or () if text is not None]
        yield (texts[0], texts[1]) if function == "ngettext" else texts[0]


def extracted() -> Catalog:
    """Return a catalogue of all texts, without translations."""
    found = Catalog(project="Laurel", charset="utf-8", fuzzy=False)
    for folder, pattern in TRANSLATED:
        for file in sorted(folder.glob(pattern)):
            _add(found, of_template(file.read_bytes()), file)
    for file in sorted(ROOT.glob("chalicelib/**/*.py")):
        name = str(file.relative_to(ROOT))
        sentences = any(file.match(pattern) for pattern in MODULES_OF_SENTENCES)
        pattern_ = _TEXT if name in MODULES_OF_TEXT else _SENTENCE if sentences else None
        source = file.read_text(encoding="utf-8")
        if pattern_ or "phrase" in source:
            _add(found, of_module(source, pattern_), file)
    return found


def path(code: str, ending: str) -> Path:
    """Return the file of the catalogue of ``code``."""
    return CATALOGUES / code / "LC_MESSAGES" / f"{DOMAIN}.{ending}"


def read(code: str) -> Catalog:
    """Return the stored catalogue of ``code``, empty if there is none."""
    if not path(code, "po").exists():
        return Catalog(locale=code, charset="utf-8", fuzzy=False)
    with path(code, "po").open("rb") as file:
        return read_po(file, locale=code)


def updated(code: str, template: Catalog) -> Catalog:
    """Return the catalogue of ``code`` with exactly the texts of ``template``."""
    found = read(code)
    found.update(template, no_fuzzy_matching=True)
    found.obsolete.clear()
    return found


def written(catalogue: Catalog) -> bytes:
    """Serialize ``catalogue`` without the time, so that the same texts are the same file."""
    file = io.BytesIO()
    write_po(file, catalogue, width=0, sort_output=True, no_location=True)
    return _CHANGING.sub(b"", file.getvalue())


def compiled(code: str) -> bytes:
    """Compile the stored catalogue of ``code`` for `gettext`."""
    file, catalogue = io.BytesIO(), read(code)
    catalogue.creation_date = catalogue.revision_date = _NO_TIME
    write_mo(file, catalogue)
    return file.getvalue()


def _add(catalogue: Catalog, messages: Iterator[Message], file: Path) -> None:
    for message in messages:
        flags = ["python-format"] if file.suffix == ".html" and "%(" in str(message) else []
        catalogue.add(message, flags=flags)


def main() -> None:
    """Update and compile every catalogue, and list what is not translated."""
    template = extracted()
    for code in LANGUAGES:
        if code == DEFAULT:
            continue
        catalogue = updated(code, template)
        path(code, "po").parent.mkdir(parents=True, exist_ok=True)
        path(code, "po").write_bytes(written(catalogue))
        _compress(path(code, "mo.gz"), compiled(code))
        missing = [message.id for message in catalogue if message.id and not _translated(message.string)]
        sys.stdout.write(f"{code}: {len(catalogue)} texts, {len(missing)} to translate\n")


def _compress(file: Path, content: bytes) -> None:
    """Write ``content``, unless the file has it already: another version of zlib writes other bytes."""
    if not file.exists() or gzip.decompress(file.read_bytes()) != content:
        file.write_bytes(gzip.compress(content, mtime=0))


def _translated(string: object) -> bool:
    return all(string) if isinstance(string, tuple) else bool(string)


if __name__ == "__main__":
    main()
