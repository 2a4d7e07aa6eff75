"""Verify credentials with Laurel.

client.py     the client
models.py     reports, results and receipts
errors.py     errors
transport.py  HTTP requests and retries
receipts.py   check receipts offline
"""

from laurel_client.client import Laurel
from laurel_client.errors import ConnectionFailed, JobTimeout, LaurelError, ProblemError, RateLimited, ReceiptInvalid
from laurel_client.models import Finding, Receipt, Report, Result
from laurel_client.receipts import CheckedReceipt, check_offline

__all__ = [
    "CheckedReceipt",
    "ConnectionFailed",
    "Finding",
    "JobTimeout",
    "Laurel",
    "LaurelError",
    "ProblemError",
    "RateLimited",
    "Receipt",
    "ReceiptInvalid",
    "Report",
    "Result",
    "check_offline",
]
