"""Deployment to the embedded AWS through S3 and CloudFormation, as in an AWS account."""

from __future__ import annotations

import copy
import hashlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import ClientError

from local.aws import CREDENTIALS, ROOT, EmbeddedAws
from local.package import Package

STACK = "laurel"
BUCKET = "laurel-deployments"
API_STAGE = "live"
DONE = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
SECRET_PARAMETERS = ("OidcProviders",)
RUNNING = (*DONE, "UPDATE_ROLLBACK_COMPLETE")  # the last one: an update failed and the previous version is running


class DeploymentError(Exception):
    """CloudFormation failed. The message contains its reasons."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """A deployed stack: the digest of its sources, and its outputs."""

    release: str
    outputs: Mapping[str, str]

    def api_url(self, aws: EmbeddedAws) -> str:
        """The URL of the deployed API, without a trailing slash."""
        return f"{aws.endpoint_url}/restapis/{self.outputs['RestAPIId']}/{API_STAGE}/_user_request_"

    def settings(self, stage: str) -> dict[str, str]:
        """The environment variables of the deployed functions, for other programs."""
        return {
            "STAGE": stage,
            "BASE_URL": self.outputs["BaseUrl"],
            "CREDENTIALS_TABLE": self.outputs["CredentialsTable"],
            "DIRECTORY_TABLE": self.outputs["DirectoryTable"],
            "EVENTS_TABLE": self.outputs["EventsTable"],
            "SECRETS_TABLE": self.outputs["SecretsTable"],
            "ERASURES_TABLE": self.outputs["ErasuresTable"],
            "EVENT_ARCHIVE": self.outputs["EventArchive"],
            "HOST_KEY_ID": self.outputs["HostKeyId"],
            "SHARED_KEY_ID": self.outputs["SharedKeyId"],
            "RECEIPT_KEY_ID": self.outputs["ReceiptKeyId"],
            "MAIL_FROM": self.outputs.get("MailFrom", ""),
            "MAIL_SET": self.outputs.get("MailSet", ""),
            "OPERATORS": self.outputs.get("Operators", ""),
            "OIDC_SECRET": self.outputs.get("OidcSecret", ""),
            "POWERTOOLS_SERVICE_NAME": f"laurel-{stage}",
            "POWERTOOLS_METRICS_NAMESPACE": "Laurel",
            "POWERTOOLS_TRACE_DISABLED": "true",
        }


def client(aws: EmbeddedAws, service: str) -> BaseClient:
    """A boto3 client of the embedded AWS, as its root user."""
    return boto3.client(
        service,
        endpoint_url=aws.endpoint_url,
        region_name=aws.region,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
    )


def current(aws: EmbeddedAws) -> Deployed | None:
    """The stack in the embedded AWS, or None if none was ever deployed completely."""
    stack = _describe(client(aws, "cloudformation"))
    if stack is None or stack["StackStatus"] not in RUNNING:
        return None
    tags = {tag["Key"]: tag["Value"] for tag in stack.get("Tags", [])}
    release = tags.get("release", "") if stack["StackStatus"] in DONE else ""
    return Deployed(release, {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])})


def _describe(cloudformation: BaseClient) -> dict[str, Any] | None:
    try:
        stack: dict[str, Any] = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return stack


def release_of(package: Package, parameters: Mapping[str, str]) -> str:
    """The release tag of a stack with this package and these parameters."""
    # Secret values are in the tag as a hash: everyone who may describe the stack reads its tags.
    shown = {
        name: hashlib.sha256(value.encode()).hexdigest()[:16] if value and name in SECRET_PARAMETERS else value
        for name, value in sorted(parameters.items())
    }
    text = "-".join(f"{name}.{value}" for name, value in shown.items())
    return f"{package.release[:32]}-{re.sub('[/,]', '_', text)}"  # a tag has no commas


def deploy(aws: EmbeddedAws, package: Package, parameters: Mapping[str, str]) -> Deployed:
    """Create or update the stack; does nothing if it is current. Raises DeploymentError."""
    release = release_of(package, parameters)
    before = current(aws)
    if before and before.release == release:
        return before
    s3 = client(aws, "s3")
    s3.create_bucket(Bucket=BUCKET)
    key = f"{package.release}.zip"
    s3.upload_file(str(package.zip), BUCKET, key)
    # CloudFormation accepts 51,200 bytes of template in a request, and one megabyte from S3.
    body = json.dumps(transformed(with_code(package.load(), f"s3://{BUCKET}/{key}")))
    template = f"{package.release}.json"
    s3.put_object(Bucket=BUCKET, Key=template, Body=body.encode())
    url = f"{aws.endpoint_url}/{BUCKET}/{template}"
    _change_stack(client(aws, "cloudformation"), url, parameters, release, update=before is not None)
    for done in (key, template):  # the functions have a copy of their code, so this saves 24 MB of state
        s3.delete_object(Bucket=BUCKET, Key=done)
    after = current(aws)
    if after is None:
        raise DeploymentError("The stack does not exist after its deployment.")
    _enable_email_events(client(aws, "ses"), after)
    return after


def _enable_email_events(ses: BaseClient, deployed: Deployed) -> None:
    """Send email events to the topic. The embedded AWS supports the notification topics of an identity, but not the
    configuration set events that the template uses."""
    domain = deployed.outputs["MailFrom"].partition("@")[2]
    for kind in ("Delivery", "Bounce", "Complaint"):
        topic = deployed.outputs["MailEvents"]
        ses.set_identity_notification_topic(Identity=domain, NotificationType=kind, SnsTopic=topic)


def with_code(template: dict[str, Any], uri: str) -> dict[str, Any]:
    """A copy of `template` with the code of every function at `uri`."""
    placed = copy.deepcopy(template)
    for resource in placed["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = uri
    return placed


def transformed(template: dict[str, Any]) -> dict[str, Any]:
    """Run the SAM transform in a separate process (see transform.py). Raises DeploymentError."""
    done = subprocess.run(
        [sys.executable, "-m", "local.transform"],
        input=json.dumps(template),
        cwd=ROOT,
        env={**os.environ, "AWS_DEFAULT_REGION": "us-east-1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise DeploymentError(f"The SAM transform failed:\n{done.stderr}")
    plain: dict[str, Any] = json.loads(done.stdout)
    return plain


def _change_stack(
    cloudformation: BaseClient,
    template_url: str,
    parameters: Mapping[str, str],
    release: str,
    *,
    update: bool,
    timeout: float = 120.0,
) -> None:
    if not update and _describe(cloudformation):  # left over from a failed first deployment
        cloudformation.delete_stack(StackName=STACK)
    change = cloudformation.update_stack if update else cloudformation.create_stack
    change(
        StackName=STACK,
        TemplateURL=template_url,
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in sorted(parameters.items())],
        Capabilities=["CAPABILITY_IAM"],
        Tags=[{"Key": "release", "Value": release}],
    )
    end = time.monotonic() + timeout
    while True:
        status = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"]
        if status in DONE:
            return
        if not status.endswith("_IN_PROGRESS") or time.monotonic() > end:
            raise DeploymentError(f"The stack status is {status}:\n{_reasons(cloudformation)}")
        time.sleep(0.1)


def _reasons(cloudformation: BaseClient) -> str:
    events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
    failed = [event for event in events if event.get("ResourceStatusReason")]
    return "\n".join(f"  {event['LogicalResourceId']}: {event['ResourceStatusReason']}" for event in failed)
