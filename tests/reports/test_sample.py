"""A sample credential is signed and verified like a real one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.reports.sample import HOLDER, ID, SEED_BYTES, sample_report
from chalicelib.verify.report import Outcome, Verdict
from tests import makers

SEED = bytes(range(SEED_BYTES))


@pytest.mark.parametrize("registered", [True, False])
def test_sample_passes_every_check_that_the_issuer_would(registered: bool) -> None:
    issuer = replace(makers.issuer(), registered_as=makers.issuer().name if registered else None)
    opened = sample_report(issuer, makers.ACHIEVEMENT, base_url=makers.BASE_URL, now=makers.NOW, seed=SEED)
    outcomes = {finding.check: finding.outcome for finding in opened.report.findings}
    assert opened.report.verdict is Verdict.VALID
    assert outcomes.pop("issuer") is (Outcome.PASSED if registered else Outcome.UNKNOWN)
    assert {outcomes.pop("recipient"), outcomes.pop("extras")} == {Outcome.NOT_APPLICABLE}
    assert set(outcomes.values()) == {Outcome.PASSED}


def test_sample_names_itself_as_one() -> None:
    achievement = replace(makers.ACHIEVEMENT, valid_days=30)
    opened = sample_report(makers.issuer(), achievement, base_url=makers.BASE_URL, now=makers.NOW, seed=SEED)
    assert opened.record.id == ID
    assert HOLDER.encode() in opened.record.document
    assert opened.record.valid_until == makers.NOW + timedelta(days=30)


def test_sample_is_not_signed_with_a_key_of_the_issuer() -> None:
    issuer = makers.issuer()
    opened = sample_report(issuer, makers.ACHIEVEMENT, base_url=makers.BASE_URL, now=makers.NOW, seed=SEED)
    assert issuer.signing_key.multibase.encode() not in opened.record.document
