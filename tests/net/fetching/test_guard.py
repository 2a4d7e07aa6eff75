"""Which URLs may be fetched."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Unavailable
from chalicelib.net.fetching.guard import MAX_URL, FetchTarget, Guard

GUARD = Guard()

HOSTS_REFUSED = [
    # IPv4, in every base and length that a resolver may accept
    "127.0.0.1", "127.1", "127.0.1", "127.0.0.1.", "127.1.", "0", "0.0.0.0", "2130706433", "017700000001",  # noqa: S104
    "0177.0.0.1", "0177.1", "0x7f.1", "0x7f.0.0.1", "0x7f000001", "0X7F000001", "0x7f.0x0.0x0.0x1", "127.0.0.0x1",
    "00000177.0.0.1", "169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518",
    "169.16689662", "10.0.0.1", "192.168.1.1", "100.100.100.200", "1.1.1.1", "256.256.256.256", "4294967297",
    # IPv6
    "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::a9fe:a9fe]",
    "[fe80::1%25eth0]", "[fd00:ec2::254]", "[2606:4700::1111]", "::1", "[v1.a]", "[127.0.0.1]",
    # non-ASCII digits and dots, which some resolvers fold
    "①②⑦.⓪.⓪.①", "127。0。0。1", "127．0．0．1", "１２７.0.0.1", "localhoſt", "ⓛocalhost", "example。com",
    "exämple.org",
    "xn--", "example.xn--", "%31%32%37.0.0.1", "127%2e0%2e0%2e1", "exam%70le.com",
    # names that are not on the public internet
    "localhost", "LOCALHOST", "localhost.", "localhost.localdomain.", "metadata", "metadata.google.internal",
    "ip-10-0-0-1.eu-west-1.compute.internal", "printer.local", "router.home.arpa", "a.localhost", "hidden.onion",
    # malformed names
    "", ".", "..", "example", "example.com.", ".example.com", "example..com", "-example.com", "example-.com",
    "example.com-", "exa_mple.com", "exa mple.com", "example.com\t", "example.com\n", "example.com\x00.org",
    "*.example.com", "example.c", "example.1", "example.0x1", "example.c0m", f"{'a' * 64}.com",
    f"{'a.' * 126}example", "a,b.com",
    # tricks around the host
    "good.example@127.0.0.1", "user:password@good.example", "@good.example", "good.example\\@127.0.0.1",
    "127.0.0.1\\@good.example", "good.example\\.evil.example", "good.example:443@evil.example",
    "good.example#@evil:80",
]  # fmt: skip

URLS_REFUSED = [
    "", "https:", "https://", "https:///path", "https:good.example", "https:/good.example", "//good.example",
    "http://good.example/", "ftp://good.example/", "file:///etc/passwd", "gopher://good.example/",
    "javascript:alert(1)", "data:text/plain,x", "https+unix://good.example", " https://good.example/",
    "https://good.example/ ", "https://good.example/\n", "https://good.example/a b", "https://good.example/a\tb",
    "https://good.example/a\r\nHost: evil", "https://good.example/\x00", "https://good.example/\\evil",
    "https://good.example/é", "https://good.example/%", "https://good.example/%4", "https://good.example/%zz",
    "https://good.example/<script>", 'https://good.example/"', "https://good.example:/", "https://good.example:0/",
    "https://good.example:80/", "https://good.example:8443/", "https://good.example:22/",
    "https://good.example:0443/", "https://good.example:+443/", "https://good.example:４４３/",
    "https://good.example:443443/", "https://good.example:443:443/", "https://good.example/a#b#c",
    "https://good.example?a", "https://good.example#@evil.example", "ＨＴＴＰＳ://good.example/",
]  # fmt: skip


def refused(url: str) -> bool:
    try:
        GUARD.target(url)
    except Unavailable as error:
        return error.code == "url_refused" and error.detail.endswith(".")
    return False


def test_at_least_sixty_host_forms_are_covered() -> None:
    assert len(set(HOSTS_REFUSED)) >= 60


@pytest.mark.parametrize("host", HOSTS_REFUSED, ids=ascii)
def test_a_host_that_is_not_a_public_name_is_refused(host: str) -> None:
    assert refused(f"https://{host}/")
    assert refused(f"https://{host}:443/path?query")


@pytest.mark.parametrize("url", URLS_REFUSED, ids=ascii)
def test_a_url_that_is_not_plain_https_is_refused(url: str) -> None:
    assert refused(url)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://good.example", FetchTarget("good.example", 443, "/")),
        ("HTTPS://Good.Example/A?b=c", FetchTarget("good.example", 443, "/A?b=c")),
        ("https://good.example:443/", FetchTarget("good.example", 443, "/")),
        ("https://good.example/?x=1", FetchTarget("good.example", 443, "/?x=1")),
        ("https://good.example/a#key-1", FetchTarget("good.example", 443, "/a")),
        ("https://xn--exmple-cua.xn--p1ai/%C3%A4;a=b", FetchTarget("xn--exmple-cua.xn--p1ai", 443, "/%C3%A4;a=b")),
        (
            "https://a-1.b2.c-3.example/.well-known/did.json",
            FetchTarget("a-1.b2.c-3.example", 443, "/.well-known/did.json"),
        ),
    ],
)
def test_a_plain_https_url_becomes_a_target(url: str, target: FetchTarget) -> None:
    assert GUARD.target(url) == target


def test_a_url_may_have_max_url_characters() -> None:
    url = "https://good.example/".ljust(MAX_URL, "a")
    assert GUARD.target(url).url == url
    assert refused(url + "a")


def test_a_target_omits_port_443() -> None:
    assert FetchTarget("good.example", 443, "/").origin == "https://good.example"
    assert FetchTarget("good.example", 8443, "/a").url == "https://good.example:8443/a"


@given(st.from_regex(r"https://[\x00-\x7f]{0,20}/[\x21-\x7e]{0,10}", fullmatch=True) | st.text(max_size=40))
def test_every_accepted_url_is_printable_ascii_with_a_host_name_and_port_443(url: str) -> None:
    try:
        target = GUARD.target(url)
    except Unavailable:
        return
    assert target.port == 443
    assert target.url.isascii()
    assert target.url.isprintable()
    assert target.path.startswith("/")
    assert not {"@", "\\", " ", "[", "%"} & set(target.host)
    with pytest.raises(ValueError, match="does not appear"):
        ip_address(target.host)
    assert GUARD.target(target.url) == target


def test_one_non_public_address_refuses_all() -> None:
    target = GUARD.target("https://good.example/")
    good = [ip_address("93.184.216.34"), ip_address("2606:2800:21f::1")]
    assert GUARD.checked(target, good) == good
    for bad in ("127.0.0.1", "169.254.169.254", "64:ff9b::a9fe:a9fe", "::1"):
        with pytest.raises(Unavailable) as caught:
            GUARD.checked(target, [*good, ip_address(bad)])
        assert caught.value.code == "address_refused"


def test_an_exception_applies_to_its_host_and_port_only() -> None:
    guard = Guard(frozenset({"localhost:8443"}))
    target = guard.target("https://localhost:8443/x")
    assert guard.checked(target, [ip_address("127.0.0.1")])
    for other in (
        "https://localhost/",
        "https://localhost:8444/",
        "https://good.example:8443/",
        "https://127.0.0.1:8443/",
    ):
        with pytest.raises(Unavailable):
            guard.target(other)


@pytest.mark.parametrize("url", ["https://laurel.example:443/c/x", "HTTPS://LAUREL.example/", "https://laurel.example"])
def test_laurel_never_contacts_itself(url: str) -> None:
    with pytest.raises(Unavailable, match="is Laurel itself") as caught:
        Guard(own="laurel.example").target(url)
    assert caught.value.code == "url_refused"
    assert Guard(own="laurel.example").target("https://other.laurel.example/").host == "other.laurel.example"


def test_plain_http_is_never_allowed() -> None:
    with pytest.raises(Unavailable):
        Guard(frozenset({"localhost:8000"})).target("http://localhost:8000/")
