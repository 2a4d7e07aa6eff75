"""Authentication and authorization. An issuer is a tenant; its members are people, its tokens belong to programs.

roles.py            owner, editor and viewer, and what each may do
caller.py           a `Caller` acts for one issuer, a `Person` is signed in
access_context.py   shared dependencies: stores, mailer, clock, randomness
ports.py            the stores and the mailer
email_address.py    email addresses that people sign in with
members.py          the members of an issuer; there is always an owner
tokens.py           API keys: create, authenticate, revoke
sessions.py         signed, short, revocable browser sessions
signing_keys.py     the daily secrets that sign them
links.py            one-time sign-in links
known.py            browsers and people that have signed in before, for their own email budgets
oidc.py             sign-in with an OpenID Connect provider; providers.py describes providers
rate_limits.py      rate limits by address, network (IPv6 at three prefix lengths) and deployment
"""
