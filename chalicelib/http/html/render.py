"""Pages from templates: compiled once, complete without script, allowed to load nothing but their badge's picture."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.http.core import negotiation
from chalicelib.http.core.problem import Problem
from chalicelib.http.core.response import Reply
from chalicelib.http.html import text
from chalicelib.http.public import home_view as home_words
from chalicelib.http.public.credential_view import page_of, page_of_brought
from chalicelib.reports.hosted import HostedReport
from chalicelib.reports.submitted import SubmittedReport

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent.parent / "templates"


def credential(opened: HostedReport, base_url: str, headers: Mapping[str, str]) -> Reply:
    """The page of a hosted credential."""
    return page("credential.html", base_url, 200, headers, page=page_of(opened, base_url))


def brought(checked: SubmittedReport, base_url: str, headers: Mapping[str, str]) -> Reply:
    """The page of what somebody brought."""
    return page("credential.html", base_url, 200, headers, page=page_of_brought(checked, base_url))


def home(
    base_url: str, headers: Mapping[str, str] | None = None, *, found: Problem | None = None, typed: str = ""
) -> Reply:
    """The first page; with the problem ``found`` in what was ``typed`` into its field, for another try."""
    status = found.kind.status if found else 200
    headers, shapes = headers or {}, home_words.SHAPES
    return page("home.html", base_url, status, headers, forms=True, shapes=shapes, problem=found, typed=typed)


def problem(found: Problem, base_url: str, headers: Mapping[str, str]) -> Reply:
    """An error, for a person."""
    return page("problem.html", base_url, found.kind.status, headers, problem=found)


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
    """``template`` filled with ``content``. It may send a form to this host if it has ``forms``; the pages of the
    ``console`` have a style sheet and one script more. ``leads`` are other hosts that the answer to a form may lead
    to."""
    html = _environment().get_template(template).render(base_url=base_url, style=_style(console), **content)
    policy = {"Content-Security-Policy": _policy(base_url, forms, console, leads)}
    return Reply(html, f"{negotiation.HTML}; charset=utf-8", status, {"Content-Language": "en", **policy, **headers})


@cache
def script() -> str:
    """The console's one script; its pages are complete without it."""
    return (TEMPLATES / "console.js").read_text(encoding="utf-8")


def digest(source: str) -> str:
    """``source`` as Content Security Policy and Subresource Integrity name it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode("utf-8")).digest()).decode("ascii")


@cache
def _environment() -> Environment:
    # Imported here, because a program that asks for JSON need not wait for it in a cold start.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {"day": text.day, "minute": text.minute, "stamp": text.stamp, "paragraphs": text.paragraphs}
    return environment


@cache
def _style(console: bool) -> str:
    names = ("style.css", "console.css") if console else ("style.css",)
    return "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in names)


@cache
def _policy(base_url: str, forms: bool, console: bool, leads: tuple[str, ...]) -> str:
    # The one style block is allowed by its hash; pictures come from this host or from the page itself. No script runs
    # but the console's one, by its hash, which shows a chosen picture before it is sent (blob:).
    own = f"script-src '{digest(script())}'; img-src {base_url} data: blob:" if console else f"img-src {base_url} data:"
    target = " ".join((base_url, *leads)) if forms else "'none'"
    return (
        f"default-src 'none'; style-src '{digest(_style(console))}'; {own}; "
        f"base-uri 'none'; form-action {target}; frame-ancestors 'none'"
    )
