"""View of the emails that the local stack sends: http://localhost:8000/_mail.

No email leaves this machine. The embedded AWS keeps every email until it is stopped: its parts, sender, recipient and
subject, but no other headers.
"""

from __future__ import annotations

import json
import re
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from http import HTTPStatus
from urllib.parse import quote, unquote

PATH = "/_mail"
SECONDS = 10.0

Answer = tuple[int, list[tuple[str, str]], bytes]

_HOST = re.compile(r"(?:localhost|127\.0\.0\.1):\d{1,5}")
_LEAVING = "allow-top-navigation-by-user-activation"
_STYLE = """
:root { color-scheme: light dark; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; font: 16px/1.5 system-ui, sans-serif; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .25rem 1rem .25rem 0; vertical-align: top; overflow-wrap: anywhere; }
iframe { box-sizing: border-box; width: 100%; height: 48rem; border: 1px solid gray; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; }
"""


@dataclass(frozen=True, slots=True)
class Mail:
    """An email as the embedded AWS keeps it."""

    id: str
    at: datetime
    sender: str
    to: str
    subject: str
    text: str
    html: str


def is_about(path: str) -> bool:
    """Return whether ``path`` is one of these pages."""
    return re.match(rf"{PATH}(?:[/?]|$)", path) is not None


def answer(path: str, host: str, engine: str) -> Answer:
    """Render the page at ``path`` for the emails kept by the embedded AWS at ``engine``.

    ``host`` is the request's Host header. Only loopback names are accepted, which prevents DNS rebinding by another
    site.
    """
    if not _HOST.fullmatch(host):
        return _page(HTTPStatus.FORBIDDEN, "Only available on this machine", "<p>Open this page at localhost.</p>")
    mails = {mail.id: mail for mail in sent_emails(engine)}
    name, _, part = unquote(path.partition("?")[0].removeprefix(PATH).strip("/")).partition("/")
    if not name:
        return _page(HTTPStatus.OK, "Emails", _list(list(mails.values())))
    if name not in mails or part not in ("", "html"):
        return _page(HTTPStatus.NOT_FOUND, "Email not found", f'<p><a href="{PATH}">All emails</a></p>')
    mail = mails[name]
    return _email_html(mail) if part else _page(HTTPStatus.OK, mail.subject, _one(mail))


def sent_emails(engine: str) -> list[Mail]:
    """Return every email kept by the embedded AWS, newest first."""
    with urllib.request.urlopen(f"{engine}/_ministack/ses/messages", timeout=SECONDS) as reply:
        accounts = json.load(reply)["messages"]
    mails = [
        Mail(
            id=one["MessageId"],
            at=datetime.fromtimestamp(one["Timestamp"], UTC),
            sender=one["Source"],
            to=", ".join(one["To"]),
            subject=one["Subject"],
            text=one["BodyText"] or "",
            html=one["BodyHtml"] or "",
        )
        for account in accounts.values()
        for one in account
    ]
    return sorted(mails, key=lambda mail: mail.at, reverse=True)


def _list(mails: list[Mail]) -> str:
    if not mails:
        return (
            "<p>No emails yet. Issue a credential or request a sign-in link, and the email appears here. "
            "Laurel sends at most two sign-in emails to the same address within 15 minutes. "
            "Emails are kept until the stack is stopped.</p>"
        )
    rows = "".join(
        f'<tr><td>{mail.at:%Y-%m-%d %H:%M:%S}</td><td>{escape(mail.to)}</td><td><a href="{_url(mail)}">'
        f"{escape(mail.subject)}</a></td></tr>"
        for mail in mails
    )
    return f"<table><thead><tr><th>UTC</th><th>To</th><th>Subject</th></tr></thead><tbody>{rows}</tbody></table>"


def _one(mail: Mail) -> str:
    headers = {"From": mail.sender, "To": mail.to, "Subject": mail.subject, "Message-ID": mail.id, "Date": str(mail.at)}
    rows = "".join(f"<tr><th>{name}</th><td>{escape(value)}</td></tr>" for name, value in headers.items())
    return (
        f'<p><a href="{PATH}">All emails</a></p><table><tbody>{rows}</tbody></table><h2>As HTML</h2>'
        f'<iframe title="Email" sandbox="{_LEAVING}" src="{_url(mail)}/html"></iframe>'
        f"<h2>As text</h2><pre>{escape(mail.text)}</pre>"
    )


def _email_html(mail: Mail) -> Answer:
    # Links open outside the frame, because Laurel's pages refuse to be framed.
    html = mail.html.replace("<head>", '<head><base target="_top">', 1)
    policy = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src http://localhost:* data:; frame-ancestors 'self'; "
        f"sandbox {_LEAVING}"
    )
    return HTTPStatus.OK, _headers(policy), html.encode()


def _page(status: HTTPStatus, title: str, body: str) -> Answer:
    html = (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main><h1>{escape(title)}</h1>{body}</main>"
        "</body></html>"
    )
    policy = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; frame-ancestors 'none'"
    return status, _headers(policy), html.encode()


def _headers(policy: str) -> list[tuple[str, str]]:
    return [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Security-Policy", policy),
        ("Cache-Control", "no-store"),
        ("Referrer-Policy", "no-referrer"),
    ]


def _url(mail: Mail) -> str:
    return f"{PATH}/{quote(mail.id, safe='')}"
