"""An image chosen in a form, stored at once: after an error, a browser does not send the file again by itself.

A hidden field names the stored image. It may be forged, so `load` only accepts one that exists.
"""

from __future__ import annotations

from dataclasses import replace

from chalicelib.award.images import formats, stored_images
from chalicelib.credential.record import IMAGE_NAME, Image
from chalicelib.errors import NotFound, Refused
from chalicelib.http.console.forms.form_state import FormState
from chalicelib.http.core.ports import Services

GONE = "The image is no longer available. Choose it again."


def keep(services: Services, issuer_id: str, form: FormState, field: str, kept_field: str) -> FormState:
    """Move the image of ``form`` to the store and name it in ``kept_field``. Any other file is left for the check."""
    if not _is_valid(form.file):
        return form
    with form.record_refusal(field):
        image = stored_images.keep(services.issuer_context, issuer_id, form.file)
        return replace(form.with_value(kept_field, image.file_name), file=b"")
    return form


def name(form: FormState, kept_field: str) -> str | None:
    """Return the file name of the image uploaded earlier or already in use, None without one."""
    file_name = form.text(kept_field)
    return file_name if IMAGE_NAME.fullmatch(file_name) else None


def load(services: Services, file_name: str) -> Image:
    """Return the stored image ``file_name``. Raises `Refused` (`bad_picture`) if there is none."""
    try:
        found = services.public_store.image(file_name.partition(".")[0])
    except NotFound as error:
        raise Refused(GONE, code="bad_picture") from error
    if found.file_name != file_name:
        raise Refused(GONE, code="bad_picture")
    return found


def _is_valid(content: bytes) -> bool:
    try:
        formats.check(content)
    except Refused:
        return False
    return True
