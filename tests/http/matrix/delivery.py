"""Entries for emails and the holder's pages."""

from __future__ import annotations

from tests.http.matrix import Builder, Call, EntryContext
from tests.http.matrix.credentials import issue_credential

WRONG = "a" * 65


def send_path(at: EntryContext) -> str:
    return f"/v1/credentials/{issue_credential(at)}/send"


ENTRIES: dict[tuple[str, str], Builder] = {
    ("POST", "/v1/credentials/{id}/send"): lambda at: Call(send_path(at), json={}, allowed_status=202),
    ("GET", "/my/{token}"): lambda _: Call(f"/my/{WRONG}", allowed_status=404),
    ("POST", "/my/{token}"): lambda _: Call(f"/my/{WRONG}", form={"do": "forget", "sure": "yes"}, allowed_status=404),
    ("GET", "/my/{token}/profile"): lambda _: Call(f"/my/{WRONG}/profile", allowed_status=404),
    ("POST", "/my/{token}/profile"): lambda _: Call(
        f"/my/{WRONG}/profile", form={"do": "withdraw"}, allowed_status=404
    ),
    ("GET", "/my/{token}/survey"): lambda _: Call(f"/my/{WRONG}/survey", allowed_status=404),
    ("POST", "/my/{token}/survey"): lambda _: Call(f"/my/{WRONG}/survey", form={"do": "decline"}, allowed_status=404),
    ("GET", "/my/{token}/data"): lambda _: Call(f"/my/{WRONG}/data", allowed_status=404),
    ("GET", "/contact/{token}"): lambda _: Call(f"/contact/{WRONG[:52]}", allowed_status=404),
    ("POST", "/contact/{token}"): lambda _: Call(f"/contact/{WRONG[:52]}", form={}, allowed_status=404),
    ("GET", "/holders/{id}/more"): lambda _: Call(f"/holders/{'q' * 26}/more", allowed_status=410),
    ("GET", "/directory/saved"): lambda _: Call("/directory/saved"),
    ("POST", "/directory/saved"): lambda _: Call(
        "/directory/saved", form={"do": "save_search", "value": "q=rivers"}, allowed_status=303
    ),
    ("GET", "/mail/saved/{token}"): lambda _: Call(f"/mail/saved/{WRONG}", allowed_status=404),
    ("POST", "/mail/saved/{token}"): lambda _: Call(f"/mail/saved/{WRONG}", form={}, allowed_status=404),
    ("GET", "/mail/contact/{token}"): lambda _: Call(f"/mail/contact/{WRONG[:52]}", allowed_status=404),
    ("POST", "/mail/contact/{token}"): lambda _: Call(f"/mail/contact/{WRONG[:52]}", form={}, allowed_status=404),
    ("GET", "/mail/unsubscribe/{token}"): lambda _: Call(f"/mail/unsubscribe/{WRONG}", allowed_status=404),
    ("POST", "/mail/unsubscribe/{token}"): lambda _: Call(f"/mail/unsubscribe/{WRONG}", form={}, allowed_status=404),
}
