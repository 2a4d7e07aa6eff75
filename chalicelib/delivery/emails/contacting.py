"""Compose the emails about messages to holders."""

from __future__ import annotations

from chalicelib.delivery.emails.parts.branding import LAUREL
from chalicelib.delivery.emails.parts.email_content import Button, EmailContent, Kind
from chalicelib.delivery.emails.parts.translated import translated
from chalicelib.language.languages import DEFAULT
from chalicelib.language.phrase import phrase, plural


def confirmation(email: str, link: str, hours: int, language: str = DEFAULT) -> EmailContent:
    """Compose the email in which a sender confirms their address. It contains nothing that they entered, because they
    may have entered the address of someone else."""
    content = EmailContent(
        kind=Kind.CONTACT_CONFIRMATION,
        to=email,
        subject=phrase("Confirm your message"),
        preview=phrase("Your message will be sent when you confirm your address."),
        brand=LAUREL,
        greeting=phrase("Hello,"),
        paragraphs=(
            phrase("Use this link to send your message to the holder of a profile on Laurel."),
            plural(
                "The link works for {count} hour. After that, the message is deleted.",
                "The link works for {count} hours. After that, the message is deleted.",
                hours,
            ),
        ),
        main=Button(phrase("Read and send the message"), link),
        why=phrase(
            "You are receiving this email because someone, probably you, wrote a message and entered this address. If "
            "it was not you, you can ignore this email. Nothing is sent without this link."
        ),
    )
    return translated(content, language)


def message(
    email: str, sender: str, name: str, organization: str, lines: tuple[str, ...], link: str, language: str = DEFAULT
) -> EmailContent:
    """Compose the email with a message from ``sender`` to the holder with the address ``email``; ``link`` is the page
    where the holder reports the sender or turns messages off. The words of the sender are not translated."""
    if organization:
        who = phrase("“{name}” from “{organization}” has sent you this message:", name=name, organization=organization)
    else:
        who = phrase("“{name}” has sent you this message:", name=name)
    content = EmailContent(
        kind=Kind.CONTACT,
        to=email,
        subject=phrase("You have received a message through your profile"),
        preview=phrase("Someone who found your public profile has written to you."),
        brand=LAUREL,
        greeting=phrase("Hello,"),
        paragraphs=(who,),
        quotation=lines,
        after=(
            phrase(
                "Laurel has only checked that the sender can read emails to {email}. The name and the organization are "
                "the sender’s own words. Never send money, passwords or documents to someone you do not know.",
                email=sender,
            ),
            phrase("To answer, reply to this email. Your reply goes to the sender, who then sees your address."),
        ),
        main=Button(phrase("Report the sender or turn off messages"), link),
        why=phrase(
            "You are receiving this email because you allow messages on your public profile. The sender does not know "
            "your address."
        ),
        unsubscribe=link,
        unsubscribe_text=phrase("Turn off messages"),
        reply_to=sender,
    )
    return translated(content, language)
