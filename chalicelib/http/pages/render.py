"""Pages from templates: compiled once, complete without script, allowed to load nothing but their badge's picture."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.http import negotiation
from chalicelib.http.pages import home as home_words
from chalicelib.http.pages import text
from chalicelib.http.pages.credential import page_of, page_of_brought
from chalicelib.http.problem import Problem
from chalicelib.http.reply import Reply
from chalicelib.intake.intake import Checked
from chalicelib.lookup.lookup import Opened

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent.parent / "templates"


def credential(opened: Opened, base_url: str, headers: Mapping[str, str]) -> Reply:
    """The page of a hosted credential."""
    return _page("credential.html", base_url, 200, headers, page=page_of(opened, base_url))


def brought(checked: Checked, base_url: str, headers: Mapping[str, str]) -> Reply:
    """The page of what somebody brought."""
    return _page("credential.html", base_url, 200, headers, page=page_of_brought(checked, base_url))


def home(
    base_url: str, headers: Mapping[str, str] | None = None, *, found: Problem | None = None, typed: str = ""
) -> Reply:
    """The first page; with the problem ``found`` in what was ``typed`` into its field, for another try."""
    status = found.kind.status if found else 200
    content = {"shapes": home_words.SHAPES, "problem": found, "typed": typed}
    return _page("home.html", base_url, status, headers or {}, forms=True, **content)


def problem(found: Problem, base_url: str, headers: Mapping[str, str]) -> Reply:
    """An error, for a person."""
    return _page("problem.html", base_url, found.kind.status, headers, problem=found)


def _page(
    template: str, base_url: str, status: int, headers: Mapping[str, str], *, forms: bool = False, **content: object
) -> Reply:
    html = _environment().get_template(template).render(base_url=base_url, style=_style(), **content)
    policy = {"Content-Security-Policy": _policy(base_url, forms)}
    return Reply(html, f"{negotiation.HTML}; charset=utf-8", status, {"Content-Language": "en", **policy, **headers})


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
def _style() -> str:
    return (TEMPLATES / "style.css").read_text(encoding="utf-8")


@cache
def _policy(base_url: str, forms: bool) -> str:
    # The one style block is allowed by its hash; pictures come from this host or from the page itself. No script runs.
    digest = base64.b64encode(hashlib.sha256(_style().encode("utf-8")).digest()).decode("ascii")
    target = base_url if forms else "'none'"
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src {base_url} data:; "
        f"base-uri 'none'; form-action {target}; frame-ancestors 'none'"
    )
