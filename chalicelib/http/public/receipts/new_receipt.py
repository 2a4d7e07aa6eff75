"""A new receipt for the report that answers a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.analytics.event import Visit
from chalicelib.credential.build import credential_url
from chalicelib.http.core.ports import Services
from chalicelib.receipts.limits import ReceiptQuota
from chalicelib.receipts.receipt import Receipt, VerificationRequest
from chalicelib.reports.hosted import HostedReport
from chalicelib.verify.options import VerificationOptions

if TYPE_CHECKING:
    from chalicelib.http.public.submission import Submission
    from chalicelib.reports.submitted import SubmittedReport


def of_submitted(
    services: Services, sent: Submission, checked: SubmittedReport, visit: Visit, verifier_id: str | None = None
) -> Receipt:
    """Make a receipt for a submitted credential; ``verifier_id`` is the caller with an API key. Raises `TooMany`,
    `Unavailable`."""
    own_id = None if checked.url is None else services.submitted_reports.hosted_id(checked.url)
    request = VerificationRequest(
        document=checked.source,
        submitted=sent.data if checked.url is None else None,
        url=checked.url if own_id is None else credential_url(services.settings.base_url, own_id),
        page=checked.page,
        hosted=own_id is not None,
    )
    quota = _of_network(services, visit) if verifier_id is None else services.receipts.limit.of_verifier(verifier_id)
    return services.receipts.make(request, checked.report, sent.options, quota)


def of_hosted(services: Services, opened: HostedReport, options: VerificationOptions, visit: Visit) -> Receipt:
    """Make a receipt for a hosted credential. Raises `TooMany`, `Unavailable`."""
    url = credential_url(services.settings.base_url, opened.record.id)
    request = VerificationRequest(opened.record.document, url=url, hosted=True)
    return services.receipts.make(request, opened.report, options, _of_network(services, visit))


def _of_network(services: Services, visit: Visit) -> ReceiptQuota:
    return services.receipts.limit.of_network(visit.address, by_other_site=visit.by_other_site)
