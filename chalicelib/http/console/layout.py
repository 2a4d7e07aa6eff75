"""Page context shared by every console page: the signed-in person, the issuer, the navigation and the banner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from chalice.app import Request

from chalicelib.access.caller import Caller, Person
from chalicelib.access.roles import Permission
from chalicelib.credential.issuer import Issuer
from chalicelib.http.console import text
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, uncached
from chalicelib.http.html import render


@dataclass(frozen=True, slots=True)
class PageContext:
    """Context of one page. ``issuer`` and ``caller`` are None until an issuer is chosen."""

    person: Person
    base_url: str
    section: str = ""
    issuer: Issuer | None = None
    caller: Caller | None = None
    banner: text.Banner | None = None
    identified: bool = False
    """Whether a domain or the operator proves who the issuer is."""

    @property
    def issuer_url(self) -> str:
        """Base address of the issuer's pages."""
        return f"{self.base_url}/console/{self.issuer.id}" if self.issuer else f"{self.base_url}/console"

    @property
    def tenant(self) -> str:
        """Id of the issuer that the access rule authorised. Raises `ValueError` when no issuer is chosen."""
        if self.caller is None:
            raise ValueError("a page of no issuer has no tenant")
        return self.caller.issuer_id

    @property
    def role(self) -> str:
        """Label of the person's role at this issuer."""
        return text.ROLES[self.caller.role][0].lower() if self.caller else ""

    @property
    def navigation(self) -> tuple[text.NavigationItem, ...]:
        """Navigation entries that the person may open."""
        return tuple(item for item in text.NAVIGATION if self.may(item.permission.value))

    def may(self, permission: str) -> bool:
        """Return whether the person has ``permission``. Pages use it to hide buttons that would be refused."""
        return self.caller is not None and self.caller.may(Permission(permission))


def page_context(services: Services, request: Request, caller: Caller, person: Person, section: str) -> PageContext:
    """Build the context of a page of the caller's issuer. Raises `NotFound` when the issuer no longer exists."""
    issuer = services.issuer_context.issuer_store.issuer(caller.issuer_id)
    identified = issuer.identified(services.issuer_context.now())
    return PageContext(person, services.settings.base_url, section, issuer, caller, banner(request), identified)


def banner(request: Request) -> text.Banner | None:
    """Banner named by the ``did`` query parameter, which the previous page set."""
    return text.BANNERS.get(query(request).get("did", ""))


def show(page_context: PageContext, template: str, *, status: int = 200, **content: object) -> Reply:
    """Render the console page ``template``."""
    return render.page(
        f"console/{template}",
        page_context.base_url,
        status,
        uncached(),
        forms=True,
        console=True,
        leads=(),
        page_context=page_context,
        **content,
    )


def redirect(address: str, **query: str) -> Reply:
    """Redirect with 303, so that reloading the next page does not repeat the action."""
    location = f"{address}?{urlencode(query)}" if query else address
    return Reply("", "text/plain", 303, uncached(Location=location))


def query(request: Request) -> Mapping[str, str]:
    """Query parameters of ``request``."""
    return request.query_params or {}
