"""The table of the modules that serve each URL, compared with the routes that they bind."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chalicelib.http import route_map
from chalicelib.http.app import create_app
from chalicelib.settings import Function
from tests.http.fake_laurel import seeded

SOURCES = Path(route_map.__file__).parent


@pytest.fixture(scope="module")
def paths() -> dict[str, set[str]]:
    """The paths that each module binds."""
    laurel = seeded()
    return {module: set(route_map.routes_of(module)(laurel).methods) for module in route_map.PREFIXES}


def test_each_path_leads_to_the_module_that_binds_it(paths: dict[str, set[str]]) -> None:
    bound = {(path, module) for module, its in paths.items() for path in its}
    assert bound == {(path, route_map.module_of(path)) for path, _ in bound}


def test_every_route_of_the_application_is_in_the_table(paths: dict[str, set[str]]) -> None:
    for path in create_app(seeded()).routes:
        assert path == "/{proxy+}" or path in paths[route_map.module_of(path)]


def test_an_unknown_url_leads_to_the_module_of_the_page_for_it() -> None:
    assert {route_map.module_of(path) for path in ("/{proxy+}", "/nothing/here")} == {route_map.NOT_FOUND}


@pytest.mark.parametrize("module", list(route_map.PREFIXES))
def test_each_prefix_leads_to_a_path_that_no_other_prefix_covers(module: str, paths: dict[str, set[str]]) -> None:
    for prefix in set(route_map.PREFIXES[module]) - {"/{proxy+}"}:
        assert any(path == prefix or path.startswith(f"{prefix}/") for path in paths[module]), prefix


def test_no_module_that_binds_routes_is_missing() -> None:
    binding = {
        ".".join(source.relative_to(SOURCES).with_suffix("").parts)
        for source in SOURCES.rglob("*.py")
        if re.search(r"^def routes\(", source.read_text(), re.MULTILINE)
    }
    assert binding == set(route_map.PREFIXES)


def test_modules_that_only_verify_serves_are_named() -> None:
    """The snapshot of *public* leaves them out, so naming too few makes it larger and naming too many loses routes."""
    app = create_app(seeded())
    found: dict[str, set[Function]] = {}
    for path, entries in app.routes.items():
        served = {entry.view_function.function for entry in entries.values()}
        found.setdefault(route_map.module_of(path), set()).update(served)
    assert {module for module, functions in found.items() if functions == {Function.VERIFY}} == route_map.VERIFY_ONLY
