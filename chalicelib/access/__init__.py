"""Authentication and authorization. An issuer is a tenant; its members are people, its tokens belong to programs.

roles.py            owner, editor and viewer, and what each may do
sign_in/            sign-in links by email, known browsers, OpenID Connect providers
caller.py           a `Caller` acts for one issuer, a `Person` is signed in
models.py           what is stored: members, tokens, sessions, links
access_context.py   shared dependencies: stores, mailer, clock, randomness
ports.py            the stores and the mailer
email_address.py    email addresses that people sign in with
members.py          the members of an issuer; there is always an owner
api_keys.py         rules that API keys of issuers and of verifiers share
tokens.py           API keys, of members and of the organization: create, authenticate, revoke
secrets.py          random ids and secrets
sessions.py         signed, short, revocable browser sessions
signing_keys.py     the daily secrets that sign them
rate_limits.py      rate limits by address, network (IPv6 at three prefix lengths) and deployment
"""
