"""The message around a letter (RFC 5322), its text and HTML side by side (RFC 2046, 5.1.4)."""

from __future__ import annotations

from contextlib import suppress
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from chalicelib.delivery.emails.email_content import OURS, Letter
from chalicelib.email.render import render
from chalicelib.errors import Refused

_POLICY = SMTP.clone(max_line_length=200)
"""Long addresses in headers are not folded apart: some mail programs do not put `List-Unsubscribe` together again."""


def message(letter: Letter, sender: str) -> EmailMessage:
    """``letter`` as it goes to its reader, from the address ``sender``.

    Raises `Refused` (`address_rejected`) when the reader's address is none that mail can be sent to.
    """
    made = EmailMessage(policy=_POLICY)
    try:
        made["From"] = _from(letter, sender)
        made["To"] = _address(letter.to)
    except _NO_ADDRESS as error:
        raise Refused("Laurel cannot send email to this address.", code="address_rejected") from error
    if letter.reply_to is not None:
        with suppress(*_NO_ADDRESS):  # what the issuer says of itself is not its holder's fault
            made["Reply-To"] = _address(letter.reply_to)
    made["Subject"] = letter.subject
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834, 5: out-of-office replies shall not answer it
    if letter.unsubscribe is not None:
        made["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058, 3.1
    rendered = render(letter)
    made.set_content(rendered.text, cte="quoted-printable")
    made.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    return made


def _from(letter: Letter, sender: str) -> Address:
    # Who writes is the issuer, and it is we who send: both are said, so that neither is taken for the other. By the
    # kind of letter, since an issuer may be called as it likes, Laurel too.
    return Address("Laurel" if letter.kind in OURS else f"{letter.brand.name} via Laurel", addr_spec=sender)


_NO_ADDRESS = (MessageError, ValueError, IndexError)
"""What an address that is none raises here."""


def _address(text: str) -> Address:
    """Raises one of `_NO_ADDRESS`, also for what is read as another address than is written: quotation marks and
    comments fall away (RFC 5322, 3.4.1), and with them the reader's wish to get no mail, which is kept by address."""
    plain = _ascii(text)
    address = Address(addr_spec=plain)
    if address.addr_spec != plain:
        raise ValueError("an address in disguise")
    return address


def _ascii(address: str) -> str:
    """``address`` with its domain as the DNS writes it. SES takes no local part beyond ASCII (SES developer guide)."""
    local, _, domain = address.rpartition("@")
    if not local.isascii() or not local.isprintable() or " " in local:
        raise ValueError("the local part is not ASCII")
    return f"{local}@{domain.encode('idna').decode('ascii')}"
