"""The MIME message of an email (RFC 5322), with text and HTML alternatives (RFC 2046, 5.1.4)."""

from __future__ import annotations

from contextlib import suppress
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from chalicelib.delivery.emails.parts.email_content import FROM_LAUREL, EmailContent
from chalicelib.email.render import render
from chalicelib.errors import Refused

_POLICY = SMTP.clone(max_line_length=200)
"""Long URLs in headers are not folded, because some email clients do not unfold `List-Unsubscribe`."""


def message(content: EmailContent, sender: str) -> EmailMessage:
    """Build the message for ``content``, from the address ``sender``.

    Raises `Refused` (`address_rejected`) when email cannot be sent to the recipient's address.
    """
    built = EmailMessage(policy=_POLICY)
    try:
        built["From"] = _from(content, sender)
        built["To"] = _address(content.to)
    except _INVALID_ADDRESS as error:
        raise Refused("Laurel cannot send email to this address.", code="address_rejected") from error
    if content.reply_to is not None:
        with suppress(*_INVALID_ADDRESS):  # a bad address in the issuer's profile must not stop emails to its holders
            built["Reply-To"] = _address(content.reply_to)
    built["Subject"] = content.subject
    built["Auto-Submitted"] = "auto-generated"  # RFC 3834, 5: suppresses out-of-office replies
    if content.unsubscribe is not None:
        built["List-Unsubscribe"] = f"<{content.unsubscribe}>"
        built["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058, 3.1
    rendered = render(content)
    built.set_content(rendered.text, cte="quoted-printable")
    built.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    return built


def _from(content: EmailContent, sender: str) -> Address:
    # An issuer's email names both the issuer and Laurel, so that neither is mistaken for the other. Decided by the
    # kind of email, because an issuer may call itself "Laurel" too.
    return Address("Laurel" if content.kind in FROM_LAUREL else f"{content.brand.name} via Laurel", addr_spec=sender)


_INVALID_ADDRESS = (MessageError, ValueError, IndexError)
"""Exceptions that an invalid address raises."""


def _address(text: str) -> Address:
    """Raises one of `_INVALID_ADDRESS`, including for an address that parses to a different one: quotation marks and
    comments are dropped (RFC 5322, 3.4.1), so a quoted spelling would bypass an unsubscription, which is stored by
    address."""
    plain = _ascii(text)
    address = Address(addr_spec=plain)
    if address.addr_spec != plain:
        raise ValueError("the address parses to another address")
    return address


def _ascii(address: str) -> str:
    """``address`` with its domain in punycode. SES accepts only ASCII local parts (SES developer guide)."""
    local, _, domain = address.rpartition("@")
    if not local.isascii() or not local.isprintable() or " " in local:
        raise ValueError("the local part is not ASCII")
    return f"{local}@{domain.encode('idna').decode('ascii')}"
