"""Long namespaces, which a parser copies into every prefixed name."""

from __future__ import annotations

import pytest

from chalicelib.award.images import svg as drawings
from chalicelib.credential import xml_namespaces
from chalicelib.credential.baked import svg
from chalicelib.errors import Malformed, Refused

HUGE = b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:p = \n"' + b"x" * 600_000 + b'">' + b"<p:a/>" * 2_000 + b"</svg>"


def test_usual_namespaces_are_accepted() -> None:
    assert xml_namespaces.are_bounded(b"<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:a='urn:a'>")


def test_an_image_cannot_make_the_parser_copy_a_long_namespace() -> None:
    with pytest.raises(Malformed, match="too complex"):
        svg.read(HUGE, 1000)
    with pytest.raises(Refused, match="too complex"):
        drawings.check(HUGE)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "cp037"])
def test_another_encoding_does_not_hide_a_long_namespace(encoding: str) -> None:
    declared = f'<?xml version="1.0" encoding="{encoding}"?>'.encode()
    body = HUGE.decode().encode(encoding)
    for image in (body, declared + body):
        with pytest.raises(Malformed):
            svg.read(image, 1000)
