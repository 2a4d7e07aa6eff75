"""Authentication and authorization. An issuer is a tenant; its members are people, its tokens belong to programs.

roles.py            owner, editor and viewer, and what each may do
caller.py           a `Caller` acts for one issuer, a `Person` is signed in
models.py           what is stored: members, tokens, sessions, links
access_context.py   shared dependencies: stores, mailer, clock, randomness
ports.py            the stores and the mailer
email_address.py    email addresses that people sign in with
members.py          the members of an issuer; there is always an owner
tokens.py           API keys, of members and of the organization: create, authenticate, revoke
secrets.py          random ids and secrets
sessions.py         signed, short, revocable browser sessions
signing_keys.py     the daily secrets that sign them
links.py            one-time sign-in links
known.py            browsers and people that have signed in before, for their own email budgets
return_paths.py     the path to open after signing in
oidc.py             sign-in with an OpenID Connect provider
providers.py        the providers' configuration, and the port that calls them
provider_list.py    the providers of this deployment, read from its secret
rate_limits.py      rate limits by address, network (IPv6 at three prefix lengths) and deployment
"""
