"""Who asks, and what they may do. An issuer is a tenant; its members are people, its tokens programs.

roles.py     owner, editor, viewer, and the acts that each may do
caller.py    who asks: a `Caller` acts for one issuer, a `Person` is signed in
gate.py      what every act here needs: storage, the post, a clock, randomness
ports.py     what storage and the post have to offer
address.py   an e-mail address, as it is compared
members.py   who belongs to an issuer; never without an owner
tokens.py    what programs bring: made, looked up, revoked
sessions.py  a browser's signed, short, revocable session, and the keys that sign it
links.py     the one-time link by which a person signs in
oidc.py      signing in with somebody else's word; providers.py who they are and what they are asked
"""
