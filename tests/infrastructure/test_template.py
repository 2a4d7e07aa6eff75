"""The deployed template: rights, retention, alarms and gateway responses."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.analytics.counts import folding
from chalicelib.dynamo import keys
from chalicelib.erasure import running
from chalicelib.http.app import create_app
from chalicelib.http.core.access import CallerKind
from chalicelib.http.core.problem import KINDS
from chalicelib.kms.signer import key_tags
from chalicelib.settings import Function
from chalicelib.tasks.task_queue import LEASE
from chalicelib.tasks.worker import SLICE
from chalicelib.verifiers import idempotency
from chalicelib.verifiers.batch import job, jobs
from chalicelib.verifiers.watches import checking
from local.package import ANY_METHOD, HANDLERS, IMPORT_SETTINGS, ROOT, Package
from tests.http.fake_laurel import seeded

# X-Ray actions do not support resource ARNs (Service Authorization Reference, AWS X-Ray).
# Nor does kms:ListKeys (AWS KMS), which returns only ids.
WILDCARD_ALLOWED = {"xray:PutTraceSegments", "xray:PutTelemetryRecords", "kms:ListKeys"}

# The template cannot name these resources, because they are created at run time or vary: conditions restrict them.
_TAGGED = {"aws:ResourceTag/application", "aws:ResourceTag/stage"}
_TAGGING = {"aws:RequestTag/application", "aws:RequestTag/stage", "kms:KeySpec", "kms:KeyUsage"}
REQUIRED_CONDITIONS = {
    "kms:CreateKey": _TAGGING,
    "kms:TagResource": _TAGGING | _TAGGED | {"aws:TagKeys"},
    "kms:GetPublicKey": _TAGGED,
    "kms:ListResourceTags": _TAGGED,
    "kms:DescribeKey": _TAGGED,
    "kms:ScheduleKeyDeletion": _TAGGED | {"kms:ScheduleKeyDeletionPendingWindowInDays"},
    "kms:Sign": _TAGGED | {"kms:SigningAlgorithm"},
    "ses:SendRawEmail": {"ses:FromAddress"},
}

Resources = dict[str, dict[str, Any]]


def of_type(template: dict[str, Any], kind: str) -> Resources:
    return {name: found for name, found in template["Resources"].items() if found["Type"] == kind}


def functions(template: dict[str, Any]) -> Resources:
    return of_type(template, "AWS::Serverless::Function")


def statements(template: dict[str, Any], role: str) -> list[dict[str, Any]]:
    """The statements of a role, from its own policies and from shared ones."""
    properties = template["Resources"][role]["Properties"]
    shared = [template["Resources"][one["Ref"]]["Properties"] for one in properties.get("ManagedPolicyArns", ())]
    shared += [
        found["Properties"]
        for found in of_type(template, "AWS::IAM::Policy").values()
        if {"Ref": role} in found["Properties"]["Roles"]
    ]
    return [
        statement
        for policy in (*properties["Policies"], *shared)
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def actions(statement: dict[str, Any]) -> set[str]:
    named = statement["Action"]
    return {named} if isinstance(named, str) else set(named)


def table(template: dict[str, Any], name: str) -> dict[str, Any]:
    properties: dict[str, Any] = template["Resources"][name]["Properties"]
    return properties


def test_cfn_lint_finds_nothing(package: Package) -> None:
    linter = Path(sys.executable).with_name("cfn-lint")
    files = [str(package.template), str(ROOT / "infrastructure" / "resources.yaml")]
    done = subprocess.run([linter, *files], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_template_contains_no_packaging_placeholders(template: dict[str, Any]) -> None:
    shipped = json.dumps(template)
    assert "replaced-in-infrastructure" not in shipped, "a function has no role of its own in resources.yaml"
    assert IMPORT_SETTINGS["BASE_URL"] not in shipped


def test_every_function_has_its_own_role(template: dict[str, Any]) -> None:
    roles = [found["Properties"]["Role"]["Fn::GetAtt"][0] for found in functions(template).values()]
    assert len(roles) >= 2
    assert len(set(roles)) == len(roles)
    assert set(roles) == set(of_type(template, "AWS::IAM::Role"))


def test_sam_adds_no_role_and_no_stage(template: dict[str, Any], transformed_template: dict[str, Any]) -> None:
    assert set(of_type(transformed_template, "AWS::IAM::Role")) == set(of_type(template, "AWS::IAM::Role"))
    stages = of_type(transformed_template, "AWS::ApiGateway::Stage")
    assert [stage["Properties"]["StageName"] for stage in stages.values()] == ["live"]
    assert "/live/" in json.dumps(template["Outputs"]["EndpointURL"])


SIGN_RECEIPTS = ("PublicRole", "VerifyRole")


def test_role_wildcards_require_conditions(template: dict[str, Any]) -> None:
    for role in of_type(template, "AWS::IAM::Role"):
        for statement in statements(template, role):
            assert statement["Effect"] == "Allow"
            assert not [action for action in actions(statement) if "*" in action]
            if any(f"${{{bucket}.Arn}}/" in str(statement["Resource"]) for bucket in ("EventArchive", "BatchFiles")):
                continue  # the objects of our own buckets
            if "*" in json.dumps(statement["Resource"]) and not actions(statement) <= WILDCARD_ALLOWED:
                assert actions(statement) <= set(REQUIRED_CONDITIONS)
                named = {key for test in statement["Condition"].values() for key in test}
                assert named >= set.union(*(REQUIRED_CONDITIONS[action] for action in actions(statement)))


def test_only_some_roles_create_keys_sign_and_send_email(template: dict[str, Any]) -> None:
    allowed = {
        role: set.union(*map(actions, statements(template, role))) for role in of_type(template, "AWS::IAM::Role")
    }
    assert {role for role in allowed if "kms:CreateKey" in allowed[role]} == {"IssuerRole"}
    signing = {"IssuerRole", "RunTasksRole", "CleanUpKeysRole", *SIGN_RECEIPTS}
    assert {role for role in allowed if "kms:Sign" in allowed[role]} == signing
    assert {role for role in allowed if "kms:ScheduleKeyDeletion" in allowed[role]} == {"CleanUpKeysRole"}
    assert {role for role in allowed if "ses:SendRawEmail" in allowed[role]} == {
        "IssuerRole", "RunTasksRole", "SendSummariesRole",
    }  # fmt: skip
    assert {"kms:PutKeyPolicy", "kms:CreateGrant"}.isdisjoint(set.union(*allowed.values()))


def test_public_roles_reach_no_key_but_those_of_receipts_and_the_host_and_no_other_service(
    template: dict[str, Any],
) -> None:
    for role in SIGN_RECEIPTS:
        rest = {
            (action, statement["Resource"]["Fn::GetAtt"][0])
            for statement in statements(template, role)
            for action in actions(statement)
            if action.startswith("kms:")
        }
        own = {("kms:Sign", "ReceiptKey"), ("kms:GetPublicKey", "ReceiptKey")}
        assert rest == (own | {("kms:GetPublicKey", "HostKey")} if role == "PublicRole" else own)
    for role, more in (
        ("PublicRole", set()),
        ("VerifyRole", {"s3:GetObject", "s3:ListBucket", "s3:PutObject", "sqs:SendMessage"}),
    ):
        allowed = set.union(*map(actions, statements(template, role)))
        assert {one for one in allowed if not one.startswith(("dynamodb:", "kms:", "logs:", "xray:"))} == more


def test_receipt_key_signs_no_credential(template: dict[str, Any]) -> None:
    """Decision 39: the functions that visitors reach sign with this key, and those that sign credentials cannot."""
    sign = {"kms:Sign", "kms:GetPublicKey"}
    allowed = {role: granted(template, role, "ReceiptKey") for role in of_type(template, "AWS::IAM::Role")}
    expected = {**dict.fromkeys(SIGN_RECEIPTS, sign), "CleanUpKeysRole": {"kms:GetPublicKey"}}
    assert {role: found for role, found in allowed.items() if found} == expected
    signing = [one for role in SIGN_RECEIPTS for one in statements(template, role) if "kms:Sign" in actions(one)]
    assert [one["Condition"] for one in signing] == [
        {"StringEqualsIfExists": {"kms:SigningAlgorithm": "ECDSA_SHA_256"}}
    ] * len(SIGN_RECEIPTS)
    key = template["Resources"]["ReceiptKey"]
    tags = {tag["Key"]: tag["Value"] for tag in key["Properties"]["Tags"]}
    assert tags == {"application": "laurel-receipts", "stage": {"Ref": "Stage"}}
    assert (key["Properties"]["KeySpec"], key["DeletionPolicy"]) == ("ECC_NIST_P256", "Retain")


def named(statement: dict[str, Any]) -> bool:
    """Whether the statement names one resource of the template."""
    return set(statement["Resource"]) == {"Fn::GetAtt"}


def test_signing_needs_a_key_with_the_tags_of_this_deployment(template: dict[str, Any]) -> None:
    """`StringEqualsIfExists` also allows a key without any tag, such as one of another program in the account."""
    for role in ("IssuerRole", "RunTasksRole"):
        own_tags = {"aws:ResourceTag/application": "laurel", "aws:ResourceTag/stage": {"Ref": "Stage"}}
        by_tag, by_name = (
            [one for one in statements(template, role) if "kms:Sign" in actions(one) and named(one) is by_name]
            for by_name in (False, True)
        )
        assert [one["Condition"]["StringEquals"] for one in by_tag] == [own_tags]
        assert [one["Resource"] for one in by_name] == [{"Fn::GetAtt": ["SharedKey", "Arn"]}]


def test_a_key_gets_only_the_tags_of_this_deployment(template: dict[str, Any]) -> None:
    (tagging,) = (one for one in statements(template, "IssuerRole") if "kms:TagResource" in actions(one))
    own_tags = {"aws:RequestTag/application": "laurel", "aws:RequestTag/stage": {"Ref": "Stage"}}
    assert tagging["Condition"]["StringEquals"] == own_tags
    assert tagging["Condition"]["ForAllValues:StringEquals"] == {"aws:TagKeys": _tags_of_a_new_key()}


def _tags_of_a_new_key() -> list[str]:
    """The tags that the signer asks for. A key with any other tag would be refused, and the embedded AWS does not
    evaluate this condition."""
    return [tag["TagKey"] for tag in key_tags("dev", "acme")]


def test_client_secrets_are_in_no_environment_and_only_the_issuer_function_reads_them(
    template: dict[str, Any], transformed_template: dict[str, Any]
) -> None:
    for found in of_type(transformed_template, "AWS::Lambda::Function").values():
        assert "OidcProviders" not in json.dumps(found)
    using = {name for name, found in template["Resources"].items() if '"OidcProviders"' in json.dumps(found)}
    assert using == {"OidcSecret"}
    assert template["Parameters"]["OidcProviders"]["NoEcho"] is True
    readers = {
        role
        for role in of_type(template, "AWS::IAM::Role")
        if any("secretsmanager:GetSecretValue" in actions(one) for one in statements(template, role))
    }
    assert readers == {"IssuerRole"}
    reading = [one for one in statements(template, "IssuerRole") if "secretsmanager:GetSecretValue" in actions(one)]
    expected = ({"Fn::GetAtt": ["OidcSecret", "Id"]}, {"Ref": "GoogleWalletSecretArn"}, {"Ref": "AppleWalletSecretArn"})
    assert {json.dumps(one["Resource"]) for one in reading} == set(map(json.dumps, expected))


def test_public_functions_have_no_provider_secrets(template: dict[str, Any]) -> None:
    private = {"OIDC_SECRET", "OPERATORS", "MAIL_FROM"}
    for name in ("APIHandler", "VerifyHandler"):
        own = template["Resources"][name]["Properties"]["Environment"]["Variables"]
        assert private.isdisjoint(own)
    assert private.isdisjoint(template["Globals"]["Function"]["Environment"]["Variables"])


def test_production_contacts_public_hosts_only(template: dict[str, Any]) -> None:
    assert template["Parameters"]["FetchAllow"]["Default"] == ""
    assert template["Globals"]["Function"]["Environment"]["Variables"]["FETCH_ALLOW"] == {"Ref": "FetchAllow"}
    rule = template["Rules"]["ProductionContactsPublicHostsOnly"]
    assert rule["RuleCondition"] == {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}
    assert [one["Assert"] for one in rule["Assertions"]] == [{"Fn::Equals": [{"Ref": "FetchAllow"}, ""]}]


def test_each_route_is_served_by_the_function_it_names(template: dict[str, Any]) -> None:
    paths = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["paths"]
    served = {
        (path, method.upper()): view["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
        for path, methods in paths.items()
        for method, view in methods.items()
        if method != ANY_METHOD
    }
    routes = create_app(seeded()).routes
    named = {
        (path, method): entry.view_function.function
        for path, methods in routes.items()
        for method, entry in methods.items()
    }
    assert served.keys() == named.keys()
    for route, uri in served.items():
        handler = HANDLERS[named[route]]
        snapshot = named[route] == Function.PUBLIC and sys.version_info >= (3, 12)
        target = {"Ref": f"{handler}.Alias"} if snapshot else {"Fn::GetAtt": [handler, "Arn"]}
        assert uri[1] == {"Function": target}, route
        assert "/functions/${Function}/invocations" in uri[0]


def test_a_method_that_a_path_does_not_support_reaches_the_application(template: dict[str, Any]) -> None:
    for path, methods in template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["paths"].items():
        others = {name: view["x-amazon-apigateway-integration"]["uri"] for name, view in methods.items()}
        assert others.pop(ANY_METHOD) in others.values(), path


def test_home_page_refuses_other_methods_in_the_function_with_fewer_rights(template: dict[str, Any]) -> None:
    methods = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["paths"]["/"]
    assert methods[ANY_METHOD] == methods["get"]
    assert methods[ANY_METHOD] != methods["post"]


def test_routes_that_need_a_signed_in_caller_use_the_issuer_function() -> None:
    """An access rule that reads sessions, tokens or members needs rights that only the issuer function has."""
    for path, methods in create_app(seeded()).routes.items():
        for method, entry in methods.items():
            view = entry.view_function
            allowed = {Function.ISSUER}
            if view.access.caller_kind is CallerKind.VERIFIER:
                allowed |= {Function.VERIFY}  # it may look up a key by its hash
            assert view.access.open_to_all or view.function in allowed, (method, path)


def test_api_gateway_may_invoke_each_function(template: dict[str, Any]) -> None:
    permitted = {
        one["Properties"]["FunctionName"]["Ref"] for one in of_type(template, "AWS::Lambda::Permission").values()
    }
    assert {name.removesuffix(".Alias") for name in permitted} == set(HANDLERS.values())


def test_only_the_public_function_uses_snapstart_if_the_runtime_supports_it(
    transformed_template: dict[str, Any],
) -> None:
    deployed = of_type(transformed_template, "AWS::Lambda::Function")
    snapshots = {name for name, found in deployed.items() if "SnapStart" in found["Properties"]}
    assert snapshots == ({HANDLERS["public"]} if sys.version_info >= (3, 12) else set())
    aliases = {
        found["Properties"]["FunctionName"]["Ref"]
        for found in of_type(transformed_template, "AWS::Lambda::Alias").values()
    }
    assert aliases == snapshots


def test_host_key_is_not_tagged_as_an_issuer_key(template: dict[str, Any]) -> None:
    tags = {tag["Key"]: tag["Value"] for tag in template["Resources"]["HostKey"]["Properties"]["Tags"]}
    assert tags == {"application": "laurel-host", "stage": {"Ref": "Stage"}}


def test_only_functions_that_sign_for_issuers_use_the_shared_key(template: dict[str, Any]) -> None:
    allowed = {role: granted(template, role, "SharedKey") for role in of_type(template, "AWS::IAM::Role")}
    sign = {"kms:Sign", "kms:GetPublicKey"}
    assert {role: found for role, found in allowed.items() if found} == dict.fromkeys(
        ("IssuerRole", "RunTasksRole", "CleanUpKeysRole"), sign
    )
    key = template["Resources"]["SharedKey"]
    tags = {tag["Key"]: tag["Value"] for tag in key["Properties"]["Tags"]}
    assert tags == {"application": "laurel-shared", "stage": {"Ref": "Stage"}}
    assert (key["Properties"]["KeySpec"], key["DeletionPolicy"]) == ("ECC_NIST_EDWARDS25519", "Retain")


def test_each_role_writes_to_the_log_group_of_its_function_only(template: dict[str, Any]) -> None:
    for found in functions(template).values():
        properties = found["Properties"]
        group = properties["LoggingConfig"]["LogGroup"]["Ref"]
        role = properties["Role"]["Fn::GetAtt"][0]
        granted = [
            statement["Resource"]
            for statement in statements(template, role)
            if "logs:PutLogEvents" in actions(statement)
        ]
        assert granted == [{"Fn::GetAtt": [group, "Arn"]}]
        assert template["Resources"][group]["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}


def granted(template: dict[str, Any], role: str, resource: str) -> set[str]:
    arn = {"Fn::GetAtt": [resource, "Arn"]}
    found = statements(template, role)
    return set().union(*(actions(statement) for statement in found if statement["Resource"] == arn))


@pytest.mark.parametrize("role", ["PublicRole", "VerifyRole", "RunTasksRole", "OnEmailEventRole"])
def test_roles_can_only_add_events(template: dict[str, Any], role: str) -> None:
    assert granted(template, role, "EventsTable") == {"dynamodb:PutItem"}


def test_counts_are_written_by_one_function_only(template: dict[str, Any]) -> None:
    reads = {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"}
    assert granted(template, "IssuerRole", "EventsTable") == {"dynamodb:PutItem", *reads}
    assert granted(template, "CountEventsRole", "EventsTable") == {"dynamodb:PutItem", "dynamodb:DeleteItem", *reads}
    for role in ("CleanUpKeysRole", "RotateSecretsRole"):
        assert granted(template, role, "EventsTable") == set()


def test_counting_round_ends_before_its_function_times_out(template: dict[str, Any]) -> None:
    count = template["Resources"]["CountEvents"]["Properties"]
    assert timedelta(seconds=50) < timedelta(seconds=count["Timeout"]) < folding.LEASE
    assert count["EventInvokeConfig"] == {"MaximumRetryAttempts": 0}


def test_roles_cannot_scan_or_alter_tables_except_the_one_that_erases(template: dict[str, Any]) -> None:
    items = {"GetItem", "BatchGetItem", "BatchWriteItem", "Query", "PutItem", "UpdateItem", "DeleteItem"}
    more = {
        "ErasePeopleRole": {"Scan"}, "UpdateDirectoryRole": {"DescribeStream", "GetRecords", "GetShardIterator"},
    }  # fmt: skip
    for role in of_type(template, "AWS::IAM::Role"):
        allowed = set.union(*map(actions, statements(template, role)))
        most = items | more.get(role, set())
        assert {action for action in allowed if action.startswith("dynamodb:")} <= {f"dynamodb:{name}" for name in most}


def test_role_that_erases_neither_signs_nor_sends(template: dict[str, Any]) -> None:
    allowed = set.union(*map(actions, statements(template, "ErasePeopleRole")))
    assert {action.partition(":")[0] for action in allowed} == {"dynamodb", "logs", "s3", "xray"}


def test_archive_of_events_is_private_encrypted_and_ends_with_the_events(template: dict[str, Any]) -> None:
    bucket = template["Resources"]["EventArchive"]["Properties"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert "VersioningConfiguration" not in bucket  # an old version would keep who was erased
    (encryption,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] == {"Ref": "EventRetentionDays"}
    assert template["Resources"]["EventArchivePolicy"]["Condition"] == "HasDomain"
    (policy,) = template["Resources"]["EventArchivePolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert (policy["Effect"], policy["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_only_the_functions_that_archive_and_erase_reach_the_archive_of_events(template: dict[str, Any]) -> None:
    reaching = {
        role: {
            action
            for one in statements(template, role)
            for action in actions(one)
            if action.startswith("s3:") and "BatchFiles" not in str(one["Resource"])
        }
        for role in of_type(template, "AWS::IAM::Role")
    }
    assert {role: allowed for role, allowed in reaching.items() if allowed} == {
        "ArchiveEventsRole": {"s3:ListBucket", "s3:PutObject", "s3:DeleteObject"},
        "ErasePeopleRole": {"s3:ListBucket", "s3:GetObject", "s3:PutObject"},
    }


def test_batches_are_deleted_when_the_api_says_so(template: dict[str, Any]) -> None:
    rules = template["Resources"]["BatchFiles"]["Properties"]["LifecycleConfiguration"]["Rules"]
    days = {rule["Id"]: rule["ExpirationInDays"] for rule in rules}
    assert days == {"expire-jobs": job.RETENTION.days, "expire-answers": idempotency.RETENTION.days + 1}


def test_a_killed_batch_continues_after_its_function_has_ended(template: dict[str, Any]) -> None:
    function = template["Resources"]["RunBatches"]["Properties"]
    queue = template["Resources"]["BatchQueue"]["Properties"]
    assert jobs.FETCH_SECONDS + 20 < function["Timeout"] <= queue["VisibilityTimeout"] / 6
    assert queue["MessageRetentionPeriod"] == job.RETENTION.total_seconds()


def test_a_message_of_watches_is_delivered_again_after_its_function_has_ended(template: dict[str, Any]) -> None:
    function = template["Resources"]["RunWatches"]["Properties"]
    queue = template["Resources"]["WatchQueue"]["Properties"]
    assert timedelta(seconds=checking.RUN_SECONDS) + SLICE < timedelta(seconds=function["Timeout"])
    assert timedelta(seconds=50) + SLICE < timedelta(seconds=function["Timeout"])
    assert function["Timeout"] <= queue["VisibilityTimeout"] / 6
    assert function["Events"]["Minute"]["Properties"]["Schedule"] == "rate(1 minute)"
    assert function["Events"]["Queue"]["Properties"]["BatchSize"] == 1


def test_archiving_begins_its_last_day_long_before_its_function_times_out(template: dict[str, Any]) -> None:
    assert template["Resources"]["ArchiveEvents"]["Properties"]["Timeout"] == 900 < running.SETTLE.total_seconds()


def test_erasing_ends_before_its_function_times_out(template: dict[str, Any]) -> None:
    erase = template["Resources"]["ErasePeople"]["Properties"]
    assert timedelta(minutes=13) < timedelta(seconds=erase["Timeout"]) < running.SETTLE
    assert erase["EventInvokeConfig"] == {"MaximumRetryAttempts": 0}


def test_host_key_is_readable_but_cannot_sign(template: dict[str, Any]) -> None:
    assert granted(template, "PublicRole", "HostKey") == {"kms:GetPublicKey"}
    for role in ("VerifyRole", "IssuerRole", "RunTasksRole"):
        assert granted(template, role, "HostKey") == set()


def test_topic_accepts_only_events_of_our_own_emails(template: dict[str, Any]) -> None:
    (statement,) = template["Resources"]["MailEventsPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert (statement["Principal"], statement["Action"]) == ({"Service": "ses.amazonaws.com"}, "sns:Publish")
    assert set(statement["Condition"]["StringEquals"]) == {"AWS:SourceAccount", "AWS:SourceArn"}


def test_email_topic_is_encrypted_with_a_key_that_only_the_email_service_uses(template: dict[str, Any]) -> None:
    topic = template["Resources"]["MailEvents"]["Properties"]
    assert topic["KmsMasterKeyId"] == {"Ref": "MailEventsKey"}
    key = template["Resources"]["MailEventsKey"]["Properties"]
    assert key["EnableKeyRotation"] is True
    account, mail = key["KeyPolicy"]["Statement"]
    assert account["Action"] == "kms:*"
    assert (mail["Principal"], mail["Action"]) == (
        {"Service": "ses.amazonaws.com"}, ["kms:GenerateDataKey", "kms:Decrypt"],
    )  # fmt: skip
    (bound,) = mail["Condition"]["StringEquals"].values()
    assert bound["Fn::Sub"].endswith(f":{topic['TopicName']['Fn::Sub']}")
    assert {"Key": "application", "Value": "laurel"} not in key["Tags"]


def test_lost_email_events_are_kept_and_raise_an_alarm(
    template: dict[str, Any], transformed_template: dict[str, Any]
) -> None:
    queue = {"Fn::GetAtt": ["EmailEventsDeadLetters", "Arn"]}
    subscription = next(
        found["Properties"]
        for found in of_type(transformed_template, "AWS::SNS::Subscription").values()
        if found["Properties"]["TopicArn"] == {"Ref": "MailEvents"}
    )
    assert subscription["RedrivePolicy"] == {"deadLetterTargetArn": queue}
    function = template["Resources"]["OnEmailEvent"]["Properties"]
    assert function["EventInvokeConfig"]["DestinationConfig"]["OnFailure"] == {"Type": "SQS", "Destination": queue}
    assert granted(template, "OnEmailEventRole", "EmailEventsDeadLetters") == {"sqs:SendMessage"}
    properties = template["Resources"]["EmailEventsDeadLetters"]["Properties"]
    assert (properties["SqsManagedSseEnabled"], properties["MessageRetentionPeriod"]) == (True, 14 * 86_400)
    (statement,) = template["Resources"]["EmailEventsDeadLettersPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Ref": "MailEvents"}}}
    alarm = template["Resources"]["MailEventsLost"]["Properties"]
    assert alarm["Dimensions"] == [
        {"Name": "QueueName", "Value": {"Fn::GetAtt": ["EmailEventsDeadLetters", "QueueName"]}}
    ]
    assert (alarm["MetricName"], alarm["Threshold"]) == ("ApproximateNumberOfMessagesVisible", 1)


def test_changes_reach_the_directory_in_order_until_they_are_noted_as_lost(
    template: dict[str, Any], transformed_template: dict[str, Any]
) -> None:
    stream = template["Resources"]["CredentialsTable"]["Properties"]["StreamSpecification"]
    assert stream == {"StreamViewType": "KEYS_ONLY"}
    mappings = of_type(transformed_template, "AWS::Lambda::EventSourceMapping").values()
    (found,) = [one["Properties"] for one in mappings if "StartingPosition" in one["Properties"]]
    assert found["EventSourceArn"] == {"Fn::GetAtt": ["CredentialsTable", "StreamArn"]}
    assert found["FunctionName"] == {"Ref": "UpdateDirectory"}
    assert (found["StartingPosition"], found["ParallelizationFactor"]) == ("TRIM_HORIZON", 1)
    assert found["BisectBatchOnFunctionError"] is True
    assert found["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert found["MaximumBatchingWindowInSeconds"] < 5
    assert (found["MaximumRetryAttempts"], found["MaximumRecordAgeInSeconds"]) == (100, 3600)
    lost = {"Fn::GetAtt": ["ListingChangesDeadLetters", "Arn"]}
    assert found["DestinationConfig"]["OnFailure"]["Destination"] == lost
    assert granted(template, "UpdateDirectoryRole", "ListingChangesDeadLetters") == {"sqs:SendMessage"}
    patterns = [json.loads(one["Pattern"]) for one in found["FilterCriteria"]["Filters"]]
    prefixes = {one["dynamodb"]["Keys"]["pk"]["S"][0]["prefix"] for one in patterns}
    assert prefixes == {keys.published("").pk, keys.record("").pk, keys.issuer("").pk}
    # Of an issuer only the issuer itself, whose keys decide on verdicts: its achievements and lists change more often.
    (issuers,) = [one for one in patterns if one["dynamodb"]["Keys"]["pk"]["S"][0]["prefix"] == keys.issuer("").pk]
    assert issuers["dynamodb"]["Keys"]["sk"]["S"] == [keys.issuer("x").sk]
    assert granted(template, "UpdateDirectoryRole", "WatchQueue") == {"sqs:SendMessage"}
    alarm = template["Resources"]["ListingChangesLost"]["Properties"]
    assert alarm["Dimensions"] == [
        {"Name": "QueueName", "Value": {"Fn::GetAtt": ["ListingChangesDeadLetters", "QueueName"]}}
    ]


def test_a_directory_that_is_a_minute_behind_raises_an_alarm(template: dict[str, Any]) -> None:
    """Changes that were applied late, and changes that were not even read."""
    behind, stuck = (template["Resources"][name]["Properties"] for name in ("DirectoryBehind", "DirectoryStuck"))
    assert (behind["Namespace"], behind["MetricName"], behind["Threshold"]) == ("Laurel", "DirectoryBehind", 60)
    assert (stuck["Namespace"], stuck["MetricName"], stuck["Threshold"]) == ("AWS/Lambda", "IteratorAge", 60_000)
    assert stuck["Dimensions"] == [{"Name": "FunctionName", "Value": {"Ref": "UpdateDirectory"}}]
    assert {one["Statistic"] for one in (behind, stuck)} == {"Maximum"}


def test_with_a_domain_the_api_has_no_second_endpoint(
    template: dict[str, Any], transformed_template: dict[str, Any]
) -> None:
    only_with_a_domain = {"Fn::If": ["HasDomain", True, False]}
    assert template["Resources"]["RestAPI"]["Properties"]["DisableExecuteApiEndpoint"] == only_with_a_domain
    assert json.dumps(only_with_a_domain) in json.dumps(transformed_template["Resources"]["RestAPI"])


def test_worker_round_ends_before_its_function_times_out(template: dict[str, Any]) -> None:
    work = template["Resources"]["RunTasks"]["Properties"]
    assert timedelta(seconds=50) + SLICE < timedelta(seconds=work["Timeout"])
    assert timedelta(seconds=work["Timeout"]) < LEASE
    assert work["EventInvokeConfig"] == {"MaximumRetryAttempts": 0}


def test_tables_are_on_demand_and_encrypted(template: dict[str, Any]) -> None:
    tables = of_type(template, "AWS::DynamoDB::Table")
    assert set(tables) == {"CredentialsTable", "DirectoryTable", "EventsTable", "SecretsTable", "ErasuresTable"}
    for found in tables.values():
        assert found["Properties"]["BillingMode"] == "PAY_PER_REQUEST"
        assert found["Properties"]["SSESpecification"] == {"SSEEnabled": True}


def test_credentials_can_be_recovered_and_outlive_the_stack(template: dict[str, Any]) -> None:
    assert table(template, "CredentialsTable")["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert "TimeToLiveSpecification" not in table(template, "CredentialsTable")
    assert template["Resources"]["CredentialsTable"]["DeletionPolicy"] == "Retain"


def test_secrets_outlive_the_stack_although_they_have_no_backup(template: dict[str, Any]) -> None:
    """Emails contain links whose secrets are here: unsubscribing must work for as long as they are valid."""
    assert template["Resources"]["SecretsTable"]["DeletionPolicy"] == "Retain"
    assert template["Resources"]["SecretsTable"]["UpdateReplacePolicy"] == "Retain"


@pytest.mark.parametrize("name", ["EventsTable", "SecretsTable"])
def test_ephemeral_tables_expire_and_are_not_backed_up(template: dict[str, Any], name: str) -> None:
    assert table(template, name)["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}
    assert "PointInTimeRecoverySpecification" not in table(template, name)
    assert "StreamSpecification" not in table(template, name)


def test_tombstones_outlive_the_stack_in_a_table_of_their_own(template: dict[str, Any]) -> None:
    """A restore of the credentials must not bring back who was erased."""
    assert template["Resources"]["ErasuresTable"]["DeletionPolicy"] == "Retain"
    assert template["Resources"]["ErasuresTable"]["UpdateReplacePolicy"] == "Retain"
    assert "TimeToLiveSpecification" not in table(template, "ErasuresTable")


@pytest.mark.parametrize("name", ["CredentialsTable", "DirectoryTable", "EventsTable", "SecretsTable", "ErasuresTable"])
def test_production_tables_cannot_be_deleted_by_accident(template: dict[str, Any], name: str) -> None:
    assert table(template, name)["DeletionProtectionEnabled"] == {"Fn::If": ["IsProd", True, False]}
    assert template["Conditions"]["IsProd"] == {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}


def test_host_key_signs_ed25519_and_outlives_the_stack(template: dict[str, Any]) -> None:
    key = template["Resources"]["HostKey"]
    assert (key["Properties"]["KeySpec"], key["Properties"]["KeyUsage"]) == ("ECC_NIST_EDWARDS25519", "SIGN_VERIFY")
    assert key["DeletionPolicy"] == "Retain"


def test_binary_media_types_are_everything_in_the_template(
    template: dict[str, Any], transformed_template: dict[str, Any]
) -> None:
    body = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    assert body["x-amazon-apigateway-binary-media-types"] == ["*/*"]
    assert transformed_template["Resources"]["RestAPI"]["Properties"]["BinaryMediaTypes"] == ["*/*"]


def test_gateway_responses_are_problem_json_with_their_own_status(template: dict[str, Any]) -> None:
    responses = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"][
        "x-amazon-apigateway-gateway-responses"
    ]
    assert {"DEFAULT_4XX", "DEFAULT_5XX", "MISSING_AUTHENTICATION_TOKEN", "REQUEST_TOO_LARGE", "THROTTLED"} <= set(
        responses
    )
    for answer in responses.values():
        problem = json.loads(answer["responseTemplates"]["application/json"])
        assert set(problem) == {"type", "title", "status", "code", "detail"}
        kind = KINDS[problem["code"]]
        assert (problem["status"], problem["title"]) == (kind.status, kind.title)
        assert answer["statusCode"] == kind.status
        content_type = answer["responseParameters"]["gatewayresponse.header.Content-Type"]
        assert content_type == "'application/problem+json'"


def test_a_deployment_waits_for_the_gateway_responses(transformed_template: dict[str, Any]) -> None:
    responses = set(of_type(transformed_template, "AWS::ApiGateway::GatewayResponse"))
    assert responses
    for deployment in of_type(transformed_template, "AWS::ApiGateway::Deployment").values():
        assert set(deployment["DependsOn"]) == responses


def test_caller_addresses_are_not_logged(template: dict[str, Any], transformed_template: dict[str, Any]) -> None:
    for found in functions(template).values():
        assert found["Properties"]["Tracing"] == "Active"
    for stage in of_type(transformed_template, "AWS::ApiGateway::Stage").values():
        assert stage["Properties"]["TracingEnabled"] is False
        assert "AccessLogSetting" not in stage["Properties"]
        settings = stage["Properties"]["MethodSettings"]
        assert {(each["LoggingLevel"], each["DataTraceEnabled"]) for each in settings} == {("OFF", False)}


def test_page_views_are_throttled_by_api_gateway_and_not_by_a_write(template: dict[str, Any]) -> None:
    settings = template["Resources"]["RestAPI"]["Properties"]["MethodSettings"]
    (every,) = (one for one in settings if (one["HttpMethod"], one["ResourcePath"]) == ("*", "/*"))
    assert every["ThrottlingRateLimit"] == {"Ref": "ThrottleRate"}
    assert every["ThrottlingBurstLimit"] == {"Ref": "ThrottleBurst"}


def test_every_function_has_alarms_for_errors_and_throttles(template: dict[str, Any]) -> None:
    alarms = [found["Properties"] for found in of_type(template, "AWS::CloudWatch::Alarm").values()]
    for name in functions(template):
        dimension = [{"Name": "FunctionName", "Value": {"Ref": name}}]
        watched = {alarm["MetricName"] for alarm in alarms if alarm["Dimensions"] == dimension}
        assert {"Errors", "Throttles"} <= watched
    assert {"5XXError", "EventsNotStored", "DeadLetterTasks", "TasksLate"} <= {alarm["MetricName"] for alarm in alarms}


def test_the_domain_serves_the_root_path(template: dict[str, Any]) -> None:
    mapping = template["Resources"]["CustomDomainMapping"]
    assert mapping["Condition"] == "HasDomain"
    assert "BasePath" not in mapping["Properties"]


def test_functions_get_their_tables_and_name_from_the_template(transformed_template: dict[str, Any]) -> None:
    deployed = of_type(transformed_template, "AWS::Lambda::Function")
    named = {name: found["Properties"]["Environment"]["Variables"] for name, found in deployed.items()}
    for variables in named.values():
        assert variables["CREDENTIALS_TABLE"] == {"Ref": "CredentialsTable"}
        assert variables["HOST_KEY_ID"] == {"Ref": "HostKey"}
        assert variables["SHARED_KEY_ID"] == {"Ref": "SharedKey"}
        assert variables["RECEIPT_KEY_ID"] == {"Ref": "ReceiptKey"}
    assert {name: named[name]["FUNCTION"] for name in named} == {
        **{handler: function for function, handler in HANDLERS.items()},
        **dict.fromkeys(
            (
                "RotateSecrets",
                "CleanUpKeys",
                "RunTasks",
                "CountEvents",
                "ArchiveEvents",
                "SendMessages",
                "SendSummaries",
                "ErasePeople",
                "OnEmailEvent",
                "UpdateDirectory",
                "RunBatches",
                "RunWatches",
            ),
            "background",
        ),
    }


def test_issuers_keys_are_ed25519_and_p256_and_sign_only_with_the_algorithms_of_these(template: dict[str, Any]) -> None:
    specs = ["ECC_NIST_EDWARDS25519", "ECC_NIST_P256"]
    for action in ("kms:CreateKey", "kms:TagResource"):
        (allowed,) = (one for one in statements(template, "IssuerRole") if action in actions(one))
        assert allowed["Condition"]["StringEqualsIfExists"]["kms:KeySpec"] == specs
    (signing,) = (one for one in statements(template, "IssuerRole") if one["Sid"] == "SignWithTheIssuersKeys")
    algorithms = signing["Condition"]["StringEqualsIfExists"]["kms:SigningAlgorithm"]
    assert algorithms == ["ED25519_SHA_512", "ECDSA_SHA_256"]
