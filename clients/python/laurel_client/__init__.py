"""Verify credentials with Laurel.

client.py     the client
models.py     reports, results and receipts
errors.py     what can go wrong
transport.py  HTTP, and waiting when Laurel asks for it
receipts.py   get receipts, and check them offline
"""

from laurel_client.client import Laurel
from laurel_client.errors import (
    ConnectionFailed,
    JobTimeout,
    LaurelError,
    ProblemError,
    RateLimited,
    ReceiptInvalid,
    Refused,
    ServerError,
)
from laurel_client.models import BatchResult, CheckedReceipt, Finding, Receipt, Report

__all__ = [
    "BatchResult",
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
    "Refused",
    "Report",
    "ServerError",
]
