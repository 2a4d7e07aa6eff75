"""The console: plain pages by which the people of an issuer do their work, complete without script.

frame.py             what surrounds every page; `show` and `redirect` are how a view ends
fault.py             what goes wrong, told within the frame
filled.py            a form as it was filled in, with its faults beside the fields
words.py             banners, roles, places: everything that is said in fixed words
home.py              /console, /console/new: the way in
overview.py          /console/{issuer}: what was awarded, what waits, what comes next
achievements.py      what can be earned; achievement_form.py reads and judges its form
award.py             a pasted list or a file: checked, then awarded; upload_words.py says what was found
results.py           what came of a list, row by row; job_words.py says it
credentials.py       find one; see it; credential_acts.py says what can be done with it, and does it
pathways.py          what may be earned after what, and how far somebody is
people.py, keys.py   members and API tokens
hooks.py             where other systems tell of completions
settings.py          the issuer's own words; issuer_words.py reads and judges their form
export.py            all that is held of the issuer, to take away
domains.py           the domains that stand behind the issuer
"""

from chalicelib.http.console import (
    achievements,
    api_keys,
    domains,
    export,
    home,
    members,
    overview,
    pathways,
    settings,
    webhooks,
)
from chalicelib.http.console.bulk import results, upload
from chalicelib.http.console.credentials import credentials

ROUTES = (
    home.routes,
    overview.routes,
    achievements.routes,
    upload.routes,
    results.routes,
    credentials.routes,
    pathways.routes,
    members.routes,
    api_keys.routes,
    webhooks.routes,
    settings.routes,
    domains.routes,
    export.routes,
)
"""Of every part of the console."""
