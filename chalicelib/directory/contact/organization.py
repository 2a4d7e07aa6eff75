"""The domain that answers for a sender: whoever owns one can make up any number of addresses there."""

from __future__ import annotations

from chalicelib.award.input.misspelt_domain import PROVIDERS
from chalicelib.credential.public_suffix import registrable
from chalicelib.delivery import mailbox

MAIL_PROVIDERS = frozenset({
    *PROVIDERS,
    "163.com", "126.com", "abv.bg", "aol.de", "aol.fr", "aol.co.uk", "arcor.de", "att.net", "bell.net", "bigpond.com",
    "bk.ru", "bluewin.ch", "bol.com.br", "btinternet.com", "caramail.com", "comcast.net", "cox.net", "daum.net",
    "earthlink.net", "email.com", "email.cz", "fastmail.com", "fastmail.fm", "foxmail.com", "free.fr", "freenet.de",
    "gmx.at", "gmx.ch", "gmx.com", "gmx.fr", "hanmail.net", "hey.com", "hotmail.be", "hotmail.de", "hotmail.es",
    "hotmail.fr", "hotmail.it", "hotmail.nl", "hushmail.com", "inbox.lv", "inbox.ru", "interia.pl",
    "kpnmail.nl", "kolabnow.com", "laposte.net", "libero.it", "list.ru", "live.be", "live.ca", "live.co.uk", "live.de",
    "live.fr", "live.it", "live.nl", "mac.com", "mail.com", "mail.de", "mail.ru", "mailbox.org", "me.com", "msn.com",
    "naver.com", "ntlworld.com", "o2.pl", "onet.pl", "online.de", "optonline.net", "orange.fr", "outlook.at",
    "outlook.be", "outlook.co", "outlook.com.br", "outlook.de", "outlook.dk", "outlook.es", "outlook.fr", "outlook.in",
    "outlook.it", "outlook.jp", "outlook.pt", "passport.com", "pm.me", "posteo.de", "posteo.net",
    "proton.me", "protonmail.ch", "qq.com", "rambler.ru", "rediffmail.com", "rocketmail.com", "rogers.com",
    "sapo.pt", "sbcglobal.net", "seznam.cz", "sfr.fr", "shaw.ca", "sina.com", "skynet.be", "sky.com", "sohu.com",
    "talktalk.net", "telenet.be", "telus.net", "terra.com.br", "tin.it", "tiscali.it", "tutanota.com", "tutamail.com",
    "tuta.com", "tuta.io", "ukr.net", "uol.com.br", "verizon.net", "virgilio.it", "virginmedia.com", "vodafone.de",
    "wanadoo.fr", "wp.pl", "xs4all.nl", "ya.ru", "yahoo.ca", "yahoo.co", "yahoo.co.id", "yahoo.co.in", "yahoo.co.jp",
    "yahoo.com.ar", "yahoo.com.au", "yahoo.com.br", "yahoo.com.mx", "yahoo.de", "yahoo.es", "yahoo.fr", "yahoo.in",
    "yahoo.it", "yandex.com", "yandex.ru", "yeah.net", "ymail.com", "ziggo.nl", "zoho.com", "zohomail.com",
})  # fmt: skip
"""Mail and internet providers whose customers have nothing to do with each other and get few addresses each. One that
is missing here is treated as an organization: its customers share a small limit for each holder."""


def organization(address: str) -> str | None:
    """A digest of the domain that answers for a (normalized) ``address``; None for an address at a mail provider.

    That is the registered domain. Some providers give each customer all addresses of a subdomain, which then counts.
    """
    host = address.rpartition("@")[2]
    if host in MAIL_PROVIDERS:
        return None
    owned = registrable(host)
    return mailbox.digest(f"@{host if owned in MAIL_PROVIDERS else owned}")
