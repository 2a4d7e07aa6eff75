"""Deployment to an AWS account: the package listing and the AWS CLI commands that deploy it."""

from __future__ import annotations

import argparse
import re
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from chalicelib.access.sign_in import providers
from chalicelib.errors import Refused
from local.package import ROOT, Package, build
from local.progress import say, step

MIN_RUNTIME = (3, 13)
"""Oldest Lambda runtime deployed to AWS: older ones are deprecated years earlier. Chalice takes the running Python."""

# Template parameters that a deployment may set, by the option that sets them.
PARAMETERS = {
    "domain": "Domain",
    "certificate_arn": "CertificateArn",
    "base_url": "BaseUrl",
    "alarm_topic_arn": "AlarmTopicArn",
    "mail_from": "MailFrom",
    "operators": "Operators",
    "report_email": "ReportEmail",
    "oidc_providers": "OidcProviders",
    "google_wallet_secret_arn": "GoogleWalletSecretArn",
    "apple_wallet_secret_arn": "AppleWalletSecretArn",
    "example_credential": "ExampleCredential",
    "issuer_registries": "IssuerRegistries",
    "vc_api_issuing": "VcApiIssuing",
    "event_bus_name": "EventBusName",
    "unproven_emails": "UnprovenEmails",
    "new_keys_per_day": "NewKeysPerDay",
    "event_retention_days": "EventRetentionDays",
    "erasure_days": "ErasureDays",
    "verify_concurrency": "VerifyConcurrency",
}


class ReleaseError(Exception):
    """The deployment cannot start or has failed. The message says what to do."""


def stage(text: str) -> str:
    """The name of a deployment, in the form that the template's parameter accepts."""
    if not re.fullmatch("[a-z][a-z0-9]{1,15}", text):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a valid stage: use 2 to 16 of a-z and 0-9, starting with a letter"
        )
    return text


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    for name, words in (("package", "build and list what would be sent to AWS"), ("deploy", "deploy to AWS")):
        command = commands.add_parser(name, help=words)
        command.add_argument("--stage", type=stage, default="dev")
        if name == "deploy":
            command.add_argument("--bucket", default="", help="S3 bucket for the code")
            command.add_argument("--dry-run", action="store_true", help="print the commands without running them")
            for option in PARAMETERS:
                command.add_argument(f"--{option.replace('_', '-')}", default="")


def run(wanted: argparse.Namespace) -> int:
    """Run `package` or `deploy`. Raises ReleaseError or PackagingError."""
    if wanted.command == "deploy" and not wanted.bucket:
        raise ReleaseError("Give the S3 bucket for the code: make deploy STAGE=… BUCKET=…")
    if wanted.command == "deploy" or wanted.stage != "local":  # the local stack runs on any supported Python
        check_runtime(sys.version_info[:2])
    if wanted.command == "deploy":
        _check_providers(wanted.oidc_providers)
    with step("Packaging"):
        package = build(wanted.stage)
    if wanted.command == "package":
        say(listing(package))
        return 0
    parameters = {name: value for option, name in PARAMETERS.items() if (value := getattr(wanted, option))}
    lines = command_lines(wanted.stage, package.template, wanted.bucket, parameters)
    for line in lines:
        say(printable(line))
    if not wanted.dry_run:
        _execute(lines)
    return 0


def _check_providers(text: str) -> None:
    """Raises ReleaseError for providers that the deployed function could not read."""
    try:
        providers.parse(text)
    except Refused as error:
        raise ReleaseError(error.detail) from error


def check_runtime(version: tuple[int, int]) -> None:
    """Raises ReleaseError when this Python is too old to be the Lambda runtime."""
    if version < MIN_RUNTIME:
        oldest = ".".join(map(str, MIN_RUNTIME))
        raise ReleaseError(
            f"AWS deployments use Python {oldest} or newer, because the packaging Python becomes the Lambda runtime; "
            f"this is {version[0]}.{version[1]}. Run the same command with PYTHON=python{oldest}."
        )


def listing(package: Package) -> str:
    """The zip's size and the number of template resources of each type."""
    kinds = Counter(resource["Type"] for resource in package.load()["Resources"].values())
    rows = [f"  {count:3}  {kind}" for kind, count in sorted(kinds.items())]
    size = package.zip.stat().st_size / 1e6
    return "\n".join(
        [f"{_shown(package.zip)}  {size:.1f} MB", f"{_shown(package.template)}  {kinds.total()} resources", *rows]
    )


def command_lines(stage: str, template: Path, bucket: str, parameters: Mapping[str, str]) -> list[list[str]]:
    """The AWS CLI commands that update stack laurel-`stage` to `template`.

    A parameter that is not given keeps its current value.
    """
    sent = template.with_name("sent.json")
    values = [f"{name}={value}" for name, value in sorted({**parameters, "Stage": stage}.items())]
    upload = ["aws", "cloudformation", "package", "--template-file", str(template), "--s3-bucket", bucket]
    upload += ["--s3-prefix", f"laurel/{stage}", "--use-json", "--output-template-file", str(sent)]
    change = ["aws", "cloudformation", "deploy", "--template-file", str(sent), "--stack-name", f"laurel-{stage}"]
    change += ["--s3-bucket", bucket, "--s3-prefix", f"laurel/{stage}", "--capabilities", "CAPABILITY_IAM"]
    change += ["--no-fail-on-empty-changeset", "--parameter-overrides", *values]
    return [upload, change]


def printable(line: list[str]) -> str:
    """The command for display, with secret values hidden."""
    prefix = f"{PARAMETERS['oidc_providers']}="
    return shlex.join(f"{prefix}(hidden)" if word.startswith(prefix) else word for word in line)


def _execute(lines: list[list[str]]) -> None:
    if shutil.which("aws") is None:
        raise ReleaseError("The AWS CLI (`aws`) is not installed. Install it to deploy.")
    for line in lines:
        if subprocess.run(line, check=False).returncode != 0:
            raise ReleaseError(f"{' '.join(line[:3])} failed; see the output above")


def _shown(path: Path) -> Path:
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
