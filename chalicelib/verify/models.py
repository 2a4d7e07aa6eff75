"""The credential data models, by their first context."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.credential import vocabulary


@dataclass(frozen=True, slots=True)
class DataModel:
    """The member names of one version of the data model."""

    version: str
    context: str
    start: str
    """The member with the start of the validity period."""
    end: str
    requires_start: bool


V2 = DataModel("2.0", vocabulary.CREDENTIALS_V2, "validFrom", "validUntil", requires_start=False)
"""VC Data Model 2.0, 4.9."""
V1 = DataModel("1.1", vocabulary.CREDENTIALS_V1, "issuanceDate", "expirationDate", requires_start=True)
"""VC Data Model 1.1, 4.6."""

MODELS = (V2, V1)
STARTS = tuple(model.start for model in MODELS)
ENDS = tuple(model.end for model in MODELS)
BY_CONTEXT: Mapping[object, DataModel] = {model.context: model for model in MODELS}
