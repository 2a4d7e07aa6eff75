"""A holder's view and actions through the link in an email.

access.py          the scope of the link: one issuer's credentials, or all
actions.py         a holder's actions without an account
home.py            the credentials on the holder's page, in pages and by issuer
link_requests.py   new links that a holder requests
sharing.py         links that share a credential on other platforms
timezones.py       the timezones that a holder can choose, with their countries
"""
