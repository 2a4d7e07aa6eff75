"""What requests and credentials cost the operator, from the published prices and assumed sizes."""

from __future__ import annotations

from abuse import prices

MEMORY_GB = 1.0
"""`lambda_memory_size` in .chalice/config.json."""
REQUEST_SECONDS = 0.1
"""Time of an ordinary request, more than `make bench` measures for any."""
WRITES_PER_CREDENTIAL = 2 * (5 + 7)
"""Write units of the transaction that stores a credential: a record of up to 5 KB, two status list indexes, its row,
its recipient, two pointers of the holder and its task."""
WRITES_PER_EMAIL = 9
"""Write units of an email that is sent: its task three times, the claim and result of the delivery, two links, the sent
email and the issuer's reputation. Its counters are extra."""


def of_requests(count: int, seconds: float = REQUEST_SECONDS) -> float:
    """Dollars for ``count`` requests that each take ``seconds``, without their writes."""
    return count * (prices.GATEWAY_REQUEST + prices.LAMBDA_REQUEST + seconds * MEMORY_GB * prices.LAMBDA_GB_SECOND)


def of_credentials(count: int) -> float:
    """Dollars for signing and storing ``count`` credentials."""
    return count * (WRITES_PER_CREDENTIAL * prices.DYNAMODB_WRITE + prices.KMS_ECC_REQUEST)


def of_emails(count: int) -> float:
    """Dollars for sending ``count`` emails about credentials."""
    return count * (WRITES_PER_EMAIL * prices.DYNAMODB_WRITE + prices.SES_EMAIL)


def of_writes(units: int) -> float:
    """Dollars for ``units`` write units."""
    return units * prices.DYNAMODB_WRITE


def of_reads(units: int) -> float:
    """Dollars for ``units`` read units."""
    return units * prices.DYNAMODB_READ
