"""The result of a dry run: at once for a small upload, at its own URL for a large one."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.access.caller import Caller
from chalicelib.access.roles import Permission
from chalicelib.award.bulk.bulk_issuer import UploadSummary
from chalicelib.award.bulk.dry_run import DryRun
from chalicelib.award.bulk.upload import RowError
from chalicelib.credential import dates
from chalicelib.http.core.access import token
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, as_json
from chalicelib.http.core.routing import Routes

MISSING = "There is no dry run with this id, it was deleted after a day, or this API key cannot access it."


def routes(services: Services) -> Routes:
    """Create the route `/v1/dry-runs/{id}`."""
    bound = Routes(__name__, services)

    @bound.bind("/v1/dry-runs/{id}", access=token(Permission.READ), missing=MISSING)
    def show(_request: Request, caller: Caller, dry_run_id: str) -> Reply:
        runner = services.dry_runner
        found = runner.dry_runs.dry_run(caller.issuer_id, dry_run_id, runner.issuer_context.now())
        return as_json(_to_json(found, bound.base_url))

    return bound


def started(dry_run: DryRun, base_url: str) -> Reply:
    """The response for a dry run that runs in the background."""
    return as_json(_to_json(dry_run, base_url), status=202, headers={"Location": _address(dry_run, base_url)})


def summary(found: UploadSummary) -> dict[str, object]:
    """Serialize the result of a dry run."""
    return {
        "rows": found.total,
        "rows_with_errors": found.with_errors,
        "rows_with_duplicates": found.with_duplicates,
        "row_errors": [row_error(each) for each in found.row_errors],
        "duplicates": [row_error(each) for each in found.duplicates],
    }


def row_error(error: RowError) -> dict[str, object]:
    """Serialize an error of a row."""
    return {"row": error.row, "column": error.column, "code": error.code, "detail": error.detail}


def _to_json(dry_run: DryRun, base_url: str) -> dict[str, object]:
    return {
        "id": dry_run.id,
        "achievement": dry_run.terms.achievement_id,
        "state": dry_run.state.value,
        "reason": dry_run.reason,
        **summary(dry_run.summary),
        "created_at": dates.write(dry_run.created_at),
        "created_by": dry_run.created_by,
        "expires_at": dates.write(dry_run.expires),
        "links": {"self": _address(dry_run, base_url)},
    }


def _address(dry_run: DryRun, base_url: str) -> str:
    return f"{base_url}/v1/dry-runs/{dry_run.id}"
