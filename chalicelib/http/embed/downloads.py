"""Downloads: the credential as JSON, as a JWT and inside an image, and the certificate."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.embed.artefacts import typesetting
from chalicelib.embed.badge_view import Claims
from chalicelib.errors import NotFound
from chalicelib.http.core.access import PUBLIC
from chalicelib.http.core.file_name import attachment
from chalicelib.http.core.ports import Services
from chalicelib.http.core.problem import Problem
from chalicelib.http.core.response import Reply, uncached
from chalicelib.http.core.routing import Routes
from chalicelib.http.embed import opening
from chalicelib.http.embed.artefact_of import artefact_of
from chalicelib.http.html import request_language
from chalicelib.http.input import negotiation
from chalicelib.language.phrase import phrase
from chalicelib.language.translation import translation
from chalicelib.reports.hosted import HostedReport
from chalicelib.settings import Function
from chalicelib.verify.report import Verdict

NO_JWT = "There is no such credential, or it was issued without a JWT. Its JSON file is the same credential."
NOT_VALID = phrase(
    "Certificates are only available for credentials that are valid now. This one is not. Its page says why: {url}"
)
NO_FONT = "Laurel has no font for some text in this credential yet, so there is no certificate. Print its page instead."


def routes(services: Services) -> Routes:
    """Create the routes of the downloads, below `/c/{id}/`."""
    bound = Routes(__name__, services, Function.PUBLIC)

    @bound.bind("/c/{id}/credential.json", access=PUBLIC, missing=opening.MISSING)
    def document(request: Request, credential_id: str) -> Reply:
        opened = opening.downloaded(services, request, credential_id)
        return _file(opened, "json", opened.record.document, negotiation.VC)

    @bound.bind("/c/{id}/credential.jwt", access=PUBLIC, missing=NO_JWT)
    def token(request: Request, credential_id: str) -> Reply:
        if services.public_store.record(opening.checked(credential_id)).jwt is None:
            raise NotFound("no token")  # one more read, so that a missing file is not counted as a download
        opened = opening.downloaded(services, request, credential_id)
        return _file(opened, "jwt", (opened.record.jwt or "").encode("ascii"), negotiation.VC_JWT)

    @bound.bind("/c/{id}/badge.png", access=PUBLIC, missing=opening.MISSING)
    def baked_png(request: Request, credential_id: str) -> Reply:
        from chalicelib.http.embed import files  # imported here: most requests draw nothing

        opened = opening.downloaded(services, request, credential_id)
        artefact = artefact_of(services, opened)
        content = files.baked_png(artefact, opened.record.document)
        return _file(opened, "png", content, "image/png", artefact.claims)

    @bound.bind("/c/{id}/badge.svg", access=PUBLIC, missing=opening.MISSING)
    def baked_svg(request: Request, credential_id: str) -> Reply:
        from chalicelib.http.embed import files  # imported here: most requests draw nothing

        opened = opening.downloaded(services, request, credential_id)
        artefact = artefact_of(services, opened, rendered=False)
        content = files.baked_svg(artefact, opened.record.document)
        return _file(opened, "svg", content, "image/svg+xml", artefact.claims)

    @bound.bind("/c/{id}/certificate.pdf", access=PUBLIC, missing=opening.MISSING)
    def pdf(request: Request, credential_id: str) -> Reply:
        from chalicelib.http.embed import files  # imported here: most requests draw nothing

        opened = opening.downloaded(services, request, credential_id)
        artefact = artefact_of(services, opened)
        if artefact.claims is None or opened.report.verdict is not Verdict.VALID:
            raise Problem(
                "not_valid", phrase(NOT_VALID, url=artefact.url), more={"verdict": opened.report.verdict.value}
            )
        if not typesetting.can_be_drawn(artefact.claims.title, artefact.claims.holder, artefact.claims.issuer):
            raise Problem("format_not_supported", NO_FONT)
        chosen = opened.issuer.certificate_template if opened.issuer else None
        paper, language = opening.parameter(request, "paper"), translation(request_language.current().code)
        content = files.certificate(artefact, artefact.claims, chosen, paper, language)
        return _file(opened, "pdf", content, "application/pdf", artefact.claims)

    for path in tuple(bound.methods):
        bound.preflight(path)
    return bound


def _file(opened: HostedReport, ending: str, content: bytes, media_type: str, claims: Claims | None = None) -> Reply:
    """A file named by the title of the credential, if its ``claims`` are signed, otherwise by its id."""
    name = attachment(claims.title if claims else "", f"credential-{opened.record.id}", ending)
    return Reply(content, media_type, headers=uncached(**{"Content-Disposition": name}))
