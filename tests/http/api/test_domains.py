"""Removing a domain through the API."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from chalicelib.access.roles import Role
from tests.http.matrix import OWNER, EntryContext
from tests.http.matrix.domains import proven_domain
from tests.http.test_two_tenants import TwoTenants


@pytest.mark.parametrize("name", ["unknown.example", "not a domain", "Kd", "ä,\x85", "a/b"])
def test_what_is_not_a_domain_of_the_issuer_is_not_found(name: str) -> None:
    tenants = TwoTenants()
    proven_domain(EntryContext(tenants.laurel))
    response = tenants.gateway("DELETE", f"/v1/domains/{quote(name, safe='')}", **tenants.token(OWNER, Role.OWNER))
    assert (response.status, response.json["code"]) == (404, "not_found")
    assert len(tenants.laurel.issuer_store.issuer(OWNER).domains) == 1
