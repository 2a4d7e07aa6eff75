from __future__ import annotations

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.award.bulk import spreadsheet, upload
from chalicelib.award.bulk.upload import Row
from chalicelib.errors import Malformed


def rows(content: str | bytes, **options: bool) -> list[Row]:
    return list(upload.read(content.encode() if isinstance(content, str) else content, **options))


def row_errors(content: str) -> list[tuple[int, str | None, str]]:
    return [(row_error.row, row_error.column, row_error.code) for row in rows(content) for row_error in row.row_errors]


def refusal(content: str | bytes) -> tuple[str, str]:
    with pytest.raises(Malformed) as caught:
        rows(content)
    return caught.value.code, caught.value.detail


ADA = ("Ada Lovelace", "ada@example.org")


@pytest.mark.parametrize(
    "content",
    [
        "name,email\r\nAda Lovelace,ada@example.org\r\n",
        "\ufeffName;E-Mail\nAda Lovelace;ada@example.org",
        "Full Name\tEmail address\nAda Lovelace\tADA@example.org\n",
        'sep=;\r\n"Name";"Mail"\r\n"Ada Lovelace";"ada@example.org"\r\n',
        "First name,Surname,Email address\nAda,Lovelace,ada@example.org\n",
        "email_address,recipient_name\nada@example.org,  Ada Lovelace \n",
        "\n\nname,email\n,\nAda Lovelace,ada@example.org\n\n",
        "name,email,\nAda Lovelace,ada@example.org,\n",
        "Ada Lovelace <ada@example.org>",
        '"Ada Lovelace" <ada@example.org>;',
        "Ada Lovelace, ada@example.org\n",
        "ada@example.org\tAda Lovelace\n",
        "Ada Lovelace ada@example.org",
        "ada@example.org Ada  Lovelace",
        "\nAda Lovelace; ada@example.org\n\n",
        '[{"name": "Ada Lovelace", "email": "ada@example.org"}]',
        ' [ {"fullName": "Ada Lovelace", "e-mail": "ada@example.org", "did": null} ] ',
        '{"name": "Ada Lovelace", "email": "ada@example.org"}\n',
        '\ufeff{"first_name": "Ada", "lastName": "Lovelace", "mail": "ada@example.org"}\n\n',
    ],
)
def test_every_format_parses_the_same_holder(content: str) -> None:
    (row,) = rows(content)
    assert (row.name, row.email) == ADA
    assert row.row_errors == ()


def test_gzip_with_several_members_is_decompressed() -> None:
    whole = gzip.compress(b"name,email\nAda Lovelace,") + gzip.compress(b"ada@example.org\n")
    assert [(row.name, row.email) for row in rows(whole)] == [ADA]


def test_every_column_is_parsed() -> None:
    (row,) = rows(
        "name,email,did,valid from,expires,evidence,time zone,language,student id\n"
        'Ada,a@x.org,did:x:a,2026-01-02,2027-01-02,"https://a.org/1 | https://a.org/2\nhttps://a.org/3",Europe/Berlin,de-AT,007\n'
    )
    assert (row.did, row.zone, row.lang, row.ref) == ("did:x:a", "Europe/Berlin", "de", "007")
    assert [f"{row.valid_from}", f"{row.valid_until}"] == ["2026-01-02 00:00:00+00:00", "2027-01-02 23:59:59+00:00"]
    assert row.evidence == ("https://a.org/1", "https://a.org/2", "https://a.org/3")
    assert row.row_errors == ()


def test_row_numbers_match_the_spreadsheet() -> None:
    assert [row.number for row in rows('name,ref\n\n"Ada\nLovelace",1\n\nBob,2\n')] == [3, 5]
    assert [row.number for row in rows("sep=,\nname,ref\nAda,1\n")] == [3]
    assert [row.number for row in rows('[{"name":"Ada"},{"name":"Bob"}]')] == [1, 2]


