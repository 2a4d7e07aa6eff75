"""The field "Was it issued to this person?" on the page of a credential."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.credential import email_address, strict_json
from chalicelib.http.core.problem import Problem
from chalicelib.http.input import body
from chalicelib.verify.options import DEFAULT_OPTIONS, VerificationOptions


@dataclass(frozen=True, slots=True)
class RecipientForm:
    """The input of a visitor. The address is sent in the body, so that it appears in no URL."""

    email: str = ""
    error: str | None = None
    answer: str | None = None
    """The result of check 9, if an address was given."""
    submitted: str | None = None
    """A submitted credential, which is sent again with the address because Laurel does not store it; None if it is
    hosted or cannot be sent again."""

    @property
    def options(self) -> VerificationOptions:
        """The verification options; without a valid address, the same as without any."""
        return VerificationOptions(email=self.email) if self.email and not self.error else DEFAULT_OPTIONS

    @property
    def line_breaks(self) -> str | None:
        """The line breaks of the submitted credential, so that a receipt is about exactly these bytes: a browser sends
        each line break as CRLF. None if it has several kinds, or cannot be sent again."""
        if self.submitted is None:
            return None
        lines = self.submitted.replace("\r\n", "")
        if "\r" not in self.submitted:
            return LF.decode("ascii")
        return None if "\r" in lines or "\n" in lines else CRLF


LF = b"lf"
"""Value of the form field `receipt` if the credential has line feeds only, or no line breaks."""
CRLF = "crlf"
NO_RECIPIENT = RecipientForm()


def entered(value: bytes) -> RecipientForm:
    """Read the content of the field."""
    email = value.decode("utf-8", "replace").strip()
    try:
        return RecipientForm(body.email(email, "/email"))
    except Problem:
        return RecipientForm(
            email[: email_address.MAX_LENGTH], error="Enter one email address, such as name@example.org."
        )


def sent_again(data: bytes) -> str | None:
    """Return ``data`` as the text of a form field, None if the field would change it or make it too large."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    # A browser sends each line break as two characters.
    size = len(data) + data.count(b"\n")
    return text if size <= strict_json.DEFAULT.size and "\0" not in text else None
