"""`make deploy`: the exact command lines, and what it refuses."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from local.deploy import release_of
from local.package import ROOT, Package
from local.release import PARAMETERS, ReleaseError, check_runtime, command_lines, listing, printable


def test_command_lines_upload_the_code_and_update_the_stack() -> None:
    template = Path("/b/prod/template.json")
    parameters = {"Domain": "laurel.example", "CertificateArn": "arn:aws:acm:eu-central-1:1:certificate/c"}
    upload, change = (shlex.join(line) for line in command_lines("prod", template, "code", parameters))
    assert upload == (
        "aws cloudformation package --template-file /b/prod/template.json --s3-bucket code --s3-prefix laurel/prod"
        " --use-json --output-template-file /b/prod/sent.json"
    )
    assert change == (
        "aws cloudformation deploy --template-file /b/prod/sent.json --stack-name laurel-prod --s3-bucket code"
        " --s3-prefix laurel/prod --capabilities CAPABILITY_IAM --no-fail-on-empty-changeset --parameter-overrides"
        " CertificateArn=arn:aws:acm:eu-central-1:1:certificate/c Domain=laurel.example Stage=prod"
    )


def test_omitted_parameter_keeps_its_value() -> None:
    change = command_lines("prod", Path("/b/template.json"), "code", {})[1]
    assert change[change.index("--parameter-overrides") + 1 :] == ["Stage=prod"]


def test_provider_secret_is_sent_but_not_printed() -> None:
    providers = '[{"id": "work", "client_secret": "hush"}]'
    change = command_lines("prod", Path("/b/template.json"), "code", {"OidcProviders": providers})[1]
    assert f"OidcProviders={providers}" in change
    assert "hush" not in printable(change)
    assert "'OidcProviders=(hidden)'" in printable(change)


@pytest.mark.slow
def test_deployment_refuses_providers_that_no_function_could_read() -> None:
    command = [sys.executable, "-m", "local", "deploy", "--stage", "dev", "--bucket", "b", "--dry-run"]
    command += ["--oidc-providers", '[{"client_secret": "hush"}]']
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "OIDC_PROVIDERS must be a JSON list" in done.stderr
    assert "hush" not in done.stderr + done.stdout


def test_release_tag_of_the_local_stack_holds_no_secret(package: Package) -> None:
    one, other = (release_of(package, {"OidcProviders": text, "Stage": "local"}) for text in ("hush", "other"))
    assert "hush" not in one
    assert one != other


@pytest.mark.slow
def test_release_tag_of_the_local_stack_has_only_characters_of_tags(package: Package) -> None:
    tag = release_of(package, {"FetchAllow": "localhost:9443,hooks.test:8443", "BaseUrl": "http://localhost:8000"})
    assert re.fullmatch(r"[\w.:=+@-]{1,256}", tag)


def test_deployment_requires_a_bucket() -> None:
    command = [sys.executable, "-m", "local", "deploy", "--stage", "prod"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "BUCKET=" in done.stderr


@pytest.mark.parametrize(
    ("version", "accepted"), [((3, 11), False), ((3, 12), False), ((3, 13), True), ((3, 14), True)]
)
def test_aws_deployments_require_python_3_13(version: tuple[int, int], accepted: bool) -> None:
    if accepted:
        check_runtime(version)
    else:
        with pytest.raises(ReleaseError, match=r"Python 3\.13 or newer"):
            check_runtime(version)


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["../x", "Prod", "a b", "x", ""])
def test_invalid_stage_is_refused_with_a_message(stage: str) -> None:
    command = [sys.executable, "-m", "local", "package", "--stage", stage]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "is not a valid stage" in done.stderr


def test_make_deploy_passes_on_every_parameter() -> None:
    makefile = (ROOT / "Makefile").read_text()
    assert [option for option in PARAMETERS if f"--{option.replace('_', '-')} " not in makefile] == []


@pytest.mark.parametrize("kind", ["AWS::DynamoDB::Table", "AWS::Serverless::Function", "AWS::IAM::Role"])
def test_listing_names_what_would_be_deployed(package: Package, kind: str) -> None:
    output = listing(package)
    assert kind in output
    assert "deployment.zip" in output