def test_copied_recipient_list_is_parsed() -> None:
    found = rows('Ada <a@x.org>, "Hopper, Grace" <g@x.org>; Bob Ross <b@x.org>\nCarl <c@x.org>')
    assert [(row.number, row.name, row.email) for row in found] == [
        (1, "Ada", "a@x.org"), (2, "Hopper, Grace", "g@x.org"), (3, "Bob Ross", "b@x.org"), (4, "Carl", "c@x.org"),
    ]  # fmt: skip


def test_lone_name_without_an_address_is_a_row() -> None:
    assert [(row.name, row.email, row.row_errors) for row in rows("Ada Lovelace\nGrace Hopper,\nBob, b@x.org\n")] == [
        ("Ada Lovelace", None, ()),
        ("Grace Hopper", None, ()),
        ("Bob", "b@x.org", ()),
    ]


def test_line_that_is_not_a_person_keeps_its_text_as_the_name() -> None:
    found = rows("Ada <a@x.org>\nBob Ross, bob.example\nCarl <carl@x.org")
    assert [row.name for row in found] == ["Ada", "Bob Ross, bob.example", "Carl <carl@x.org"]
    assert [bool(row.row_errors) for row in found] == [False, True, True]
    assert "“Bob Ross, bob.example” is not a name with an email address" in found[1].row_errors[0].detail


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("name,email\n,a@x.org\n", (2, "name", "no_name")),
        ("name,email\nAda\n", (2, None, "bad_row")),
        ("name,email\nAda,a@x.org,more\n", (2, None, "bad_row")),
        ("name,valid_from\nAda,22.11.2026\n", (2, "valid_from", "bad_date")),
        ("name,valid_until\nAda,2026-02-30\n", (2, "valid_until", "bad_date")),
        ("name,ref\nAda,1\nBob,1\n", (3, "ref", "ref_twice")),
        (f"name,did\nAda,{'x' * 2001}\n", (2, "did", "too_long")),
        (f"name,ref\nAda,{'x' * 201}\n", (2, "ref", "too_long")),
        (f"name,email\nAda,{'x' * 250}@x.org\n", (2, "email", "too_long")),
        ("name,ref\nAda,a\x00b\n", (2, "ref", "bad_text")),
        ("Ada <a@x.org>\nBob, bob.example\n", (2, "email", "bad_line")),
        ("Ada <a@x.org> and Bob\n", (1, "email", "bad_line")),
        ("Ada <a@x.org>\nb@x.org\n", (2, "name", "no_name")),
        ('[{"name":"Ada"},3]', (2, None, "bad_row")),
        ('[{"name":["Ada"]}]', (1, None, "bad_row")),
        ('[{"name":"Ada","evidence":[1]}]', (1, None, "bad_row")),
        ('[{"name":"Ada","email":7}]', (1, None, "bad_row")),
        ('{"name":"\\ud800"}', (1, "name", "bad_text")),
        ('{"name":"\\ufffe"}', (1, "name", "bad_text")),
    ],
)
def test_row_error_names_row_and_column(content: str, expected: tuple[int, str | None, str]) -> None:
    assert expected in row_errors(content)


def test_all_errors_of_a_row_are_listed() -> None:
    assert [column for _, column, _ in row_errors("name,valid_from,valid_until\n,x,y\n")] == [
        "name",
        "valid_from",
        "valid_until",
    ]


