"""An email in the recipient's language."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.delivery.emails.parts.email_content import Button, EmailContent
from chalicelib.language.languages import DEFAULT, in_language
from chalicelib.language.translation import translation


def translated(content: EmailContent, code: str) -> EmailContent:
    """Translate every phrase of ``content``; what other people wrote stays as it is. Links to the reader's own pages
    open them in the same language."""
    if code == DEFAULT:
        return content
    own = translation(code).own
    return replace(
        content,
        language=code,
        subject=own(content.subject),
        preview=own(content.preview),
        brand=replace(content.brand, name=own(content.brand.name)),
        greeting=own(content.greeting),
        paragraphs=tuple(map(own, content.paragraphs)),
        after=tuple(map(own, content.after)),
        main=Button(own(content.main.text), in_language(content.main.url, code)),
        why=own(content.why),
        other=replace(content.other, text=own(content.other.text)) if content.other else None,
        badge=replace(content.badge, alt=own(content.badge.alt)) if content.badge else None,
        tips=tuple(replace(tip, title=own(tip.title), text=own(tip.text)) for tip in content.tips),
        next_step=own(content.next_step) if content.next_step else None,
        settings=in_language(content.settings, code) if content.settings else None,
        unsubscribe=in_language(content.unsubscribe, code) if content.unsubscribe else None,
        unsubscribe_text=own(content.unsubscribe_text) if content.unsubscribe_text else None,
    )
