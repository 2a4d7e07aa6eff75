"""`make run` and `make stop`: which data is kept, what is recreated, and what is printed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from local import ports, process
from local.aws import EmbeddedAws
from local.deploy import client, current
from local.package import ROOT
from local.stack import Stack, StackError
from tests.conftest import RunningStack
from tests.local.test_aws import LOOPBACK

pytestmark = pytest.mark.slow


def embedded_aws(stack: Stack) -> EmbeddedAws:
    running = process.recall(stack.record("aws"))
    assert running
    return EmbeddedAws(running)


def verdict(running: RunningStack) -> str:
    with urllib.request.urlopen(running.demo["valid"]["api_url"] + "/report", timeout=30) as reply:
        found: str = json.load(reply)["verdict"]
        return found


def own_item(stack: Stack) -> dict[str, object]:
    deployed = current(embedded_aws(stack))
    assert deployed
    return {"TableName": deployed.outputs["CredentialsTable"], "Key": {"pk": {"S": "test#kept"}, "sk": {"S": "x"}}}


def test_stopped_stack_restarts_with_its_data(stack: RunningStack) -> None:
    item = own_item(stack.local)
    client(embedded_aws(stack.local), "dynamodb").put_item(TableName=item["TableName"], Item=item["Key"])
    assert stack.local.down() == ["proxy", "aws"]
    assert not ports.taken(stack.local.port)
    stack.local.up()
    assert json.loads(stack.local.demo.read_text()) == stack.demo
    assert verdict(stack) == "valid"
    assert "Item" in client(embedded_aws(stack.local), "dynamodb").get_item(**own_item(stack.local))


def test_a_second_run_changes_nothing(stack: RunningStack) -> None:
    before = [process.recall(stack.local.record(name)) for name in ("aws", "proxy")]
    stack.local.up()
    assert [process.recall(stack.local.record(name)) for name in ("aws", "proxy")] == before


def test_the_demo_data_survives_a_kill(stack: RunningStack) -> None:
    for name in ("aws", "proxy"):
        running = process.recall(stack.local.record(name))
        assert running
        os.killpg(running.pid, signal.SIGKILL)
    stack.local.up()
    assert json.loads(stack.local.demo.read_text()) == stack.demo
    assert verdict(stack) == "valid"


def test_lost_data_is_recreated(stack: RunningStack) -> None:
    # The demo map exists, but its data does not: as after a kill before the first clean stop.
    stack.local.down()
    (stack.local.home / "aws").rename(stack.local.home / "elsewhere")
    stack.local.up()
    stack.demo.update(json.loads(stack.local.demo.read_text()))
    assert verdict(stack) == "valid"


def test_incomplete_data_is_moved_away_and_created_again(
    stack: RunningStack, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.local.demo.unlink()  # as after an interrupted seed
    stack.local.up()
    output = capsys.readouterr().out
    assert "moved to" in output
    assert "is lost" not in output
    assert len(list(stack.local.home.glob("aws.set-aside-*/state"))) == 1
    stack.demo.update(json.loads(stack.local.demo.read_text()))
    assert verdict(stack) == "valid"


def test_demo_data_of_an_earlier_version_is_completed_and_kept(
    stack: RunningStack, capsys: pytest.CaptureFixture[str]
) -> None:
    added = ("superseded", "holder_profile", "verifier")
    older = {kind: found for kind, found in stack.demo.items() if kind not in added}
    stack.local.demo.write_text(json.dumps(older))
    stack.local.up()
    assert "moved to" not in capsys.readouterr().out
    completed = json.loads(stack.local.demo.read_text())
    assert completed["verifier"]["api_key"] != stack.demo["verifier"]["api_key"]  # only its hash is stored
    stack.demo["verifier"] = completed["verifier"]
    assert completed == stack.demo


DEV_SCRIPT = """
import sys
from pathlib import Path
from local.stack import Stack
Stack(int(sys.argv[1]), Path(sys.argv[2])).dev()
"""


def wait_for_answer(running: RunningStack, seconds: int = 120) -> None:
    """Wait for the verdict. A server that is starting refuses connections, and Chalice's sometimes resets one."""
    deadline = time.monotonic() + seconds
    found = ""
    while not found:
        try:
            found = verdict(running)
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
    assert found == "valid"


def test_dev_server_serves_the_same_data_and_the_mail_pages(stack: RunningStack, tmp_path: Path) -> None:
    command = [sys.executable, "-u", "-c", DEV_SCRIPT, str(stack.local.port), str(stack.local.home)]
    note = ROOT / ".laurel" / "written-by-a-test"
    errors = tmp_path / "errors"
    try:
        with (
            errors.open("w") as log,
            subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True) as dev,
        ):
            try:
                # Stop at the last line as well: the server runs on, so waiting for another one would never end.
                announced = next(line for line in dev.stdout or [] if line.startswith(("emails: ", "ready: ")))
                assert announced.startswith("emails: ")
                with urllib.request.urlopen(announced.split()[1], timeout=30) as reply:
                    assert b"<h1>Email" in reply.read()
                wait_for_answer(stack)
                assert dev.poll() is None
                # A file outside the source once restarted the server within a second.
                note.parent.mkdir(exist_ok=True)
                note.write_text("")
                time.sleep(1.5)
                wait_for_answer(stack)
                assert "change" not in errors.read_text()
            finally:
                dev.terminate()  # without it, a failure above would wait for the server for ever
        assert stack.local.down() == ["aws"]
    finally:
        note.unlink(missing_ok=True)
        stack.local.up()  # the next tests use the stack, whatever happened here


def test_every_listening_socket_is_on_loopback(stack: RunningStack) -> None:
    for name in ("aws", "proxy"):
        running = process.recall(stack.local.record(name))
        assert running
        held = ports.socket_inodes(running.pid)
        addresses = {address for inode, address, _ in ports.listening() if inode in held}
        assert addresses
        assert addresses <= LOOPBACK


def test_stopping_a_stopped_stack_is_not_an_error(tmp_path: Path) -> None:
    assert Stack.of(ports.free_port(), tmp_path).down() == []


def test_port_in_use_is_reported_with_its_process_and_an_alternative(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(StackError) as refused:
            Stack.of(port, tmp_path).up()
    assert f"Port {port} is in use by process {os.getpid()}" in str(refused.value)
    assert f"make run PORT={port + 1}" in str(refused.value)
    assert list(tmp_path.iterdir()) == [], "a failed start leaves nothing behind"


@pytest.mark.parametrize("text", ["99999", "0", "-1", "eighty"])
def test_invalid_port_is_refused_with_a_message(text: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "local", "up", f"--port={text}"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert f"{text} is not a valid port" in done.stderr
    assert "Traceback" not in done.stderr


def test_env_of_a_stopped_stack_prints_nothing_that_a_shell_would_run() -> None:
    command = [sys.executable, "-m", "local", "env", f"--port={ports.free_port()}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Start it: make run PORT=" in done.stderr


def test_a_stale_record_does_not_claim_a_port(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        stack = Stack.of(other.getsockname()[1], tmp_path)
        stack.home.mkdir(parents=True)
        process.remember(process.Process(os.getpid(), "1"), stack.record("proxy"))
        with pytest.raises(StackError, match="is in use by"):
            stack.up()


def test_another_port_announces_its_own_demo_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = Stack.of(8000, tmp_path), Stack.of(8001, tmp_path)
    first.home.mkdir()
    first.demo.write_text("{}")
    second._announce()
    output = capsys.readouterr().out
    assert "http://localhost:8001 gets its own demo data" in output
    assert "port 8000" in output
