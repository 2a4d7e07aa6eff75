"""The deployment zip: small enough, loadable by the runtime, and complete."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.suites import package as benchmark
from chalicelib.http.html.template_bytecode import FOLDER
from local.package import AWS_SERVICES, IMPORT_SETTINGS, NEVER_LOADED, Package
from tests.infrastructure.wheels import GLIBC, fits, glibc_needed, recorded, tags
from tests.verify.jose.tokens import by, jwk

MAX_MB = 30
MAX_UNZIPPED_MB = 60
"""Unpacked by Lambda at each cold start of a new environment; its own limit is 250 MB."""
UNZIPPED_MB = {
    "cryptography": 16.0,
    "chalicelib": 16.4,  # 4.9 of it are the fonts of rendered images, and 0.3 the translations
    "botocore": 4.4,  # with the description of S3, in which events are archived
    "nacl": 4.5,
    "resvg_py": 3.2,
    "dns": 2.8,
    "jinja2": 1.3,
    "re2": 1.7,
    "rpds": 1.2,
    "wrapt": 1.3,
    "confusable_homoglyphs": 1.1,
    "urllib3": 1.0,
}
"""The largest packages with their bytecode, in megabytes (10^6 bytes); any other has less than `OTHER_MB`."""
OTHER_MB = 0.9
UNCHECKED = b"\1\0\0\0"
"""The flags of bytecode that is loaded without checking its source (PEP 552)."""


def functions(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    kind = "AWS::Serverless::Function"
    return {name: found["Properties"] for name, found in template["Resources"].items() if found["Type"] == kind}


def test_zip_is_under_the_size_limit(package: Package) -> None:
    assert package.zip.stat().st_size < MAX_MB * 1_000_000


def test_each_package_stays_within_its_part_of_the_unzipped_budget(unzipped: Path) -> None:
    sizes: dict[str, int] = {}
    for found in unzipped.rglob("*"):
        if found.is_file():
            name = found.relative_to(unzipped).parts[0]
            sizes[name] = sizes.get(name, 0) + found.stat().st_size
    over = {name: size / 1e6 for name, size in sizes.items() if size / 1e6 > UNZIPPED_MB.get(name, OTHER_MB)}
    assert over == {}
    assert sum(sizes.values()) < MAX_UNZIPPED_MB * 1_000_000
    megabytes = {name: round(size / 1e6, 1) for name, size in sorted(sizes.items(), key=lambda item: -item[1])}
    print(f"{sum(sizes.values()) / 1e6:.1f} MB unzipped: {megabytes}")  # `pytest -rP`, or `make bench BENCH=package`


def test_benchmark_lists_every_megabyte_of_the_zip(package: Package, unzipped: Path) -> None:
    expected = sum(found.stat().st_size for found in unzipped.rglob("*") if found.is_file())
    assert sum(benchmark.unzipped(package.zip).values()) == expected


def test_chalice_command_line_is_not_in_the_zip(unzipped: Path) -> None:
    assert (unzipped / "chalice" / "app.py").exists()
    assert not (unzipped / "chalice" / "cli").exists()
    for tool in ("click", "inquirer", "pip", "setuptools"):
        assert not (unzipped / tool).exists()


def test_only_the_application_and_its_requirements_ship(unzipped: Path) -> None:
    for stray in ("tests", "local", "cli", "clients", "infrastructure", "docs", "benchmarks"):
        assert not (unzipped / stray).exists()


def test_of_the_clients_only_the_served_module_ships(unzipped: Path) -> None:
    assert [found.name for found in (unzipped / "chalicelib" / "embed" / "client").glob("*.js")] == ["v1.js"]
    for stray in ("laurel.js", "*.d.ts", "laurel_client"):
        assert not list(unzipped.rglob(stray)), stray


def test_every_module_is_compiled_because_lambda_cannot_write_bytecode(unzipped: Path) -> None:
    for source in unzipped.rglob("*.py"):
        compiled = Path(importlib.util.cache_from_source(str(source)))
        magic, flags = compiled.read_bytes()[:4], compiled.read_bytes()[4:8]
        assert (magic, flags) == (importlib.util.MAGIC_NUMBER, UNCHECKED), source
    assert len(list(unzipped.rglob("*.pyc"))) == len(list(unzipped.rglob("*.py")))


def test_every_template_is_compiled_too(unzipped: Path) -> None:
    templates = unzipped / "chalicelib" / "http" / "templates"
    names = {str(path.relative_to(templates)).replace("/", ".") for path in templates.rglob("*.html")}
    assert {path.name.removesuffix(".jinja") for path in (templates / FOLDER).iterdir()} == names


def test_every_handler_imports_with_nothing_but_the_zip(template: dict[str, Any], unzipped: Path) -> None:
    handlers = {properties["Handler"] for properties in functions(template).values()}
    assert "app.app" in handlers
    script = "import sys, importlib\nsys.path.insert(0, sys.argv[1])\n"
    script += "for handler in sys.argv[2:]:\n    module, _, name = handler.rpartition('.')\n"
    script += "    assert callable(getattr(importlib.import_module(module), name)), handler\n"
    script += "assert not [p for p in sys.path if 'site-packages' in p], sys.path\n"
    env = {**IMPORT_SETTINGS, "PATH": os.defpath, "HOME": "/", "LAMBDA_TASK_ROOT": str(unzipped)}
    # -I and -S: neither the environment, the working directory nor site-packages add to the path.
    command = [sys.executable, "-I", "-S", "-B", "-c", script, str(unzipped), *sorted(handlers)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256", "ES384", "RS256", "PS256"])
def test_signatures_are_checked_with_nothing_but_the_zip(unzipped: Path, algorithm: str) -> None:
    """Each crypto library is loaded at the first signature, so importing a handler does not prove that it loads."""
    script = "import sys, json\nsys.path.insert(0, sys.argv[1])\n"
    script += "from chalicelib.verify.keys import jwk, signatures\n"
    script += "key, algorithm = jwk.from_jwk(json.loads(sys.argv[2])), sys.argv[3]\n"
    script += "print(signatures.is_valid(key, jwk.BY_NAME[algorithm], bytes.fromhex(sys.argv[4]), b'signed'))\n"
    for signed, answer in ((b"signed", "True"), (b"forged", "False")):
        arguments = [json.dumps(jwk(algorithm)), algorithm, by(algorithm)(signed).hex()]
        command = [sys.executable, "-I", "-S", "-B", "-c", script, str(unzipped), *arguments]
        done = subprocess.run(command, env={"PATH": os.defpath}, capture_output=True, text=True, check=False)
        assert (done.stdout.strip(), done.returncode) == (answer, 0), done.stderr


def test_unused_files_do_not_ship(unzipped: Path) -> None:
    assert [str(found) for pattern in NEVER_LOADED for found in unzipped.glob(pattern)] == []
    for name in ("examples-1.json", "pycparser", "cffi", "swagger-ui-bundle.min.js"):
        assert not list(unzipped.rglob(name)), name


def test_every_shared_object_comes_from_a_wheel_for_the_runtime(unzipped: Path) -> None:
    shipped = {str(found.relative_to(unzipped)) for found in unzipped.rglob("*.so*")}
    assert shipped, "cryptography ships shared objects; finding none means that this test looks in the wrong place"
    fitting: set[str] = set()
    for dist_info in unzipped.glob("*.dist-info"):
        if any(fits(tag) for tag in tags(dist_info)):
            fitting |= recorded(dist_info)
    assert shipped - fitting == set(), "built on this machine, or from a wheel for a newer glibc"


def test_no_shared_object_needs_a_newer_glibc(unzipped: Path) -> None:
    needed = {str(found.relative_to(unzipped)): glibc_needed(found) for found in unzipped.rglob("*.so*")}
    assert {name: version for name, version in needed.items() if version > GLIBC} == {}


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("py3-none-any", True),
        ("cp311-abi3-manylinux2014_x86_64", True),
        ("cp311-cp311-manylinux_2_17_x86_64", True),
        ("cp311-cp311-manylinux_2_26_x86_64", True),
        (f"cp311-cp311-manylinux_2_{GLIBC[1]}_x86_64", True),
        (f"cp311-cp311-manylinux_2_{GLIBC[1] + 1}_x86_64", False),
        ("cp311-cp311-manylinux_2_17_aarch64", False),
        ("cp311-cp311-musllinux_1_2_x86_64", False),
        ("cp311-cp311-linux_x86_64", False),  # the tag of a wheel built on the packaging machine
        ("cp311-cp311-macosx_11_0_x86_64", False),
    ],
)
def test_wheel_tag_compatibility_with_the_runtime(tag: str, expected: bool) -> None:
    assert fits(tag) is expected


def test_a_client_of_every_aws_service_that_is_called_finds_its_address(unzipped: Path) -> None:
    script = (
        "import sys, botocore.session\n"
        "session = botocore.session.Session()\n"
        "for name in sys.argv[1:]:\n"
        "    keys = {'aws_access_key_id': 'x', 'aws_secret_access_key': 'x'}\n"
        "    made = session.create_client(name, region_name='eu-central-1', **keys)\n"
        "    print(made.meta.endpoint_url)\n"
    )
    environment = {"PYTHONPATH": str(unzipped), "PATH": os.environ["PATH"]}
    command = [sys.executable, "-S", "-c", script, *AWS_SERVICES]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    hosts = done.stdout.split()
    prefixes = [{"ses": "email"}.get(name, name) for name in AWS_SERVICES]
    assert hosts == [f"https://{prefix}.eu-central-1.amazonaws.com" for prefix in prefixes]


def test_only_the_aws_services_that_are_called_ship(unzipped: Path) -> None:
    assert {found.name for found in (unzipped / "botocore" / "data").iterdir() if found.is_dir()} == set(AWS_SERVICES)
