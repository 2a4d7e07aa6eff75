"""Letters and what follows them."""

from __future__ import annotations

from tests.http.matrix import At, Builder, Call
from tests.http.matrix.award import a_credential

WRONG = "a" * 65


def unsent(at: At) -> str:
    return f"/v1/credentials/{a_credential(at)}/send"


ENTRIES: dict[tuple[str, str], Builder] = {
    ("POST", "/v1/credentials/{id}/send"): lambda at: Call(unsent(at), json={}, good=202),
    ("GET", "/my/{token}"): lambda _: Call(f"/my/{WRONG}", good=404),
    ("POST", "/my/{token}"): lambda _: Call(f"/my/{WRONG}", form={"do": "forget", "sure": "yes"}, good=404),
    ("GET", "/mail/unsubscribe/{token}"): lambda _: Call(f"/mail/unsubscribe/{WRONG}", good=404),
    ("POST", "/mail/unsubscribe/{token}"): lambda _: Call(f"/mail/unsubscribe/{WRONG}", form={}, good=404),
}
