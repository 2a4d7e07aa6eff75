"""Commands for receipts."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import FakeServices, Run
from tests.http.fake_laurel import seeded
from tests.receipts import samples


def test_readable_part_is_erased_once(run: Run, services: FakeServices) -> None:
    made = samples.make(seeded())
    services.receipts.store.add(made)
    result = run("receipt", "erase", made.id, "--json")
    assert (result.code, result.rows) == (0, [{"id": made.id, "outcome": "erased"}])
    left = services.receipts.find(made.id)
    assert (left.jws, left.readable) == (made.jws, None)
    assert run("receipt", "erase", made.id).code != 0
    assert run("receipt", "erase", "../x").code != 0


def test_changed_receipt_is_refused(run: Run, services: FakeServices, tmp_path: Path) -> None:
    laurel = seeded(services.receipts.base_url)
    file = tmp_path / "receipt.jws"
    file.write_text(f"{samples.make(laurel).jws}\n")
    result = run("receipt", "check", file, "--json")
    assert (result.code, result.rows[0]["verdict"]) == (0, "valid")
    assert "verdict: valid" in run("receipt", "check", file).out
    file.write_text(samples.make(laurel).jws.replace("e", "f", 1))
    assert run("receipt", "check", file).code != 0
    assert run("receipt", "check", tmp_path / "missing").code != 0
