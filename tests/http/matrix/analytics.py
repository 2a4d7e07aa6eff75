"""Entries for counts and key figures. The path names no data of a tenant, so another one gets its own."""

from __future__ import annotations

from chalicelib.catalogue import conversion
from tests.http.matrix import Builder, Call, EntryContext


def create_referral(at: EntryContext) -> str:
    laurel = at.laurel
    click = conversion.ReferredClick(laurel.entropy(13).hex(), laurel.now, at.achievement, at.credential)
    month = conversion.month_of(laurel.now)
    key = laurel.catalogue_store.create_conversion_key(
        month, laurel.entropy(conversion.KEY_BYTES), conversion.key_expires(month)
    )
    return conversion.seal(click, at.owner, month, key, laurel.entropy(conversion.NONCE_BYTES))


ENTRIES: dict[tuple[str, str], Builder] = {
    ("POST", "/console/{issuer}/summary"): lambda at: Call(
        f"/console/{at.console_issuer}/summary", form={"do": "subscribe"}, allowed_status=303
    ),
    ("POST", "/v1/conversions"): lambda at: Call(
        "/v1/conversions", json={"referral": create_referral(at)}, allowed_status=201, foreign_status=422
    ),
    ("GET", "/v1/analytics/{table}"): lambda _at: Call("/v1/analytics/kpis", foreign_status=200),
}
