"""The rules for each kind of credential."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.credential import vocabulary
from chalicelib.verify.models import V1, DataModel
from chalicelib.verify.rules import clr, data_model, open_badges
from chalicelib.verify.rules.rule import Shape, linked

SHAPES = linked(
    {
        "V1": data_model.V1_CREDENTIAL,
        "V2": data_model.V2_CREDENTIAL,
        "V1 badge": open_badges.V1_BADGE,
        "V2 badge": open_badges.V2_BADGE,
        "V1 endorsement": open_badges.V1_ENDORSEMENT,
        "V2 endorsement": open_badges.V2_ENDORSEMENT,
        "V1 CLR": clr.V1_CLR,
        "V2 CLR": clr.V2_CLR,
        **data_model.SHAPES,
        **open_badges.SHAPES,
        **clr.SHAPES,
    }
)
"""Every shape, by name."""


def is_open_badge(types: Sequence[object]) -> bool:
    """Whether a credential with ``types`` is an Open Badge."""
    return vocabulary.OPEN_BADGE in types or vocabulary.ACHIEVEMENT_CREDENTIAL in types


def is_endorsement(types: Sequence[object]) -> bool:
    """Whether a credential with ``types`` is an endorsement (OB 3.0, B.1: EndorsementCredential)."""
    return "EndorsementCredential" in types and not is_open_badge(types)


def is_clr(types: Sequence[object]) -> bool:
    """Whether a credential with ``types`` is a CLR, and has no type whose rules go before those of one."""
    return vocabulary.CLR_CREDENTIAL in types and "EndorsementCredential" not in types and not is_open_badge(types)


def shape_of(types: Sequence[object], model: DataModel) -> Shape:
    """Return the rules for a credential with ``types``."""
    version = "V1" if model is V1 else "V2"
    if is_open_badge(types):
        return SHAPES[f"{version} badge"]
    if is_endorsement(types):
        return SHAPES[f"{version} endorsement"]
    if is_clr(types):
        return SHAPES[f"{version} CLR"]
    return SHAPES[version]
