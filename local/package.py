"""The deployment package: the output of `chalice package`, merged with infrastructure/resources.yaml.

    build/<stage>/template.json     the complete SAM template
    build/<stage>/deployment.zip    the code and its dependencies, with bytecode
    build/<stage>/release           the digest of all sources

It is rebuilt only when a source changes. Chalice runs on a clean copy of the sources, so that no other file can
get into the package.
"""

from __future__ import annotations

import copy
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
SOURCES = (
    "app.py",
    "chalicelib",
    "vendor",
    "requirements.txt",
    ".chalice/config.json",
    "infrastructure/resources.yaml",
)
# Chalice imports app.py, which needs every setting. The template has the real values.
IMPORT_SETTINGS = {
    "STAGE": "package",
    "BASE_URL": "https://package.invalid",
    "CREDENTIALS_TABLE": "package",
    "DIRECTORY_TABLE": "package",
    "EVENTS_TABLE": "package",
    "SECRETS_TABLE": "package",
    "ERASURES_TABLE": "package",
    "EVENT_ARCHIVE": "package",
    "HOST_KEY_ID": "package",
    "SHARED_KEY_ID": "package",
    "RECEIPT_KEY_ID": "package",
    "AWS_DEFAULT_REGION": "us-east-1",
}


NEVER_LOADED = (
    "botocore/data/*/examples-1.json",  # only used for documentation
    "chalicelib/language/locales/*.po",  # the sources of the compiled catalogues
    "cffi/*",  # only needed to build bindings; at run time `_cffi_backend` is enough
    "pycparser/*",
    "crawleruseragents/[!_c]*",  # its own tests, and its package for JavaScript
    "crawleruseragents/composer.json",
    "aws_lambda_powertools/event_handler/*",  # a router; Laurel uses only the logger, metrics and the tracer
    "aws_lambda_powertools/utilities/[!_j]*",  # all but what the logger imports, `jmespath_utils`
    "boto3/data/*",  # definitions of `boto3.resource`; Laurel calls clients, which are defined in botocore
    "boto3/examples/*",
    *(  # of web frameworks, which the tracer does not patch by itself (`aws_xray_sdk.core.patcher`)
        f"aws_xray_sdk/ext/{name}/*"
        for name in ("aiohttp", "bottle", "django", "flask", "flask_sqlalchemy", "sqlalchemy")
    ),
    "segno/cli.py",  # its command line, and the manual of it
    "segno-*.data/*",
    "dateutil/zoneinfo/*",  # a copy of the time zones; Laurel reads those of tzdata
    "dateutil/rrule.py",  # recurrence, which only reading iCalendar loads
    "*.pyi",
    "wrapt/*.c",
    # Lists of files, which only installers read. The tests read those of packages with shared objects.
    *(
        f"{name}-*.dist-info/RECORD"
        for name in ("aws_lambda_powertools", "aws_xray_sdk", "botocore", "dnspython", "tzdata")
    ),
    "*.dist-info/sboms/*",
    # Middlewares of web frameworks, which only a program that uses one imports.
    *(f"aws_xray_sdk/ext/{name}/*" for name in ("aiohttp", "bottle", "django", "flask", "flask_sqlalchemy")),
    "publicsuffixlist/test*",
    "publicsuffixlist/update.py",
    "chalicelib/verify/canonical/contexts/*",  # the sources of `tables.json`
    "jsonschema/tests/*",
    "jsonschema/benchmarks/*",
    "referencing/tests/*",
    "urllib3/contrib/emscripten/*",  # for browsers
    *(f"dns/{name}" for name in ("zone.py", "zonefile.py", "btree*.py", "versioned.py", "update.py")),  # of servers
    *(f"dns/{name}" for name in ("dnssec.py", "dnssecalgs/*", "win32util.py")),
    # Over QUIC, for which `dns.quic` would need aioquic, and for asynchronous programs.
    *(f"dns/quic/{name}.py" for name in ("_asyncio", "_common", "_sync", "_trio")),
    *(f"dns/{name}.py" for name in ("_asyncio_backend", "_trio_backend")),
)
"""Files in the requirements that no function reads: 7.9 MB unzipped."""

AWS_SERVICES = ("dynamodb", "events", "kms", "s3", "secretsmanager", "ses", "sqs")
"""AWS services that the functions call. botocore includes definitions for four hundred others: 15 MB, half of the zip,
which would slow down every cold start."""

ENDPOINTS = "botocore/data/endpoints.json"
"""The addresses of all AWS services, 1.3 MB that the first client of a cold start would parse."""
_PREFIXES = {"ses": "email"}
"""How `ENDPOINTS` names a service, where botocore names it differently."""

_MIN_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
"""Earliest timestamp in a zip. A fixed one makes builds reproducible."""


class PackagingError(Exception):
    """`chalice package` or the compiler failed. The message contains its output."""