@pytest.mark.parametrize(
    ("content", "code", "word"),
    [
        ("", "no_rows", "empty"),
        ("  \n ", "no_rows", "empty"),
        ("name,email\n", "no_rows", "no other rows"),
        ("[]", "no_rows", "no other rows"),
        ("hello,you\nworld,1\n", "columns", "first row"),
        ("email\nada@example.org\n", "columns", "name"),
        ("name,phone\nAda,1\n", "columns", "'phone'"),
        ("name,mail,e-mail\nAda,a,b\n", "columns", "'email'"),
        ('[{"name":"Ada","phone":"1"}]', "columns", "'phone'"),
        ('name\n"Ada" L\n', "not_csv", "row 1"),
        ('name\nAda\n"Bob', "not_csv", "row 2"),
        ("name\nBjörn\n".encode("latin-1"), "not_utf8", "Line 2"),
        ("name\nBjörn\n".encode("utf-16"), "not_utf8", "UTF-16"),
        (b"PK\x03\x04 and so on", "not_utf8", "workbook"),
        (b"\x1f\x8b\x08 not really", "malformed", "gzip"),
        (gzip.compress(b"name\nAda\n", mtime=0)[:-9], "malformed", "incomplete"),
        ('[{"name":"Ada"}', "not_json", "item 1"),
        ('[{"name":"Ada"},]', "not_json", "item 1"),
        ('[{"name":"Ada"}] x', "not_json", "followed by"),
        ('[{"name":"Ada"},{"name":]', "not_json", "Item 2"),
        ('[{"name":"Ada","name":"Bob"}]', "not_json", "Item 1"),
        ('{"name":"Ada"}\n{"name"\n', "not_json", "Item 2"),
        ('{"name":"Ada"} {"name":"Bob"}\n', "not_json", "Line 1"),
        ("[" * 100_000, "not_json", "Item 1"),
    ],
)  # fmt: skip
def test_unusable_upload_is_refused_with_a_message(content: str | bytes, code: str, word: str) -> None:
    found, detail = refusal(content)
    assert found == code
    assert word in detail


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('[{"name":"Ada"},{"name" "Bob"}]', "Item 2 is not valid JSON, because a colon is missing on line 1"),
        ('[{"name":"Ada","name":"Bob"}]', "because it has the same name twice"),
        ('name\n"Ada" L\n', "because something follows the closing quote of a cell"),
        ('name\nAda\n"Bob', "because the closing quote of a cell is missing"),
    ],
)
def test_unusable_upload_is_explained_in_plain_words(content: str, words: str) -> None:
    assert words in refusal(content)[1]


def test_error_after_the_first_block_has_the_right_row() -> None:
    content = b"name\n" + b"Ada\xc3\xa9\n" * 20_000 + b"Bj\xf6rn\n"
    assert "Line 20,002" in refusal(content)[1]


def test_unknown_columns_can_be_ignored() -> None:
    (row,) = rows("name,phone,email\nAda Lovelace,1,ada@example.org\n", any_columns=True)
    assert (row.name, row.email) == ADA


@pytest.mark.slow
def test_upload_limits() -> None:
    assert refusal(gzip.compress(b"name\n" + b"a" * spreadsheet.MAX_INFLATED))[0] == "too_large"
    whole = b"name\n" + b"Ada\n" * spreadsheet.MAX_ROWS
    assert sum(1 for _ in upload.read(whole)) == spreadsheet.MAX_ROWS
    assert refusal(whole + b"Bob\n")[0] == "too_large"


def duplicates(content: str) -> list[int]:
    seen = upload.Duplicates()
    return [row_error.row for row in rows(content) if (row_error := seen.row_error(row))]


def test_duplicate_address_is_reported_unless_each_row_has_a_ref() -> None:
    assert duplicates("name,email\nAda,a@x.org\nBob,b@x.org\nAda,A@x.org\nNo,\nNo,\n") == [4]
    assert duplicates("name,email,ref\nAda,a@x.org,1\nAda,a@x.org,2\n") == []
    assert duplicates("name,email,ref\nAda,a@x.org,1\nAda,a@x.org,\n") == [3]
    assert duplicates("name,email,ref\nAda,a@x.org,\nAda,a@x.org,2\n") == [3]


TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp", "Cf"]), min_size=1, max_size=20)


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=5))
def test_rows_round_trip_through_json(people: list[tuple[str, str]]) -> None:
    found = rows(json.dumps([{"name": name, "did": did} for name, did in people]))
    assert [(row.name, row.did) for row in found] == [(name.strip(), did.strip()) for name, did in people]
    assert [upload.from_wire(json.loads(json.dumps(upload.to_wire(row)))) for row in found] == found


@given(
    st.binary(max_size=200) | st.text(st.sampled_from('name,email"\n\r;\t<>@[]{}:\\ ad'), max_size=60).map(str.encode)
)
def test_any_content_raises_only_malformed(content: bytes) -> None:
    try:
        found = rows(content)
    except Malformed:
        return
    assert found
