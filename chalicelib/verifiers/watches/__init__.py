"""Watches: Laurel tells a verifier when the verdict on a credential changes.

watch.py        a watch, its deliveries, and the ports of their stores
creating.py     create a watch of a credential or of what a receipt is about
changing.py     rotate a secret, delete watches, send a test, send a failed delivery again
verdicts.py     what a report says to a watch, and whether that is news
checking.py     check watches: after a change, at a date, every day
sending.py      send deliveries, signed by Standard Webhooks, and retry for three days
emailing.py     email the owner of the account about a new verdict
waking.py       messages that make the function of watches work at once
running.py      what that function does with a message, and with what is due
watch_json.py   watches and deliveries in requests and responses
"""
