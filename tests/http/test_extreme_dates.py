"""Dates near both ends of the calendar, on every route, form, upload and submitted credential: never a server error."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.access.roles import Role
from chalicelib.award.issuing import issue
from chalicelib.award.issuing.issue import Award
from chalicelib.credential.build import Holder
from chalicelib.credential.multibase import encode_ed25519
from chalicelib.credential.record import Purpose
from chalicelib.http.core.access import CallerKind
from chalicelib.verify.keys import did_document
from chalicelib.verify.keys.key_entry import key_of_method
from chalicelib.verify.keys.public_key import PublicKey, UnusableKey
from chalicelib.verify.ports import Controller, Method
from tests import makers
from tests.examples import examples
from tests.http.fake_laurel import Laurel, seeded
from tests.http.gateway import HTML, Gateway, Response
from tests.http.matrix import OWNER, Call, EntryContext
from tests.http.senders import FORM, filled_form
from tests.http.test_two_tenants import GUARDED, TwoTenants, build, rule
from tests.http.verifiers.keys import as_verifier

LAST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
DAYS = ("0000-01-01", "0001-01-01", "0001-01-02", "0999-12-31", "1969-12-31", "9999-12-30", "9999-12-31", "10000-01-01")
TIMES = ("00:00:00", "00:00:00.000001", "12:00:00", "23:59:59", "23:59:59.999999999", "24:00:00", "23:59:60")
OFFSETS = ("Z", "+14:00", "-14:00", "+00:01", "-00:01", "+13:59", "+24:00", "")
DATES = st.one_of(
    st.builds("{}T{}{}".format, st.sampled_from(DAYS), st.sampled_from(TIMES), st.sampled_from(OFFSETS)),
    st.sampled_from(DAYS),
)
SECONDS = st.sampled_from([0, -1, -62135596800, 253402300799, 253402300800, 2**63, -(2**63), 10**400, 1e308, 0.5])
"""Seconds since 1970, around both ends and beyond what a timestamp holds."""
MEMBERS = ("valid_from", "valid_until", "created_at", "expires_at", "since", "until", "before", "after", "cursor")


def assert_no_server_error(response: Response, sent: object) -> None:
    assert response.status < 500, (response.status, response.text[:500], sent)


def with_dates(call: Call, moments: Iterator[str]) -> Iterator[Call]:
    """``call`` with a date in each place that takes text, and in members that might take a date."""
    extra = {name: next(moments) for name in MEMBERS}
    yield replace(call, query="&".join(filter(None, (call.query, urlencode(extra)))))
    for name, value in extra.items():
        yield replace(call, query="&".join(filter(None, (call.query, urlencode({name: value})))))
    if isinstance(call.json, dict):
        for name in {*call.json, *MEMBERS}:
            yield replace(call, json={**call.json, name: next(moments)})
        yield replace(call, json={**call.json, "valid_from": next(moments), "valid_until": next(moments)})
    if call.form is not None:
        for name in {*call.form, "valid_until", "valid_from"}:
            yield replace(call, form={**call.form, name: next(moments)})


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path"), GUARDED, ids=[f"{method} {path}" for method, path in GUARDED])
@examples(1)  # for each of about a hundred routes, with a request for each member
@given(data=st.data())
def test_dates_near_both_ends_are_no_server_error_on_any_route(method: str, path: str, data: st.DataObject) -> None:
    tenants = TwoTenants()
    moments = iter(lambda: data.draw(DATES), None)
    sent_with = credentials(tenants, method, path)
    for call in with_dates(build(method, path, EntryContext(tenants.laurel)), moments):
        assert_no_server_error(tenants.send(method, call, *sent_with), call)


def credentials(tenants: TwoTenants, method: str, path: str) -> tuple[dict[str, str], str | None]:
    match rule(method, path).caller_kind:
        case CallerKind.PERSON | CallerKind.MEMBER:
            return tenants.session("owner@canary.example")
        case CallerKind.OPERATOR | CallerKind.EITHER:
            return tenants.token(None), None
        case CallerKind.TOKEN:
            return tenants.token(OWNER, Role.OWNER), None
        case CallerKind.VERIFIER:
            return as_verifier(tenants.laurel), None
        case _:
            return {}, None


@pytest.mark.slow
@given(start=DATES, end=DATES, days=st.sampled_from([None, 1, 36_500]), jwt=st.booleans())
def test_a_credential_of_any_date_can_be_issued_shown_corrected_and_renewed_or_is_refused(
    start: str, end: str, days: int | None, jwt: bool
) -> None:
    tenants = TwoTenants()
    at = EntryContext(tenants.laurel)
    lasting(tenants.laurel, days)
    owner = tenants.token(OWNER, Role.OWNER)
    sent = {
        "achievement": at.achievement, "holder": {"name": "Ada"}, "valid_from": start, "valid_until": end,
        "jwt": jwt,
    }  # fmt: skip
    for without in ((), ("valid_until",), ("valid_from",), ("valid_from", "valid_until"), ("jwt",)):
        body = {name: value for name, value in sent.items() if name not in without}
        response = tenants.send("POST", Call("/v1/credentials", json=body), owner)
        assert_no_server_error(response, body)
        if response.status == 201:
            use(tenants, owner, response.json["id"], end)


def use(tenants: TwoTenants, owner: dict[str, str], credential_id: str, end: str) -> None:
    """Everything that is done with an issued credential."""
    report = tenants.gateway.get(f"/v1/credentials/{credential_id}/report")
    assert report.json["verdict"] in ("valid", "expired", "not_yet_valid"), report.text
    session, _ = tenants.session("owner@canary.example")
    console = f"/console/{OWNER}/credentials"
    for path in (f"/c/{credential_id}", console, f"{console}/{credential_id}", f"{console}/{credential_id}/renew"):
        assert_no_server_error(tenants.gateway.get(path, **{**session, "accept": HTML}), path)
    base = f"/v1/credentials/{credential_id}"
    for action, body in (
        ("correct", {"valid_until": end}),
        ("correct", {"valid_from": end}),
        ("renew", {"valid_until": end}),
        ("renew", {}),
    ):
        assert_no_server_error(tenants.send("POST", Call(f"{base}/{action}", json=body), owner), body)


def lasting(laurel: Laurel, days: int | None) -> None:
    named = laurel.issuer_store._achievements
    named.update({key: replace(one, valid_days=days) for key, one in named.items()})


def test_renewing_a_credential_that_ends_in_9999_is_refused_with_its_reason() -> None:
    tenants = TwoTenants()
    at = EntryContext(tenants.laurel)
    award = Award(OWNER, at.achievement, Holder("Ada"), valid_until=LAST)
    made = issue.issue(tenants.laurel.issuer_context, award)
    owner = tenants.token(OWNER, Role.OWNER)
    tenants.laurel.now = datetime(2027, 1, 1, tzinfo=UTC)
    path = f"/v1/credentials/{made.id}/renew"
    refused = tenants.send("POST", Call(path, json={}), owner)
    assert refused.status == 422
    assert "after the year 9999" in refused.json["detail"]
    assert tenants.send("POST", Call(path, json={"valid_until": "9999-12-31T23:59:59Z"}), owner).status == 201


@given(rows=st.lists(st.tuples(DATES, DATES), min_size=1, max_size=4), common=DATES)
def test_dates_near_both_ends_in_uploads_are_row_errors_or_issued(rows: list[tuple[str, str]], common: str) -> None:
    tenants = TwoTenants()
    at = EntryContext(tenants.laurel)
    lasting(tenants.laurel, 36_500)
    owner = tenants.token(OWNER, Role.OWNER)
    session = tenants.session("owner@canary.example")
    table = "name,valid_from,valid_until\n" + "".join(f"Ada {n},{a},{b}\n" for n, (a, b) in enumerate(rows))
    starts = "name,valid_from\n" + "".join(f"Ada {n},{a}\n" for n, (a, _) in enumerate(rows))
    listed = json.dumps([{"name": "Ada", "valid_from": a, "valid_until": b} for a, b in rows])
    for content, media_type in ((table, "text/csv"), (starts, "text/csv"), (listed, "application/json")):
        for more in ("&dry_run=true", "&allow=row_errors", f"&valid_until={common}", f"&valid_from={common}"):
            query = f"achievement={at.achievement}{more}".replace("+", "%2B")
            call = Call("/v1/jobs", query=query, body=content.encode(), media_type=media_type)
            assert_no_server_error(tenants.send("POST", call, owner), call)
        for do in ("check", "issue"):
            form = {"achievement": at.achievement, "rows": content, "do": do, "valid_until": common}
            call = Call(f"/console/{OWNER}/issue", form=form)
            assert_no_server_error(tenants.send("POST", call, *session), call)


def verify(laurel: Laurel, document: Mapping[str, object] | str) -> Response:
    body = document.encode() if isinstance(document, str) else makers.as_bytes(document)
    return Gateway.over(laurel).post("/v1/verify", body)


def external(key: makers.Signatory, did: str | None = None, **changes: object) -> dict[str, object]:
    document = makers.unsigned(replace(makers.issuer(key), did=did or key.did))
    return {**{name: value for name, value in document.items() if name != "credentialStatus"}, **changes}


@given(start=DATES, end=DATES, created=DATES, expires=DATES)
def test_dates_near_both_ends_in_submitted_credentials_have_a_verdict(
    start: str, end: str, created: str, expires: str
) -> None:
    laurel, key = seeded(), makers.OTHER_KEY
    document = external(key, validFrom=start, validUntil=end)
    for one in ({}, {"created": created, "expires": expires}, {"created": created}, {"expires": expires}):
        signed = makers.signed(document, key)
        signed["proof"] = {**cast(dict[str, object], signed["proof"]), **one}
        assert_no_server_error(verify(laurel, signed), signed)
        browser = Gateway.over(laurel)
        page = browser.post("/", filled_form(makers.as_bytes(signed)), content_type=FORM, accept=HTML)
        assert_no_server_error(page, signed)


@given(claims=st.fixed_dictionaries(dict.fromkeys(("nbf", "exp", "iat"), SECONDS)), start=DATES)
def test_dates_near_both_ends_in_submitted_tokens_have_a_verdict(claims: dict[str, Any], start: str) -> None:
    key = makers.OTHER_KEY
    header = {"alg": "EdDSA", "typ": "vc+jwt", "kid": key.method}
    parts = [json.dumps(part).encode() for part in (header, {**external(key, validFrom=start), **claims})]
    message = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    token = message + b"." + base64.urlsafe_b64encode(key.private.sign(message)).rstrip(b"=")
    assert_no_server_error(verify(seeded(), token.decode()), claims)


@given(created=DATES, expires=DATES, revoked=DATES)
def test_dates_near_both_ends_of_a_key_have_a_verdict(created: str, expires: str, revoked: str) -> None:
    laurel, key, did = seeded(), makers.OTHER_KEY, "did:web:elsewhere.example"
    signed = makers.signed(external(key, did), key, method=f"{did}#key")
    for members in ({"created": created}, {"expires": expires}, {"revoked": revoked}):
        entry = {
            "id": f"{did}#key", "type": "Multikey", "controller": did,
            "publicKeyMultibase": encode_ed25519(key.public), **members,
        }  # fmt: skip
        listed = {"id": did, "verificationMethod": [entry], "assertionMethod": [f"{did}#key"]}
        laurel.remote_sources.issuers[did] = did_document.controller_of(listed, did)
        assert_no_server_error(verify(laurel, signed), entry)


@given(start=DATES, end=DATES)
def test_dates_near_both_ends_of_a_status_list_have_a_verdict(start: str, end: str) -> None:
    laurel, key, url = seeded(), makers.OTHER_KEY, "https://elsewhere.example/list"
    entry = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": "7"}
    signed = makers.signed(external(key, credentialStatus={**entry, "statusListCredential": url}), key)
    listed = makers.status_list(Purpose.REVOCATION, key=key, id=url, validFrom=start, validUntil=end)
    laurel.remote_sources.pages[url] = makers.as_bytes(makers.signed(listed, key))
    assert_no_server_error(verify(laurel, signed), listed)


@pytest.mark.parametrize("year", [1, 2, 999, 1969])
def test_a_key_of_the_first_years_does_not_stop_the_check_of_its_signer(year: int) -> None:
    key, did = makers.OTHER_KEY, "did:web:elsewhere.example"
    laurel = seeded()
    method = Method(f"{did}#key", key_of(key), assertion=True, created=datetime(year, 1, 1, tzinfo=UTC))
    laurel.remote_sources.issuers[did] = Controller(did, (method,))
    signed = makers.signed(external(key, did), key, method=f"{did}#key")
    assert verify(laurel, signed).json["verdict"] == "valid"


def key_of(key: makers.Signatory) -> PublicKey | UnusableKey:
    return key_of_method({"type": "Multikey", "publicKeyMultibase": encode_ed25519(key.public)})
