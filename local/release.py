"""The same package to a real account: what would be sent, and the AWS CLI's command lines that send it."""

from __future__ import annotations

import argparse
import re
import shlex
import shutil
import subprocess
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from local.package import ROOT, Package, build
from local.progress import say, step

# Template parameters that a deployment may set, by the option that sets them.
PARAMETERS = {
    "domain": "Domain",
    "certificate_arn": "CertificateArn",
    "base_url": "BaseUrl",
    "alarm_topic_arn": "AlarmTopicArn",
    "mail_from": "MailFrom",
    "operators": "Operators",
    "oidc_providers": "OidcProviders",
}


class ReleaseError(Exception):
    """The release cannot be made; the message names the way out."""


def stage(text: str) -> str:
    """The name of a deployment, as the template's parameter takes it."""
    if not re.fullmatch("[a-z][a-z0-9]{1,15}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no stage: use 2 to 16 of a-z and 0-9, a letter first")
    return text


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    for name, words in (("package", "build what would be sent, and list it"), ("deploy", "send it to AWS")):
        command = commands.add_parser(name, help=words)
        command.add_argument("--stage", type=stage, default="dev")
        if name == "deploy":
            command.add_argument("--bucket", default="", help="the S3 bucket that takes the code")
            command.add_argument("--dry-run", action="store_true", help="print the command lines and stop")
            for option in PARAMETERS:
                command.add_argument(f"--{option.replace('_', '-')}", default="")


def run(wanted: argparse.Namespace) -> int:
    """`package` or `deploy`. Raises ReleaseError or PackagingError."""
    if wanted.command == "deploy" and not wanted.bucket:
        raise ReleaseError("name the S3 bucket that takes the code: make deploy STAGE=… BUCKET=…")
    with step("packaging"):
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


def listing(package: Package) -> str:
    """What would be sent: the zip's size, and the template's resources by type."""
    kinds = Counter(resource["Type"] for resource in package.load()["Resources"].values())
    rows = [f"  {count:3}  {kind}" for kind, count in sorted(kinds.items())]
    size = package.zip.stat().st_size / 1e6
    return "\n".join(
        [f"{_shown(package.zip)}  {size:.1f} MB", f"{_shown(package.template)}  {kinds.total()} resources", *rows]
    )


def command_lines(stage: str, template: Path, bucket: str, parameters: Mapping[str, str]) -> list[list[str]]:
    """The AWS CLI's calls that bring stack laurel-`stage` to `template`.

    A parameter that is not given keeps the value that the stack has.
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
    """``line`` as it may be shown: what holds secrets is named only."""
    kept = f"{PARAMETERS['oidc_providers']}="
    return shlex.join(f"{kept}(not shown)" if word.startswith(kept) else word for word in line)


def _execute(lines: list[list[str]]) -> None:
    if shutil.which("aws") is None:
        raise ReleaseError("the AWS CLI is not installed; `aws` is needed to deploy")
    for line in lines:
        if subprocess.run(line, check=False).returncode != 0:
            raise ReleaseError(f"{' '.join(line[:3])} failed; what went wrong stands above")


def _shown(path: Path) -> Path:
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
