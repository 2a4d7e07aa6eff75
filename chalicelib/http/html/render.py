"""HTML rendering from templates that are compiled once.

Pages work without script, and may load nothing but the badge's image.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.credential.quotation import escape_quotes
from chalicelib.http.core.problem import Problem
from chalicelib.http.core.response import Reply
from chalicelib.http.html import request_language, text
from chalicelib.http.html.achievement_kind import kind_name
from chalicelib.http.input import negotiation
from chalicelib.language.languages import DEFAULT, direction

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

TEMPLATES = Path(__file__).parent.parent / "templates"

_HTML = f"{negotiation.HTML}; charset=utf-8"
IN_ENGLISH = ("console/", "reference/")
"""Folders of templates that are in English only: for issuers and developers."""


def problem(found: Problem, base_url: str, headers: Mapping[str, str]) -> Reply:
    """Render an error page."""
    missing = found.kind.status == 404
    return page("problem.html", base_url, found.kind.status, headers, forms=missing, missing=missing, problem=found)


def page(
    template: str,
    base_url: str,
    status: int,
    headers: Mapping[str, str],
    *,
    forms: bool = False,
    console: bool = False,
    leads: tuple[str, ...] = (),
    **content: object,
) -> Reply:
    """Render ``template`` with ``content``.

    ``forms`` allows forms to this host; ``console`` adds the style sheet and the script of the console. ``leads`` are
    other hosts to which the response to a form may redirect.
    """
    shared = {"base_url": base_url, "style": _style(console), "script_digest": digest(script()) if console else ""}
    policy = {"Content-Security-Policy": _policy(base_url, forms, console, leads)}
    if template.startswith(IN_ENGLISH):
        html = _rendered(template, DEFAULT, {**shared, **content})
        return Reply(html, _HTML, status, {"Content-Language": DEFAULT, **policy, **headers})
    return _in_language(template, status, {**policy, **headers}, {**shared, **content})


def scripted_page(
    template: str,
    base_url: str,
    script_file: str,
    headers: Mapping[str, str],
    *,
    status: int = 200,
    forms: bool = True,
    loads: bool = True,
    **content: object,
) -> Reply:
    """Render a page with a script of its own; ``loads`` allows it to read from this host and to show its frames;
    otherwise it can only report events."""
    policy = {"Content-Security-Policy": _policy(base_url, forms, False, (), script_file, loads=loads)}
    shared = {"base_url": base_url, "style": _style(False), "script": _source(script_file)}
    return _in_language(template, status, {**policy, **headers}, {**shared, **content})


def document(template: str, status: int, policy: str, **content: object) -> Reply:
    """Render ``template`` as a document with a Content Security Policy of its own, without the frame of the pages."""
    return _in_language(template, status, {"Content-Security-Policy": policy}, content)


def _in_language(template: str, status: int, headers: dict[str, str], content: Mapping[str, object]) -> Reply:
    """Render ``template`` in the language of the current request."""
    code = request_language.current().code
    return Reply(_rendered(template, code, content), _HTML, status, request_language.headers(code, headers))


def _rendered(template: str, code: str, content: Mapping[str, object]) -> str:
    found = request_language.current()
    with request_language.use_language(code):
        return (
            _environment()
            .get_template(template)
            .render(
                language=code,
                direction=direction(code),
                choices=found.choices,
                in_url=found.chosen,
                has_session=found.has_session,
                **content,
            )
        )


@cache
def script() -> str:
    """Return the console's only script; its pages work without it."""
    return _source("console.js")


@cache
def _source(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def digest(source: str) -> str:
    """Hash ``source`` for Content Security Policy and Subresource Integrity."""
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode("utf-8")).digest()).decode("ascii")


@cache
def _environment() -> Environment:
    # Imported here to keep it out of the cold start of JSON requests.
    from jinja2 import Environment, StrictUndefined, pass_context

    from chalicelib.http.html.template_bytecode import TemplateBytecode, TemplateLoader

    environment = Environment(
        loader=TemplateLoader(TEMPLATES),
        bytecode_cache=TemplateBytecode(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.filters |= {
        "stamp": text.stamp,
        "paragraphs": text.paragraphs,
        "with_language": request_language.with_language,
    }
    # They depend on the request, so Jinja must not compute them while it compiles a template.
    spoken = {"day": "day", "minute": "minute", "number": "number", "t": "text", "own": "own"}
    environment.filters |= {name: pass_context(partial(_spoken, method)) for name, method in spoken.items()}
    environment.filters |= {"kind_name": kind_name, "email": _email, "escape_quotes": escape_quotes}
    return environment


def _gettext(message: str) -> str:
    return request_language.current_translation().gettext(message)


def _ngettext(one: str, many: str, count: int) -> str:
    return request_language.current_translation().ngettext(one, many, count)


def _spoken(method: str, _context: object, value: object) -> str:
    return str(getattr(request_language.current_translation(), method)(value))


def compile_templates() -> None:
    """Compile all templates, for the package."""
    environment = _environment()
    for name in environment.list_templates(extensions=["html"]):
        environment.get_template(name)


def _email(address: str) -> Markup:
    """Let an email address break before its @, where a line break is easiest to read."""
    from markupsafe import Markup

    local, at, domain = address.rpartition("@")
    return Markup("%s<wbr>%s") % (local, at + domain)


@cache
def _style(console: bool) -> str:
    names = ("style.css", "console.css") if console else ("style.css",)
    return "".join(map(_source, names))


@cache
def _policy(
    base_url: str, forms: bool, console: bool, leads: tuple[str, ...], script_file: str = "", *, loads: bool = False
) -> str:
    # The only style block is allowed by its hash; images come from this host or from the page itself. The only script
    # is the console's, allowed by its hash. It previews an image before its upload (blob:), and branding in a frame.
    own = f"img-src {base_url} data:"
    if console:
        own = f"script-src '{digest(script())}'; {own} blob:; frame-src {base_url}"
    if script_file:
        own += f"; script-src '{digest(_source(script_file))}'"
        own += f"; connect-src {base_url}; frame-src {base_url}" if loads else f"; connect-src {base_url}/v1/events"
    target = " ".join((base_url, *leads)) if forms else "'none'"
    return (
        f"default-src 'none'; style-src '{digest(_style(console))}'; {own}; "
        f"base-uri 'none'; form-action {target}; frame-ancestors 'none'"
    )
