"""Who may compare an issuer's outcomes, and how often. Only members who may export can compare the holders of one
achievement."""

from __future__ import annotations

from chalicelib.access.caller import Caller
from chalicelib.access.roles import Permission
from chalicelib.award import daily_limits
from chalicelib.award.daily_limits import Limit
from chalicelib.errors import Forbidden
from chalicelib.outcomes import cohorts
from chalicelib.outcomes.comparison import Compared, Comparison
from chalicelib.outcomes.importing import OutcomeContext
from chalicelib.outcomes.outcome import Measure

COMPARISONS = Limit("comparisons", "compare outcomes {:,} times", 100, 1_000)
"""Maximum comparisons. Each reads up to 20 MB and takes up to five seconds: every name of an issuer twice a day; for an
identified issuer, ten members who each do that."""


def compare(
    context: OutcomeContext, caller: Caller, measure: Measure, achievement_id: str | None
) -> dict[Compared, Comparison]:
    """Both comparisons, for the holders of one achievement or of any. The difference between those of two achievements
    can tell something about one person.

    Raises `Forbidden`, `Refused` (`too_many_outcomes`), `QuotaExceeded`.
    """
    if achievement_id is not None and not caller.may(Permission.EXPORT):
        raise Forbidden("Only an owner, who can export the outcomes, can compare the holders of one achievement.")
    issuer = context.issuer_context.issuer_store.issuer(caller.issuer_id)
    daily_limits.take(context.issuer_context, issuer, COMPARISONS)
    return cohorts.compare(context.store, measure, achievement_id)
