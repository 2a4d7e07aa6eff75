"""Seeding the demo: every verdict, once, whatever happens on the way."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuing import status_changes
from chalicelib.credential.record import State
from chalicelib.errors import Conflict
from chalicelib.verify.report import Verdict
from cli.demo import seed as seeding
from cli.demo.catalogue import ISSUERS
from cli.demo.plan import EXPECTED, Kind
from cli.demo.seed import WrongVerdict, check, demo_map, seed
from tests.award.fakes import BASE_URL, Crash, Fuse, Locked
from tests.cli.conftest import FakeServices, Run


def quiet(done: int, steps: int) -> None:
    assert 0 < done <= steps


def together(services: FakeServices) -> IssuerContext:
    """As the command has it, with calls that may come from several threads."""
    return replace(services.issuer_context, issuer_store=Locked(services.issuer_store), signer=Locked(services.signer))


def stored(services: FakeServices) -> Any:
    parts = ("_issuers", "_achievements", "_records", "_lists", "_taken", "_images")
    return {part: dict(getattr(services.issuer_store, part)) for part in parts}


@pytest.fixture
def seeded(services: FakeServices) -> FakeServices:
    seed(together(services), quiet)
    return services


def test_every_credential_gets_the_verdict_of_its_kind(seeded: FakeServices) -> None:
    verdicts = Counter(seeded.hosted_reports.open(name, None).report.verdict for name in seeded.issuer_store._records)
    assert verdicts == {
        Verdict.VALID: 90,
        Verdict.EXPIRED: 2,
        Verdict.REVOKED: 2,
        Verdict.SUSPENDED: 2,
        Verdict.INVALID: 2,
        Verdict.NOT_YET_VALID: 1,
        Verdict.UNKNOWN: 1,
    }
    check(seeded.hosted_reports, demo_map(BASE_URL))


def test_each_bad_kind_is_bad_for_its_own_reason(seeded: FakeServices) -> None:
    shown = demo_map(BASE_URL)
    faults = {}
    for kind in (Kind.TAMPERED, Kind.WRONG_SIGNER, Kind.UNREACHABLE_STATUS):
        findings = seeded.hosted_reports.open(shown[kind]["id"], None).report.findings
        faults[kind] = next(each.code for each in findings if each.outcome in ("failed", "unknown"))
    assert faults == {
        Kind.TAMPERED: "signature_wrong",
        Kind.WRONG_SIGNER: "signer_not_issuer",
        Kind.UNREACHABLE_STATUS: "status_list_unavailable",
    }


def test_a_revocation_has_its_reason(seeded: FakeServices) -> None:
    record = seeded.issuer_store.record(demo_map(BASE_URL)["revoked"]["id"])
    assert record.status.reason == seeding.REASONS[Kind.REVOKED]


def test_all_that_is_not_broken_has_a_jwt(seeded: FakeServices) -> None:
    assert sum(record.jwt is not None for record in seeded.issuer_store._records.values()) == 97


def test_a_second_run_changes_nothing(seeded: FakeServices) -> None:
    before = stored(seeded)
    keys = len(seeded.signer._keys)
    seed(together(seeded), quiet)
    assert stored(seeded) == before
    assert len(seeded.signer._keys) == keys


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", [0, 3, 14, 29, 47, 60, 131, 277, 402, 519])
def test_a_run_that_dies_is_completed_by_the_next_one(services: FakeServices, at: int, after: bool) -> None:
    fuse = Fuse(at, after)
    with pytest.raises(Crash):
        seed(fuse.build_into(together(services)), quiet)
    seed(together(services), quiet)
    assert len(services.issuer_store._records) == 100
    assert len(services.issuer_store._taken) == 2 * 99
    check(services.hosted_reports, demo_map(BASE_URL))


def test_tables_with_the_demo_of_another_address_are_left_alone(seeded: FakeServices) -> None:
    before = stored(seeded)
    with pytest.raises(Conflict) as conflict:
        seed(replace(together(seeded), base_url="http://localhost:8001"), quiet)
    assert conflict.value.code == "demo_of_another_address"
    assert stored(seeded) == before


def test_a_demo_that_shows_something_else_is_told_loudly(seeded: FakeServices) -> None:
    shown = demo_map(BASE_URL)
    status_changes.revoke(seeded.issuer_context, issuer_of(seeded, shown["valid"]["id"]), shown["valid"]["id"])
    status_changes.reinstate(
        seeded.issuer_context, issuer_of(seeded, shown["suspended"]["id"]), shown["suspended"]["id"]
    )
    with pytest.raises(WrongVerdict) as wrong:
        check(seeded.hosted_reports, shown)
    assert "valid is revoked, not valid" in wrong.value.detail
    assert "suspended is valid, not suspended" in wrong.value.detail


def test_the_map_has_an_address_for_every_kind() -> None:
    shown = demo_map(BASE_URL)
    assert list(shown) == [kind.value for kind in EXPECTED]
    for entry in shown.values():
        assert entry["url"] == f"{BASE_URL}/c/{entry['id']}"
        assert entry["api_url"] == f"{BASE_URL}/v1/credentials/{entry['id']}"


def issuer_of(services: FakeServices, name: str) -> str:
    return services.issuer_store.record(name).issuer_id


# The command.


def test_the_command_seeds_shows_progress_and_writes_the_map(run: Run, services: FakeServices, tmp_path: Path) -> None:
    services.issuer_store = LockedLedger(services.issuer_store)
    out = tmp_path / "new" / "demo.json"
    ran = run("demo", "--out", out)
    assert ran.code == 0
    assert "Demo data: 111 of 111" in ran.err
    assert json.loads(out.read_text()) == demo_map(BASE_URL)
    assert list(out.parent.iterdir()) == [out]


def test_the_command_writes_no_map_of_a_demo_that_is_wrong(run: Run, services: FakeServices, tmp_path: Path) -> None:
    services.issuer_store = LockedLedger(services.issuer_store)
    out = tmp_path / "demo.json"
    run("demo", "--out", out)
    out.unlink()
    valid = demo_map(BASE_URL)["valid"]["id"]
    status_changes.revoke(services.issuer_context, issuer_of(services, valid), valid)
    ran = run("demo", "--out", out)
    assert ran.code == 1
    assert "demo_wrong_verdict" in ran.err
    assert not out.exists()


class LockedLedger(Locked):
    """A lock does not hide what a test looks at."""

    def __getattr__(self, name: str) -> Any:
        return (
            getattr(self._port, name) if name.startswith("_") or name == "member_store" else super().__getattr__(name)
        )


def test_a_decision_of_the_operator_about_another_credential_stays(seeded: FakeServices) -> None:
    shown = demo_map(BASE_URL)
    other = next(name for name in seeded.issuer_store._records if name not in {each["id"] for each in shown.values()})
    if seeded.issuer_store.record(other).status.state is State.ACTIVE:
        status_changes.revoke(seeded.issuer_context, issuer_of(seeded, other), other)
    seed(together(seeded), quiet)
    assert seeded.issuer_store.record(other).status.state is State.REVOKED


def test_its_owner_may_sign_in_for_each_issuer_and_a_second_run_changes_nothing(
    run: Run, services: FakeServices, tmp_path: Path
) -> None:
    services.issuer_store = LockedLedger(services.issuer_store)
    for _ in range(2):
        assert run("demo", "--out", tmp_path / "demo.json", "--owner", "Ada@harbour-college.example").code == 0
        listed = [run("member", "list", new.id, "--json").rows for new, _ in ISSUERS]
        assert [[(row["email"], row["role"]) for row in rows] for rows in listed] == [
            [("ada@harbour-college.example", "owner")]
        ] * len(ISSUERS)
