"""A sample credential with an issuer's branding, drawn by the code that draws real ones."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from chalicelib.award.images import default_badge, stored_images
from chalicelib.award.issuing.recipient import Recipient
from chalicelib.credential.achievement import Achievement
from chalicelib.credential.build import credential_url
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.record import Image
from chalicelib.delivery.emails import compose
from chalicelib.delivery.emails.credential_email import EmailContext, Links
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.embed.artefacts import template, typesetting
from chalicelib.embed.artefacts.artefact import Artefact, Picture
from chalicelib.errors import Refused
from chalicelib.http.console.branding.part import Part, Shown
from chalicelib.http.core.ports import Services
from chalicelib.http.embed.artefact_of import artefact_with
from chalicelib.http.embed.downloads import NO_FONT
from chalicelib.http.html import request_language
from chalicelib.http.public.credential import credential_page, credential_view
from chalicelib.http.public.credential.credential_view import Onward
from chalicelib.language.translation import translation
from chalicelib.reports import sample
from chalicelib.reports.hosted import HostedReport
from chalicelib.reports.sample import HOLDER, ID

SVG = "image/svg+xml"


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample of one issuer's credentials; ``unsaved`` are images that are not stored."""

    services: Services
    issuer: Issuer
    achievement: Achievement
    opened: HostedReport
    unsaved: tuple[Image, ...]

    def image(self, sha256: str) -> Image:
        """Return a stored or unsaved image. Raises `NotFound`, `Unavailable`."""
        found = next((each for each in self.unsaved if each.sha256 == sha256), None)
        return found or self.services.public_store.image(sha256)

    def with_images(self, html: str, more: Iterable[tuple[str, Picture]] = ()) -> str:
        """Return ``html`` with the contents of the images that have no address yet."""
        unsaved = (
            (stored_images.address(self.services.issuer_context, each), Picture(each.content, each.media_type))
            for each in self.unsaved
        )
        for url, picture in (*unsaved, *more):
            html = html.replace(url, picture.url)
        return html


def branding_sample(services: Services, issuer: Issuer, unsaved: tuple[Image, ...]) -> Sample:
    """Build the sample of ``issuer``: of its first achievement, or of one that is made up."""
    context = services.issuer_context
    own = (each for each in context.issuer_store.achievements(issuer.id) if not each.archived)
    achievement = next(own, None)
    if achievement is None:
        badge = image_of(default_badge.draw(_NAME, issuer.accent), SVG)
        achievement, unsaved = _made_up(issuer.id, stored_images.address(context, badge)), (*unsaved, badge)
    opened = sample.sample_report(
        issuer,
        achievement,
        base_url=context.base_url,
        now=context.now(),
        seed=context.entropy(sample.SEED_BYTES),
    )
    return Sample(services, issuer, achievement, opened, unsaved)


def image_of(content: bytes, media_type: str) -> Image:
    """The image with ``content``, which is not stored."""
    return Image(hashlib.sha256(content).hexdigest(), media_type, content)


def draw(sample: Sample, part: Part) -> Shown:
    """Draw ``part`` of ``sample``. Raises `Refused` if it cannot be drawn."""
    return _PARTS[part](sample)


def _page(sample: Sample) -> Shown:
    from chalicelib.embed.artefacts import qr  # imported here, like the other drawings: most console pages need none

    settings = sample.services.settings
    onward = None if sample.achievement.id == ID else Onward(sample.achievement.id, None, ())
    view = credential_view.of_hosted(sample.opened, settings.base_url, onward=onward)
    html = credential_page.without_script(view, settings.base_url, tuple(settings.wallets))
    url = credential_url(settings.base_url, ID)
    return Shown(sample.with_images(html, [(f"{url}/qr.svg", Picture(qr.svg(url).encode(), SVG))]))


def _email(sample: Sample) -> Shown:
    context, base_url = sample.services.issuer_context, sample.services.settings.base_url
    recipient = Recipient(ID, sample.issuer.id, HOLDER, _ADDRESS, lang=request_language.current().code)
    content = compose.about_credential(
        Kind.ISSUED,
        EmailContext(
            sample.opened.record,
            sample.issuer,
            sample.achievement,
            recipient,
            _ADDRESS,
            (),
            base_url,
            identified=sample.issuer.identified(context.now()),
        ),
        Links(f"{base_url}/my/{ID}", f"{base_url}/mail/unsubscribe/{ID}"),
    )
    return Shown(sample.with_images(sample.services.email_html(content)))


def _card(sample: Sample) -> Shown:
    from chalicelib.embed.artefacts import share_image

    image = share_image.png(_artefact(sample), translation(request_language.current().code))
    return _picture(Picture(image, "image/png"), "The image that chats and social networks show for the link")


def _certificate(sample: Sample) -> Shown:
    from chalicelib.embed.artefacts import certificate

    artefact = _artefact(sample)
    claims = artefact.claims
    if claims is None or not typesetting.can_be_drawn(claims.title, claims.holder, claims.issuer):
        raise Refused(NO_FONT)
    chosen = template.chosen(sample.issuer.certificate_template)
    drawing = certificate.svg(artefact, claims, chosen, template.Paper.A4, translation(request_language.current().code))
    return _picture(Picture(drawing.encode(), SVG), "The certificate")


def _artefact(sample: Sample) -> Artefact:
    return artefact_with(sample.opened, sample.services.settings.base_url, sample.image)


def _picture(picture: Picture, alt: str) -> Shown:
    return Shown(picture=picture.url, alt=f"{alt}, with sample text.")


_PARTS: Mapping[Part, Callable[[Sample], Shown]] = {
    Part.PAGE: _page,
    Part.EMAIL: _email,
    Part.CARD: _card,
    Part.CERTIFICATE: _certificate,
}
_ADDRESS = "sample.holder@example.org"
_NAME = "Sample achievement"


def _made_up(issuer_id: str, image: str) -> Achievement:
    return Achievement(
        id=ID,
        issuer_id=issuer_id,
        name=_NAME,
        description="Your achievement’s description will be here.",
        criteria="Your criteria will be here.",
        image=image,
        image_alt="A medal",
    )
