"""Classes of visitors: people, bots, prefetches and link previews."""

from __future__ import annotations

import time

import pytest
from crawleruseragents import CRAWLER_USER_AGENTS_DATA, is_crawler

from chalicelib.analytics.event import Kind, VisitorClass
from chalicelib.http.input import visitor_class
from tests.http.fake_laurel import Laurel
from tests.http.gateway import HTML, Gateway
from tests.http.input.test_request_context import request

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 "
    "Mobile/15E148 Safari/604.1"
)
ANDROID = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.6045.163 Mobile Safari/537.36"
PERSON, BOT = VisitorClass.PERSON, VisitorClass.KNOWN_BOT
PREFETCH, PREVIEW = VisitorClass.PREFETCH, VisitorClass.PREVIEW


@pytest.mark.parametrize(
    ("expected", "agent"),
    [
        (PERSON, CHROME),
        (PERSON, IPHONE),
        (PERSON, "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0"),
        (PERSON, "Mozilla/5.0 (Linux; Android 14; CUBOT NOTE 50) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"),
        (PERSON, f"{IPHONE} [FBAN/FBIOS;FBAV/480.0]"),
        (PERSON, f"{CHROME} MetaIAB Facebook"),
        (PERSON, "Opera/9.80 (J2ME/MIDP; Opera Mini/9.80; U; en) Presto/2.5.25 Version/10.54"),
        (PERSON, f"Mozilla/5.0 (Linux; Android 15; CPH2655 Build/AP3A.240617.008) {ANDROID}"),
        (PERSON, f"Mozilla/5.0 (Linux; Android 7.0; M bot 54) {ANDROID}"),
        (PERSON, f"Mozilla/5.0 (Linux; Android 13; Spider 8) {ANDROID}"),
        (PERSON, f"Mozilla/5.0 (Linux; U; Android 4.3; en-us; HTC_Butterfly Build/JSS15J) {ANDROID}"),
        (PERSON, f"Mozilla/5.0 (Linux; Android 10; A2020 Build/QKQ1; wv) {ANDROID} SogouMSE,SogouMobileBrowser/6.5.11"),
        (PERSON, f"MQQBrowser/5.2/Mozilla/5.0 (Linux; Android 4.4.2; SM-G3568V Build/KOT49H) {ANDROID}"),
        (PERSON, "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)"),
        (BOT, f"Mozilla/5.0 (Linux; Android 8.0; Pixel 2 Build/OPD3; DuplexWeb-Google/1.0) {ANDROID}"),
        (BOT, f"Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X) {ANDROID} (compatible; Google-AMPHTML)"),
        (BOT, "Mozilla/5.0 (compatible; ShopifyChecker/1.0)"),
        (BOT, "Mozilla/5.0 (compatible)"),
        (BOT, "Mozilla/5.0 xtate/2.12.4"),
        (BOT, f"{CHROME} AdAuth/1.0; +https://www.adauth.com"),
        (BOT, "Mozilla/5.0 (bang2013@atomicmail.io)"),
        (BOT, "Dalvik/2.1.0 (Linux; U; Android 10; Polestar Build/QA1A.210116.001)"),
        (BOT, ""),
        (BOT, "curl/8.14.1"),
        (BOT, "python-requests/2.32"),
        (BOT, "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"),
        (BOT, "Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)"),
        (BOT, "Mozilla/5.0 (X11) AppleWebKit/537.36 HeadlessChrome/130.0 Safari/537.36"),
        (BOT, "Mozilla/5.0 (Windows NT 10.0) BarracudaLinkProtect"),
        (PREVIEW, "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"),
        (PREVIEW, "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)"),
        (PREVIEW, "WhatsApp/2.23.20.0"),
        (PREVIEW, "Twitterbot/1.0"),
        (PREVIEW, "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"),
        (PREVIEW, "TelegramBot (like TwitterBot)"),
        (PREVIEW, "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)"),
    ],
)
def test_a_user_agent_tells_the_class(laurel: Laurel, expected: VisitorClass, agent: str) -> None:
    assert visitor_class.classify_visitor(request(laurel, user_agent=agent)) is expected


@pytest.mark.slow
def test_the_list_matches_as_its_own_library_matches_it() -> None:
    """Plain patterns are compared as text, which is faster than compiling them."""
    agents = [agent for entry in CRAWLER_USER_AGENTS_DATA for agent in entry["instances"]] + [CHROME, IPHONE, ""]
    agents += [f"x{entry['pattern']}" for entry in CRAWLER_USER_AGENTS_DATA]
    assert len(agents) > 1000
    crawlers = visitor_class._crawlers()
    assert [agent for agent in agents if crawlers.match(agent) != is_crawler(agent)] == []
    assert len(crawlers.texts) > 20 * crawlers.others.pattern.count("(?:")


@pytest.mark.parametrize(
    ("expected", "headers"),
    [
        (PREFETCH, {"sec_purpose": "prefetch"}),
        (PREFETCH, {"sec_purpose": "prefetch;prerender"}),
        (PREFETCH, {"purpose": "prefetch"}),
        (PREFETCH, {"x_moz": "prefetch"}),
        (PREVIEW, {"x_purpose": "preview"}),
        (PERSON, {"sec_purpose": ""}),
    ],
)
def test_a_browser_declares_that_no_one_has_asked_for_the_page(
    laurel: Laurel, expected: VisitorClass, headers: dict[str, str]
) -> None:
    assert visitor_class.classify_visitor(request(laurel, user_agent=CHROME, **headers)) is expected


@pytest.mark.parametrize("agent", ["Mozilla/5.0 " + "a" * 8_000, "Mozilla/5.0 " + "bot " * 2_000, "x" * 8_000])
def test_a_hostile_user_agent_costs_milliseconds(laurel: Laurel, agent: str) -> None:
    visitor_class.classify_visitor(request(laurel, user_agent=CHROME))
    sent = request(laurel, user_agent=agent)
    start = time.process_time()
    visitor_class.classify_visitor(sent)
    assert time.process_time() - start < 0.1


def test_each_view_is_stored_with_its_class_and_without_its_user_agent(laurel: Laurel) -> None:
    client = Gateway.over(laurel)
    for headers in (
        {"user_agent": CHROME},
        {"user_agent": CHROME, "sec_purpose": "prefetch"},
        {"user_agent": "Slackbot-LinkExpanding 1.0"},
        {"user_agent": "Mozilla/5.0 (compatible; bingbot/2.0)"},
    ):
        assert client.get(laurel.url("valid"), accept=HTML, **headers).status == 200
    stored = list(laurel.event_store.events.values())
    assert [event.visitor_class for event in stored if event.kind is Kind.VIEW] == [PERSON, PREFETCH, PREVIEW, BOT]
    assert "Mozilla" not in repr(stored)
    assert "Slackbot" not in repr(stored)


def test_a_wrong_address_in_a_report_does_not_count_against_the_credential(laurel: Laurel) -> None:
    client = Gateway.over(laurel)
    path = f"/v1/credentials/{laurel.url('valid').removeprefix('/c/')}/report"
    for email, verdict, outcome in (
        ("eve@example.org", "invalid", "failed"),
        ("ada@example.org", "valid", "passed"),
    ):
        laurel.event_store.events.clear()
        assert client.post(path, f'{{"recipient": {{"email": "{email}"}}}}'.encode()).json["verdict"] == verdict
        [event] = laurel.event_store.events.values()
        assert (event.verdict, event.recipient_check) == ("valid", outcome)
        assert email not in repr(event)