@dataclass(frozen=True, slots=True)
class Package:
    """A built package: its template, its zip, and `release`, the SHA-256 of its sources."""

    template: Path
    zip: Path
    release: str

    def load(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads(self.template.read_text())
        return loaded


def build(stage: str, root: Path = ROOT) -> Package:
    """The package of the sources under `root` for `stage`, built if none is current.

    Raises PackagingError with the output of Chalice.
    """
    out = root / "build" / stage
    release = digest(root, stage)
    package = Package(out / "template.json", out / "deployment.zip", release)
    out.parent.mkdir(exist_ok=True)
    with out.with_name(f"{stage}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two test workers, or a developer and a test
        if not _is_current(package):
            _make(stage, root, out, release)
    return package


def _is_current(package: Package) -> bool:
    stamp = package.zip.with_name("release")
    there = stamp.exists() and package.template.exists() and package.zip.exists()
    return there and stamp.read_text() == package.release


def _make(stage: str, root: Path, out: Path, release: str) -> None:
    """Build the package next to `out`, then replace `out` in one step."""
    build_dir = out.with_name(f"{stage}.new")
    shutil.rmtree(build_dir, ignore_errors=True)
    _copy_sources(root, build_dir / "src")
    _compile_templates(build_dir / "src")
    _run_chalice(stage, build_dir / "src", build_dir)
    merged = yaml.safe_load((build_dir / "sam.yaml").read_text())
    complete(merged, _route_functions(build_dir / "src"))
    (build_dir / "template.json").write_text(
        json.dumps(merged, indent=1)
    )  # CloudFormation does not accept YAML aliases
    (build_dir / "sam.yaml").unlink()
    shutil.rmtree(build_dir / "src")
    _remove_unused_files(build_dir / "deployment.zip")
    _compile(build_dir / "deployment.zip", build_dir / "compiled")
    (build_dir / "release").write_text(release)
    shutil.rmtree(out, ignore_errors=True)
    build_dir.replace(out)


def digest(root: Path, stage: str) -> str:
    """SHA-256 of the names and contents of all inputs of the package."""
    hasher = hashlib.sha256(f"{stage} {sys.version_info[:2]}".encode())
    for path in _source_files(root):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        hasher.update(f"\n{path.relative_to(root)} {content}".encode())
    hasher.update(hashlib.sha256(Path(__file__).read_bytes()).digest())
    hasher.update(hashlib.sha256((ROOT / "requirements-dev.txt").read_bytes()).digest())  # pins the version of Chalice
    return hasher.hexdigest()


def _source_files(root: Path) -> Iterator[Path]:
    for name in SOURCES:
        source = root / name
        for path in [source] if source.is_file() else sorted(source.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path


def _copy_sources(root: Path, into: Path) -> None:
    for path in _source_files(root):
        target = into / path.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)


def _run_chalice(stage: str, sources: Path, into: Path) -> None:
    command = [sys.executable, "-c", "from chalice.cli import main; main()", "package", "--stage", stage]
    command += ["--merge-template", "infrastructure/resources.yaml", str(into.resolve())]
    env = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "PYTHONDONTWRITEBYTECODE": "1"}
    env |= {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    done = subprocess.run(command, cwd=sources, env=env | IMPORT_SETTINGS, capture_output=True, text=True, check=False)
    if done.returncode != 0 or not (into / "sam.yaml").exists():
        raise PackagingError(f"chalice package failed:\n{done.stdout}{done.stderr}")


HANDLERS = {"public": "APIHandler", "verify": "VerifyHandler", "issuer": "IssuerHandler"}
"""The logical ID of the function that serves the routes of each `chalicelib.settings.Function`."""
RUNTIMES_WITHOUT_SNAPSTART = ("python3.11",)
"""Supported runtimes that cannot start from a snapshot (Lambda developer guide, "Lambda SnapStart")."""
ANY_METHOD = "x-amazon-apigateway-any-method"
_SHARED = ("Architectures", "CodeUri", "Handler", "MemorySize", "Runtime", "Tags", "Timeout", "Tracing")
_ROUTES = """
import json, app
routes = app.app.routes.items()
print(json.dumps([[path, method, each.view_function.function] for path, by in routes for method, each in by.items()]))
"""


def complete(template: dict[str, Any], functions: list[tuple[str, str, str]]) -> None:
    """Let each route of the merged ``template`` be served by its function. ``functions`` is (path, method, function).

    Chalice packages one function for all routes, which becomes the public one; the others are defined in
    infrastructure/resources.yaml and get what they share with it here.
    """
    resources = template["Resources"]
    first = resources[HANDLERS["public"]]["Properties"]
    permission = resources[f"{HANDLERS['public']}InvokePermission"]
    snaps = first["Runtime"] not in RUNTIMES_WITHOUT_SNAPSTART
    if snaps:
        # A snapshot is taken of a published version, which the alias makes.
        first.update(SnapStart={"ApplyOn": "PublishedVersions"}, AutoPublishAlias="live")
    for handler in HANDLERS.values():
        properties = resources[handler]["Properties"]
        properties.update({name: first[name] for name in _SHARED if name in first and name not in properties})
        granted: dict[str, Any] = copy.deepcopy(permission)
        public = handler == HANDLERS["public"]
        granted["Properties"]["FunctionName"] = {"Ref": f"{handler}.Alias" if public and snaps else handler}
        resources[f"{handler}InvokePermission"] = granted
    paths = resources["RestAPI"]["Properties"]["DefinitionBody"]["paths"]
    for path, method, function in functions:
        integration = paths[path][method.lower()]["x-amazon-apigateway-integration"]
        uri = integration["uri"]["Fn::Sub"].replace(f"${{{HANDLERS['public']}.Arn}}", "${Function}")
        handler = HANDLERS[function]
        alias = function == "public" and snaps
        target = {"Ref": f"{handler}.Alias"} if alias else {"Fn::GetAtt": [handler, "Arn"]}
        integration["uri"] = {"Fn::Sub": [uri, {"Function": target}]}
    _add_any_method(paths, functions)


def _add_any_method(paths: dict[str, Any], functions: list[tuple[str, str, str]]) -> None:
    """Send all other methods of each path to the application too, which answers 405 with the methods it supports.

    API Gateway's own answer to them cannot name the methods. A path of two functions sends them to the first in
    `HANDLERS`, the one with fewer rights.
    """
    order = list(HANDLERS)
    for path, method, _ in sorted(functions, key=lambda each: -order.index(each[2])):
        paths[path][ANY_METHOD] = copy.deepcopy(paths[path][method.lower()])


def _route_functions(sources: Path) -> list[tuple[str, str, str]]:
    """(path, method, function) of every route of the application in ``sources``. Raises PackagingError."""
    env = dict(os.environ) | IMPORT_SETTINGS | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": ""}
    env.pop("FUNCTION", None)
    done = subprocess.run(
        [sys.executable, "-c", _ROUTES], cwd=sources, env=env, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise PackagingError(f"reading the routes of the application failed:\n{done.stderr}")
    return [(path, method, function) for path, method, function in json.loads(done.stdout)]


def _remove_unused_files(archive: Path) -> None:
    source = archive.replace(archive.with_suffix(".whole"))
    with zipfile.ZipFile(source) as packed, zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as output:
        for entry in packed.infolist():
            if not _is_unused(entry.filename):
                content = packed.read(entry)
                output.writestr(entry, _called_endpoints(content) if entry.filename == ENDPOINTS else content)
    source.unlink()


def _called_endpoints(content: bytes) -> bytes:
    """Return botocore's list of endpoints with those of `AWS_SERVICES` only."""
    endpoints = json.loads(content)
    called = {_PREFIXES.get(name, name) for name in AWS_SERVICES}
    for partition in endpoints["partitions"]:
        partition["services"] = {name: found for name, found in partition["services"].items() if name in called}
    return json.dumps(endpoints, separators=(",", ":")).encode()


def _is_unused(name: str) -> bool:
    if fnmatchcase(name, "botocore/data/*/*") and name.split("/")[2] not in AWS_SERVICES:
        return True
    return any(fnmatchcase(name, pattern) for pattern in NEVER_LOADED)


def _compile(archive: Path, scratch: Path) -> None:
    """Add the bytecode of each module to the zip, next to its source.

    Lambda's code folder is read-only, so without this every cold start would compile every module. The runtime does not
    compare the bytecode with its source (PEP 552, unchecked), because a deployed zip never changes.
    """
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(scratch)
    command = [sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    command += [
        "-s",
        str(scratch),
        str(scratch),
    ]  # without -s the bytecode contains this path, which differs between builds
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise PackagingError(f"compiling the package failed:\n{done.stdout}{done.stderr}")
    with zipfile.ZipFile(archive, "a", zipfile.ZIP_DEFLATED) as packed:
        for compiled in sorted(scratch.rglob("*.pyc")):
            entry = zipfile.ZipInfo(str(compiled.relative_to(scratch)), _MIN_ZIP_TIME)
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, compiled.read_bytes(), zipfile.ZIP_DEFLATED)
    shutil.rmtree(scratch)


def _compile_templates(sources: Path) -> None:
    """Compile the templates beside their sources (`chalicelib/http/html/template_bytecode.py`)."""
    command = [sys.executable, "-c", "from chalicelib.http.html import render; render.compile_templates()"]
    env = dict(os.environ) | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": ""}
    done = subprocess.run(command, cwd=sources, env=env, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise PackagingError(f"compiling the templates failed:\n{done.stdout}{done.stderr}")
