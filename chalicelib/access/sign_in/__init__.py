"""Ways to sign in: links by email, and OpenID Connect providers.

links.py            one-time sign-in links
known.py            browsers and people that have signed in before, for their own email budgets
return_paths.py     the path to open after signing in
oidc.py             sign-in with an OpenID Connect provider
providers.py        the providers' configuration, and the port that calls them
provider_list.py    the providers of this deployment, read from its secret
"""
