"""Watches: Laurel tells a verifier when the verdict on a credential changes.

watch.py        a watch, its deliveries, and the ports of their stores
creating.py     create a watch of a credential, or of the credential in a receipt
changing.py     rotate secrets, delete watches, send test events, replay deliveries
verdicts.py     the result of a check, and whether the verdict has changed
checking.py     check watches: after a change, on a date, every day
sending.py      send deliveries, signed with Standard Webhooks, and retry for three days
emailing.py     email the account owner about a new verdict
waking.py       messages that trigger `run_watches` immediately
running.py      handle those messages and due tasks
watch_json.py   JSON of watches and deliveries
"""
