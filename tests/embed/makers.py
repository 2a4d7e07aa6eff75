"""Badge views for tests, and texts that try to break out of an output format."""

from __future__ import annotations

from datetime import UTC, datetime

from chalicelib.embed.badge_view import BadgeView, Claims, one_line

ID = "valid".ljust(26, "2")
BASE_URL = "https://laurel.example"
CLAIMS = Claims("Data analysis in practice", "Ada Nwosu", "Fernhill College", True, f"{BASE_URL}/images/{'0' * 64}.png")
VIEW = BadgeView(
    id=ID,
    url=f"{BASE_URL}/c/{ID}",
    verdict="valid",
    label="Valid",
    headline="This credential is genuine and valid.",
    tone="good",
    shape="tick",
    checked_at=datetime(2026, 11, 22, 12, tzinfo=UTC),
    claims=CLAIMS,
)

PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "</title></svg><script>alert(1)</script>",
    '" onload="alert(1)',
    "' onmouseover='alert(1)",
    "]]><script>alert(1)</script>",
    "--><script>alert(1)</script><!--",
    "</a><a href=javascript:alert(1)>x</a>",
    "</textarea><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "{{7*7}}{% raw %}${7*7}<%= 7 %>",
    "](javascript:alert(1)) [x",
    "![x](javascript:alert(1))",
    "<javascript:alert(1)>",
    "`x` *b* _i_ \\",
    "`x <javascript:alert(1)>`_",
    "|x| :raw:`y`\n\n.. raw:: html\n\n   <script>alert(1)</script>",
    "x\n   :target: javascript:alert(1)",
    "a\u2028b\u2029c\x00d\x0be\ufffff\ud800",
    "\u202ereversed\u2066",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "W" * 5_000,
    "a" + "\u0301" * 300,
)


def hostile_view(payload: str) -> BadgeView:
    """A view whose texts are all ``payload``, as `http.embed.badge_of` makes them."""
    text = one_line(payload)
    return BadgeView(
        **{name: getattr(VIEW, name) for name in BadgeView.__slots__ if name != "claims"},
        claims=Claims(text, text, text, False, None),
    )
