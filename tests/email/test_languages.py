"""Emails in the recipient's language."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from chalicelib.delivery.emails import account
from chalicelib.delivery.emails.parts.email_content import FROM_LAUREL, EmailContent, Kind
from chalicelib.email.render import render
from chalicelib.language.languages import DEFAULT, LANGUAGES, direction
from tests.email.sample_emails import sample_context, sample_email

ABOUT_A_CREDENTIAL = [kind for kind in Kind if kind not in FROM_LAUREL]
TRANSLATED = [code for code in LANGUAGES if code != DEFAULT]


def in_language(kind: Kind, code: str | None, *, identified: bool = True) -> EmailContent:
    recipient = replace(sample_context().recipient, lang=code)
    return sample_email(kind, recipient=recipient, identified=identified)


def own_texts(content: EmailContent) -> list[str]:
    """What Laurel writes; the achievement's description is its issuer's."""
    tips = [text for tip in content.tips for text in (tip.title, tip.text)]
    buttons = [content.main.text, *([content.other.text] if content.other else [])]
    paragraphs = [text for text in content.paragraphs if not text.startswith("Plans, cleans")]
    return [content.subject, content.preview, content.greeting, *paragraphs, *buttons, *tips, content.why]


@pytest.mark.parametrize("code", TRANSLATED)
@pytest.mark.parametrize("kind", ABOUT_A_CREDENTIAL)
def test_every_text_is_in_the_recipients_language(kind: Kind, code: str) -> None:
    english, other = in_language(kind, None), in_language(kind, code)
    same = set(own_texts(english)) & set(own_texts(other))
    assert same <= {"LinkedIn", "CV", "Wallet"}
    html = render(other).html
    assert f'<html lang="{code}"' in html
    assert ('dir="rtl"' in html.partition("<head>")[0]) == (direction(code) == "rtl")
    assert "Email settings" not in html
    assert "Email settings" not in render(other).text


@pytest.mark.parametrize("code", TRANSLATED)
@pytest.mark.parametrize("kind", [Kind.ISSUED, Kind.CORRECTED, Kind.RENEWED, Kind.REVOKED, Kind.SUSPENDED])
def test_unidentified_issuer_gets_no_english_word_either(kind: Kind, code: str) -> None:
    english, other = (in_language(kind, found, identified=False) for found in (None, code))
    assert not set(own_texts(english)) & set(own_texts(other))
    assert other.brand.name != english.brand.name


def test_what_the_issuer_wrote_is_not_translated() -> None:
    content = in_language(Kind.ISSUED, "de")
    assert "Plans, cleans, analyses and presents a data set of public interest." in content.paragraphs
    assert "Fernhill College hat einen Nachweis für Sie ausgestellt: „Data analysis in practice“." in content.paragraphs


@pytest.mark.parametrize("lang", [None, "en", "tlh"])
def test_without_a_known_language_it_is_english(lang: str | None) -> None:
    assert in_language(Kind.ISSUED, lang) == in_language(Kind.ISSUED, None)


@pytest.mark.parametrize("code", TRANSLATED)
def test_email_that_a_reader_requests_has_no_english_text(code: str) -> None:
    link = "https://laurel.example/x"
    for make in (
        partial(account.sign_in, "a@b.example", link, 15),
        partial(account.holder_link, "a@b.example", link, opens_all_issuers=True, ends_earlier=True),
        partial(account.holder_link, "a@b.example", link, opens_all_issuers=False, ends_earlier=False),
        *(
            partial(
                account.holder_link, "a@b.example", link, opens_all_issuers=True, ends_earlier=False, requested_on=one
            )
            for one in account.RequestedOn
        ),
        partial(account.holder_link, "a@b.example", link, opens_all_issuers=True, ends_earlier=False, has_deleted=True),
    ):
        english, other = make(), make(language=code)
        assert not set(own_texts(english)) & set(own_texts(other))
        assert other.language == code
        assert (english.main.url, other.main.url) == (link, f"{link}?lang={code}")


@pytest.mark.parametrize("code", TRANSLATED)
@pytest.mark.parametrize("identified", [True, False])
def test_links_to_the_holders_pages_open_them_in_the_language_of_the_email(code: str, identified: bool) -> None:
    english, other = (in_language(Kind.ISSUED, found, identified=identified) for found in (None, code))
    my, stop = english.main.url, english.unsubscribe
    assert "lang=" not in f"{my} {english.settings} {stop}"
    assert (other.main.url, other.settings) == (f"{my}?lang={code}", f"{my}?lang={code}#settings")
    assert other.unsubscribe == f"{stop}?lang={code}"
    assert other.other == english.other or (other.other and english.other and other.other.url == english.other.url)


def test_the_language_that_the_recipient_chose_comes_before_the_issuers() -> None:
    recipient = replace(sample_context().recipient, lang="de")
    assert sample_email(Kind.ISSUED, recipient=recipient, chosen_lang="fr").language == "fr"
    assert sample_email(Kind.ISSUED, recipient=recipient, chosen_lang="en").language == "en"
    assert sample_email(Kind.ISSUED, recipient=recipient).language == "de"


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_two_emails_to_a_holder_have_the_same_subject(code: str) -> None:
    contents = [in_language(kind, code) for kind in ABOUT_A_CREDENTIAL]
    contents.append(account.sign_in("ada@example.org", "https://laurel.example/sign-in/s", 15, code))
    for wide in (True, False):
        link = account.holder_link(
            "ada@example.org", "https://laurel.example/my/m", code, opens_all_issuers=wide, ends_earlier=False
        )
        contents.append(link)
    subjects = [content.subject for content in contents]
    assert len(set(subjects)) == len(subjects)
