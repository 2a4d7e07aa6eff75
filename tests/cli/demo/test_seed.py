"""Seeding the demo: every verdict, exactly once, even after a crash."""

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
from cli.demo.catalogue import HARBOUR, ISSUERS
from cli.demo.history import PATHWAY_NAME, programmes, seed_pathway
from cli.demo.plan import CORRECTED_NAME, EXPECTED, Kind, replacement_id
from cli.demo.seed import WrongVerdict, check, demo_map, seed
from tests.award.fakes import BASE_URL, Crash, Fuse, Locked
from tests.cli.conftest import FakeServices, Run

pytestmark = pytest.mark.slow


def check_progress(done: int, steps: int) -> None:
    assert 0 < done <= steps


def locked_context(services: FakeServices) -> IssuerContext:
    """The issuer context as the command builds it: several threads may call its stores."""
    return replace(services.issuer_context, issuer_store=Locked(services.issuer_store), signer=Locked(services.signer))


def stored(services: FakeServices) -> Any:
    parts = ("_issuers", "_achievements", "_records", "_lists", "_taken", "_images")
    return {part: dict(getattr(services.issuer_store, part)) for part in parts}


@pytest.fixture
def seeded(services: FakeServices) -> FakeServices:
    seed(locked_context(services), check_progress)
    return services


def test_every_credential_has_the_verdict_of_its_kind(seeded: FakeServices) -> None:
    verdicts = Counter(seeded.hosted_reports.open(name, None).report.verdict for name in seeded.issuer_store._records)
    assert verdicts == {
        Verdict.VALID: 92,
        Verdict.EXPIRED: 2,
        Verdict.REVOKED: 3,
        Verdict.SUSPENDED: 2,
        Verdict.INVALID: 2,
        Verdict.NOT_YET_VALID: 1,
        Verdict.UNKNOWN: 1,
    }
    check(seeded.hosted_reports, demo_map(BASE_URL))


def test_each_defective_kind_fails_for_its_own_reason(seeded: FakeServices) -> None:
    shown = demo_map(BASE_URL)
    codes = {}
    for kind in (Kind.TAMPERED, Kind.WRONG_SIGNER, Kind.UNREACHABLE_STATUS):
        findings = seeded.hosted_reports.open(shown[kind]["id"], None).report.findings
        codes[kind] = next(each.code for each in findings if each.outcome in ("failed", "unknown"))
    assert codes == {
        Kind.TAMPERED: "signature_wrong",
        Kind.WRONG_SIGNER: "signer_not_issuer",
        Kind.UNREACHABLE_STATUS: "status_list_unavailable",
    }


def test_achievements_whose_enrolment_visits_are_counted_have_an_enrolment_page(seeded: FakeServices) -> None:
    counted = [programme.achievement_id for programme in programmes(BASE_URL, "p")]
    pages = [seeded.issuer_store.achievement(HARBOUR.id, each).enrolment_url for each in counted]
    assert len(set(pages)) == len(counted)
    assert all(page is not None and page.startswith(f"{HARBOUR.url}courses/") for page in pages)


def test_revoked_credential_has_a_reason(seeded: FakeServices) -> None:
    record = seeded.issuer_store.record(demo_map(BASE_URL)["revoked"]["id"])
    assert record.status.reason == seeding.REASONS[Kind.REVOKED]


def test_unproven_issuer_is_a_caution_about_who_and_not_a_failure(seeded: FakeServices) -> None:
    report = seeded.hosted_reports.open(demo_map(BASE_URL)["unproven_issuer"]["id"], None).report
    issuer = report.findings[7]
    assert (report.verdict, issuer.outcome, issuer.code) == (Verdict.VALID, "unknown", "issuer_unproven")


def test_superseded_credential_names_the_corrected_one(seeded: FakeServices) -> None:
    old = seeded.issuer_store.record(demo_map(BASE_URL)["superseded"]["id"])
    assert old.superseded_by == replacement_id(BASE_URL)
    new = seeded.issuer_store.record(replacement_id(BASE_URL))
    assert (new.supersedes, new.holder_name) == (old.id, CORRECTED_NAME)
    assert seeded.hosted_reports.open(new.id, None).report.verdict is Verdict.VALID


def test_every_intact_credential_has_a_jwt(seeded: FakeServices) -> None:
    assert sum(record.jwt is not None for record in seeded.issuer_store._records.values()) == 100


def test_a_second_run_changes_nothing(seeded: FakeServices) -> None:
    before = stored(seeded)
    keys = len(seeded.signer._keys)
    seed(locked_context(seeded), check_progress)
    assert stored(seeded) == before
    assert len(seeded.signer._keys) == keys


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", [0, 3, 14, 29, 47, 60, 131, 277, 402, 519])
def test_interrupted_run_is_completed_by_the_next_one(services: FakeServices, at: int, after: bool) -> None:
    fuse = Fuse(at, after)
    with pytest.raises(Crash):
        seed(fuse.build_into(locked_context(services)), check_progress)
    seed(locked_context(services), check_progress)
    assert len(services.issuer_store._records) == 103
    assert len(services.issuer_store._taken) == 2 * 102
    check(services.hosted_reports, demo_map(BASE_URL))


