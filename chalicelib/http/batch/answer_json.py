"""JSON of a batch: the results of one that was answered at once, and the state of a job."""

from __future__ import annotations

import json
from collections.abc import Sequence

from chalicelib.credential import dates
from chalicelib.verifiers.batch.jobs import PROBLEM, Progress
from chalicelib.verify.report import Verdict

LINK_SECONDS = 3600
"""How long a link to results works. A new one is made each time the job is read."""


def results(verdict: Verdict, lines: Sequence[bytes]) -> str:
    """Serialize a batch that was answered at once: its worst verdict, and the results in order, as lines of JSON."""
    return f'{{"verdict":{json.dumps(verdict.value)},"results":[{b",".join(lines).decode()}]}}'


def job(progress: Progress, base_url: str, results_link: str | None = None) -> dict[str, object]:
    """Serialize a job and its progress; ``results_link`` is where the results of a finished one are."""
    found = progress.job
    links = {"self": address(found.id, base_url), **({"results": results_link} if results_link else {})}
    verdicts = {name: count for name, count in sorted(progress.verdicts.items()) if name != PROBLEM}
    return {
        "id": found.id,
        "state": "running" if found.finished is None else "done",
        "report": found.detail.value,
        "items": found.items,
        "answered": progress.answered,
        "verdicts": verdicts,
        "problems": progress.verdicts[PROBLEM],
        "created_at": dates.write(found.created),
        "finished_at": None if found.finished is None else dates.write(found.finished),
        "expires_at": dates.write(found.expires),
        "links": links,
    }


def address(job_id: str, base_url: str) -> str:
    """The URL of a job."""
    return f"{base_url}/v1/verify/batch/{job_id}"
