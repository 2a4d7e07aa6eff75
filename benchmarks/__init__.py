"""How fast Laurel is, beside its peers: `python -m benchmarks` prints one JSON object a line.

    __main__.py     which benchmarks there are
    core.py         the one core they run on
    line.py         one line of the result
    rounds.py       contenders measured in turn
    peers.py        the peers, each a process of its own
    badges.py       the credentials that are verified
    verifying.py    verify/..., and where its time goes
    request.py      one request, as API Gateway hands it over
    engine.py       an embedded AWS with one credential in it
    starting.py     startup/import
    viewing.py      http/view
    packaging.py    package/zip
    awarding.py     jobs/...

Run as processes of their own: cold.py, view_times.py, seed.py, openvc_peer.py.
"""
