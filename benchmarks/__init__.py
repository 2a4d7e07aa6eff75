"""Benchmarks of Laurel and comparable libraries: `python -m benchmarks` prints one JSON object per line.

    __main__.py     command line, list of benchmarks
    core.py         pins all contenders to one core
    line.py         one line of the result
    rounds.py       measures contenders in turn
    peers.py        the libraries compared with, each in a process of its own
    badges.py       the credentials to verify
    request.py      requests as API Gateway sends them
    engine.py       an embedded AWS with one credential
    visit.py        one visit of a page in Chromium
    website.py      a website that embeds credentials
    fake_aws.py     responses that a benchmark answers itself
    suites/         the benchmarks: verify, startup (by function), http, package, award, embed, page, jobs

Run in processes of their own: cold.py, view_times.py, seed.py, openvc_peer.py.
"""
