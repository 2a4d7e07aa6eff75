"""What goes wrong in the console, told within it: whoever is signed in keeps the menu, and so a way back."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.access.caller import Caller, Person
from chalicelib.credential.issuer import Issuer
from chalicelib.errors import LaurelError
from chalicelib.http import admission, failure
from chalicelib.http.console import frame
from chalicelib.http.console.frame import Frame
from chalicelib.http.ports import Services
from chalicelib.http.reply import Reply


def reply(services: Services, request: Request, error: Exception, of_issuer: tuple[str, ...], missing: str) -> Reply:
    """The answer to ``request`` after ``error``; ``of_issuer`` holds the issuer's id where the page is one's."""
    problem = failure.judged(request, error, missing)
    around = _around(services, request, of_issuer) if admission.by_browser(request) else None
    if around is None:
        return failure.render(request.headers.get("accept"), problem, services.settings.base_url)
    answer = frame.show(around, "fault.html", status=problem.kind.status, problem=problem)
    answer.headers.update({"Vary": "Accept", **problem.headers})
    return answer


def _around(services: Services, request: Request, of_issuer: tuple[str, ...]) -> Frame | None:
    """The frame, with the issuer's menu for its members alone; None when nobody is known to be signed in."""
    try:
        person = admission.signed_in(services.gate, request)
    except LaurelError:
        return None
    caller, issuer = _belonging(services, person, *of_issuer) if of_issuer else (None, None)
    return Frame(person, services.settings.base_url, "", issuer, caller)


def _belonging(services: Services, person: Person, issuer_id: str) -> tuple[Caller, Issuer] | tuple[None, None]:
    try:
        caller = admission.belonging(services.gate, person, issuer_id)
        return caller, services.awarding.ledger.issuer(issuer_id)
    except Exception:  # noqa: BLE001 - what is told already went wrong, perhaps in this very place, and is in the log
        return None, None
