"""File names of downloads."""

from __future__ import annotations

import pytest

from chalicelib.http.core.file_name import attachment


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Data analysis in practice", 'attachment; filename="Data analysis in practice.pdf"'),
        ("Éducation", "attachment; filename=\"Education.pdf\"; filename*=UTF-8''%C3%89ducation.pdf"),
        ("証明", "attachment; filename=\"credential-x.pdf\"; filename*=UTF-8''%E8%A8%BC%E6%98%8E.pdf"),
        ("", 'attachment; filename="credential-x.pdf"'),
        ("…!?", 'attachment; filename="credential-x.pdf"'),
        ("../../etc/passwd", 'attachment; filename="etc passwd.pdf"'),
        ('a"; filename="evil.exe', 'attachment; filename="a filename evil.exe.pdf"'),
        ("a\r\nSet-Cookie: x=1", 'attachment; filename="a Set-Cookie x 1.pdf"'),
        ("a\u202efdp", 'attachment; filename="a fdp.pdf"'),
        ("x" * 300, f'attachment; filename="{"x" * 60}.pdf"'),
    ],
    ids=["plain", "accent", "japanese", "empty", "signs", "folders", "quote", "line", "direction", "long"],
)
def test_a_file_is_named_by_a_title_that_cannot_leave_its_place(title: str, expected: str) -> None:
    assert attachment(title, "credential-x", "pdf") == expected
