"""Published AWS prices in US dollars: on demand, us-east-1, without free tiers. Read on 2026-11-29."""

from __future__ import annotations

# https://aws.amazon.com/lambda/pricing/ : Arm, first tier
LAMBDA_REQUEST = 0.20 / 1_000_000
LAMBDA_GB_SECOND = 0.0000133334

# https://aws.amazon.com/dynamodb/pricing/on-demand/ : standard table class
DYNAMODB_WRITE = 0.625 / 1_000_000
"""One write request unit: an item of up to 1 KB. A transaction takes two."""
DYNAMODB_READ = 0.125 / 1_000_000
"""One read request unit: a strongly consistent read of up to 4 KB."""

# https://aws.amazon.com/kms/pricing/
KMS_KEY_MONTH = 1.00
KMS_ECC_REQUEST = 0.15 / 10_000
"""A request with an asymmetric key other than RSA 2048."""

# https://aws.amazon.com/api-gateway/pricing/ : REST API, first tier
GATEWAY_REQUEST = 3.50 / 1_000_000

# https://aws.amazon.com/ses/pricing/
SES_EMAIL = 0.10 / 1_000
