"""What surrounds every page of the console: who is signed in, where they are, what just happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from chalice.app import Request

from chalicelib.access.caller import Caller, Person
from chalicelib.access.roles import Act
from chalicelib.credential.issuer import Issuer
from chalicelib.http.console import text
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, uncached
from chalicelib.http.html import render


@dataclass(frozen=True, slots=True)
class Frame:
    """The surroundings of one page. ``issuer`` and ``caller`` are None where no issuer is chosen yet."""

    person: Person
    base_url: str
    here: str = ""
    issuer: Issuer | None = None
    caller: Caller | None = None
    banner: text.Banner | None = None

    @property
    def at(self) -> str:
        """The address that the issuer's pages begin with."""
        return f"{self.base_url}/console/{self.issuer.id}" if self.issuer else f"{self.base_url}/console"

    @property
    def tenant(self) -> str:
        """The id of the issuer whose page it is, as its rule admitted it."""
        if self.caller is None:
            raise ValueError("a page of no issuer has no tenant")
        return self.caller.issuer_id

    @property
    def role(self) -> str:
        """The person's role here, in a word."""
        return text.ROLES[self.caller.role][0].lower() if self.caller else ""

    @property
    def places(self) -> tuple[text.Place, ...]:
        """Where one can go: nothing that would be refused."""
        return tuple(place for place in text.PLACES if self.may(place.act.value))

    def may(self, act: str) -> bool:
        """Whether the person may do ``act`` here, by its name; no button is shown for what would be refused."""
        return self.caller is not None and self.caller.may(Act(act))


def of(services: Services, request: Request, caller: Caller, person: Person, here: str) -> Frame:
    """The frame of a page of the caller's issuer. Raises `NotFound` when the issuer is gone."""
    issuer = services.issuer_context.issuer_store.issuer(caller.issuer_id)
    return Frame(person, services.settings.base_url, here, issuer, caller, banner(request))


def banner(request: Request) -> text.Banner | None:
    """What the page before did, by the code in the address."""
    return text.BANNERS.get(asked(request).get("did", ""))


def show(frame: Frame, template: str, *, status: int = 200, **content: object) -> Reply:
    """The page ``template`` of the console in its ``frame``."""
    return render.page(
        f"console/{template}",
        frame.base_url,
        status,
        uncached(),
        forms=True,
        console=True,
        leads=(),
        frame=frame,
        script_digest=render.digest(render.script()),
        **content,
    )


def sent_on(frame_or_base: str, **query: str) -> Reply:
    """Send the browser on to another page, so that loading that one again does nothing twice."""
    address = f"{frame_or_base}?{urlencode(query)}" if query else frame_or_base
    return Reply("", "text/plain", 303, uncached(Location=address))


def asked(request: Request) -> Mapping[str, str]:
    """What stands in the address after the question mark."""
    return request.query_params or {}
