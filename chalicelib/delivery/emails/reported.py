"""Compose the emails about a reported credential. They contain nothing that the reporter wrote or chose."""

from __future__ import annotations

from chalicelib.credential.issuer import Issuer
from chalicelib.delivery.emails.parts.branding import LAUREL
from chalicelib.delivery.emails.parts.email_content import Button, EmailContent, Kind
from chalicelib.delivery.emails.parts.text import line

_ONCE = "If it is reported again today, you will see that in the list, but we will not email you again."


def to_issuer(email: str, issuer: Issuer, page: str, reports: str) -> EmailContent:
    """Compose the email to the contact of an issuer that someone has identified."""
    name = line(issuer.name)
    return EmailContent(
        kind=Kind.REPORTED,
        to=email,
        subject=f"A visitor reported a credential issued by {line(issuer.name, 60)}",
        preview="Read the report in the console.",
        brand=LAUREL,
        greeting="Hello,",
        paragraphs=(
            f"A visitor reported a credential that {name} issued: {page}",
            "Anyone can report a credential, so the report may be wrong. The credential has not changed.",
            f"Read the report in the console, and decide whether to correct or revoke the credential. {_ONCE}",
        ),
        main=Button("Read the report", reports),
        other=Button("View the credential", page),
        why=f"You are receiving this email because {name} entered this address as its contact.",
    )


def to_operator(email: str, issuer_id: str, page: str) -> EmailContent:
    """Compose the email to the operators of the deployment."""
    return EmailContent(
        kind=Kind.REPORTED,
        to=email,
        subject="A visitor reported a credential",
        preview="Read the report with the command `laurel visitor-report list`.",
        brand=LAUREL,
        greeting="Hello,",
        paragraphs=(
            f"A visitor reported a credential issued by “{issuer_id}”: {page}",
            f"Read the report with the command `laurel visitor-report list`. {_ONCE}",
            "Only a limited number of these emails is sent each day. The list has every report.",
        ),
        main=Button("View the credential", page),
        why="You are receiving this email because this address is the REPORT_EMAIL of this deployment.",
    )
