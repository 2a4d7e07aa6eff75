"""Achievement types are shown by name, not as in the vocabulary."""

from __future__ import annotations

import pytest

from chalicelib.award.achievements import KINDS
from chalicelib.http.html.achievement_kind import kind_name


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("MicroCredential", "Micro-credential"),
        ("CertificateOfCompletion", "Certificate of completion"),
        ("BachelorDegree", "Bachelor’s degree"),
        ("Course", "Course"),
        ("ext:SummerSchool", "Summer school"),
        ("ext:summer_school", "Summer school"),
        ("ext:", "ext:"),
    ],
)
def test_kind_has_a_human_name(kind: str, name: str) -> None:
    assert kind_name(kind) == name


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_type_of_the_standard_reads_as_words(kind: str) -> None:
    first, *rest = kind_name(kind).split()
    assert first[0].isupper()
    assert not [word for word in (first[1:], *rest) if word != word.lower() and kind != "GeneralEducationDevelopment"]
