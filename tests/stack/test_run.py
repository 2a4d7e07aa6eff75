"""`make run` and `make stop`: what is kept, what is made again, and what is said."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
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


def engine(stack: Stack) -> EmbeddedAws:
    running = process.recall(stack.record("aws"))
    assert running
    return EmbeddedAws(running)


def verdict(running: RunningStack) -> str:
    with urllib.request.urlopen(running.demo["valid"]["api_url"] + "/report", timeout=30) as reply:
        said: str = json.load(reply)["verdict"]
        return said


def own_item(stack: Stack) -> dict[str, object]:
    deployed = current(engine(stack))
    assert deployed
    return {"TableName": deployed.outputs["CredentialsTable"], "Key": {"pk": {"S": "test#kept"}, "sk": {"S": "x"}}}


def test_what_is_stopped_comes_back_with_its_data(stack: RunningStack) -> None:
    mine = own_item(stack.local)
    client(engine(stack.local), "dynamodb").put_item(TableName=mine["TableName"], Item=mine["Key"])
    assert stack.local.down() == ["front", "aws"]
    assert not ports.taken(stack.local.port)
    stack.local.up()
    assert json.loads(stack.local.demo.read_text()) == stack.demo
    assert verdict(stack) == "valid"
    assert "Item" in client(engine(stack.local), "dynamodb").get_item(**own_item(stack.local))


def test_a_second_run_changes_nothing(stack: RunningStack) -> None:
    before = [process.recall(stack.local.record(name)) for name in ("aws", "front")]
    stack.local.up()
    assert [process.recall(stack.local.record(name)) for name in ("aws", "front")] == before


def test_the_demo_data_survives_a_kill(stack: RunningStack) -> None:
    for name in ("aws", "front"):
        running = process.recall(stack.local.record(name))
        assert running
        os.killpg(running.pid, signal.SIGKILL)
    stack.local.up()
    assert json.loads(stack.local.demo.read_text()) == stack.demo
    assert verdict(stack) == "valid"


def test_lost_data_is_made_anew(stack: RunningStack) -> None:
    # A demo map without the data that it tells of: as after a kill before the first orderly stop.
    stack.local.down()
    (stack.local.home / "aws").rename(stack.local.home / "elsewhere")
    stack.local.up()
    stack.demo.update(json.loads(stack.local.demo.read_text()))
    assert verdict(stack) == "valid"


def test_incomplete_data_is_moved_away_and_created_again(
    stack: RunningStack, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.local.demo.unlink()  # as after a seed that was interrupted
    stack.local.up()
    said = capsys.readouterr().out
    assert "moved to" in said
    assert "is lost" not in said
    assert len(list(stack.local.home.glob("aws.set-aside-*/state"))) == 1
    stack.demo.update(json.loads(stack.local.demo.read_text()))
    assert verdict(stack) == "valid"


DEVELOPING = """
import sys
from pathlib import Path
from local.stack import Stack
Stack(int(sys.argv[1]), Path(sys.argv[2])).dev()
"""


def test_developing_serves_the_same_data_and_shows_the_mail(stack: RunningStack) -> None:
    command = [sys.executable, "-u", "-c", DEVELOPING, str(stack.local.port), str(stack.local.home)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as dev:
        lines = iter(dev.stdout or [])
        mail = next(line.split()[1] for line in lines if line.startswith("mail: "))
        with urllib.request.urlopen(mail, timeout=30) as reply:
            assert b"<h1>Mail" in reply.read()
        while not ports.taken(stack.local.port):
            assert dev.poll() is None
            time.sleep(0.1)
        assert verdict(stack) == "valid"
        dev.terminate()
    assert stack.local.down() == ["aws"]
    stack.local.up()


def test_everything_that_listens_is_on_loopback(stack: RunningStack) -> None:
    for name in ("aws", "front"):
        running = process.recall(stack.local.record(name))
        assert running
        held = ports.socket_inodes(running.pid)
        addresses = {address for inode, address, _ in ports.listening() if inode in held}
        assert addresses
        assert addresses <= LOOPBACK


def test_stopping_what_does_not_run_is_no_fault(tmp_path: Path) -> None:
    assert Stack.of(ports.free_port(), tmp_path).down() == []


def test_a_taken_port_is_named_with_its_holder_and_a_way_out(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(StackError) as refused:
            Stack.of(port, tmp_path).up()
    assert f"Port {port} is in use by process {os.getpid()}" in str(refused.value)
    assert f"make run PORT={port + 1}" in str(refused.value)
    assert list(tmp_path.iterdir()) == [], "a start that came to nothing leaves nothing behind"


@pytest.mark.parametrize("text", ["99999", "0", "-1", "eighty"])
def test_what_is_no_port_is_refused_in_a_sentence(text: str) -> None:
    asked = subprocess.run(
        [sys.executable, "-m", "local", "up", f"--port={text}"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert asked.returncode == 2
    assert f"{text} is not a valid port" in asked.stderr
    assert "Traceback" not in asked.stderr


def test_a_stale_record_does_not_claim_a_port(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        stack = Stack.of(other.getsockname()[1], tmp_path)
        stack.home.mkdir(parents=True)
        process.remember(process.Process(os.getpid(), "1"), stack.record("front"))
        with pytest.raises(StackError, match="is in use by"):
            stack.up()


def test_another_port_is_told_that_it_gets_data_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = Stack.of(8000, tmp_path), Stack.of(8001, tmp_path)
    first.home.mkdir()
    first.demo.write_text("{}")
    second._announce()
    said = capsys.readouterr().out
    assert "http://localhost:8001 gets its own demo data" in said
    assert "port 8000" in said