def test_demo_of_another_base_url_is_not_changed(seeded: FakeServices) -> None:
    before = stored(seeded)
    with pytest.raises(Conflict) as conflict:
        seed(replace(locked_context(seeded), base_url="http://localhost:8001"), check_progress)
    assert conflict.value.code == "demo_of_another_address"
    assert stored(seeded) == before


def test_wrong_verdicts_are_reported(seeded: FakeServices) -> None:
    shown = demo_map(BASE_URL)
    status_changes.revoke(seeded.issuer_context, issuer_of(seeded, shown["valid"]["id"]), shown["valid"]["id"])
    status_changes.reinstate(
        seeded.issuer_context, issuer_of(seeded, shown["suspended"]["id"]), shown["suspended"]["id"]
    )
    with pytest.raises(WrongVerdict) as wrong:
        check(seeded.hosted_reports, shown)
    assert "valid is revoked, not valid" in wrong.value.detail
    assert "suspended is valid, not suspended" in wrong.value.detail


def test_map_has_a_url_for_every_kind() -> None:
    shown = demo_map(BASE_URL)
    assert list(shown) == [kind.value for kind in EXPECTED]
    for entry in shown.values():
        assert entry["url"] == f"{BASE_URL}/c/{entry['id']}"
        assert entry["api_url"] == f"{BASE_URL}/v1/credentials/{entry['id']}"


def issuer_of(services: FakeServices, name: str) -> str:
    return services.issuer_store.record(name).issuer_id


# The `demo` command.


def test_command_seeds_shows_progress_and_writes_the_map(run: Run, services: FakeServices, tmp_path: Path) -> None:
    services.issuer_store = LockedStore(services.issuer_store)
    out = tmp_path / "new" / "demo.json"
    result = run("demo", "--out", out)
    assert result.code == 0
    assert "Demo data: 115 of 115" in result.err
    written = json.loads(out.read_text())
    profile, verifier = written.pop("holder_profile"), written.pop("verifier")
    assert written == demo_map(BASE_URL)
    assert profile["url"] == f"{BASE_URL}/holders/{profile['id']}"
    assert services.verifier_context.store.verifier(verifier["id"]).name == "Demo job platform"
    assert list(out.parent.iterdir()) == [out]


def test_a_holder_has_a_public_profile_which_later_runs_keep(run: Run, services: FakeServices, tmp_path: Path) -> None:
    services.issuer_store = LockedStore(services.issuer_store)
    out = tmp_path / "demo.json"
    found = []
    for _ in range(2):
        assert run("demo", "--out", out).code == 0
        found.append(json.loads(out.read_text())["holder_profile"])
    assert found[0] == found[1]
    public = services.profile_store.public[found[0]["id"]]
    assert demo_map(BASE_URL)["valid"]["id"] in public.credentials
    assert public.details.name


def test_command_writes_no_map_of_a_wrong_demo(run: Run, services: FakeServices, tmp_path: Path) -> None:
    services.issuer_store = LockedStore(services.issuer_store)
    out = tmp_path / "demo.json"
    run("demo", "--out", out)
    out.unlink()
    valid = demo_map(BASE_URL)["valid"]["id"]
    status_changes.revoke(services.issuer_context, issuer_of(services, valid), valid)
    result = run("demo", "--out", out)
    assert result.code == 1
    assert "demo_wrong_verdict" in result.err
    assert not out.exists()


class LockedStore(Locked):
    """A locked store whose private attributes tests can still read."""

    def __getattr__(self, name: str) -> Any:
        return (
            getattr(self._port, name) if name.startswith("_") or name == "member_store" else super().__getattr__(name)
        )


def test_status_changes_to_other_credentials_are_kept(seeded: FakeServices) -> None:
    shown = demo_map(BASE_URL)
    other = next(name for name in seeded.issuer_store._records if name not in {each["id"] for each in shown.values()})
    if seeded.issuer_store.record(other).status.state is State.ACTIVE:
        status_changes.revoke(seeded.issuer_context, issuer_of(seeded, other), other)
    seed(locked_context(seeded), check_progress)
    assert seeded.issuer_store.record(other).status.state is State.REVOKED


def test_owner_becomes_a_member_of_each_issuer_once(run: Run, services: FakeServices, tmp_path: Path) -> None:
    services.issuer_store = LockedStore(services.issuer_store)
    for _ in range(2):
        assert run("demo", "--out", tmp_path / "demo.json", "--owner", "Ada@harbour-college.example").code == 0
        listed = [run("member", "list", issuer.id, "--json").rows for issuer in ISSUERS]
        assert [[(row["email"], row["role"]) for row in rows] for rows in listed] == [
            [("ada@harbour-college.example", "owner")]
        ] * len(ISSUERS)


def test_pathway_of_the_demo_exists_and_is_made_once(seeded: FakeServices) -> None:
    first = seed_pathway(seeded.issuer_context, seeded.pathways)
    assert seed_pathway(seeded.issuer_context, seeded.pathways) == first
    pathway = seeded.pathways.pathway(HARBOUR.id, first)
    assert (pathway.name, pathway.archived) == (PATHWAY_NAME, True)
    assert len(pathway.root.steps) == len(programmes(BASE_URL, first))
