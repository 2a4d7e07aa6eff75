"""Laurel: is this credential real, and does it still stand?

The map of this package, one line a folder; the arrow points from left to right, never back.

    settings.py   the only reader of the environment
    errors.py     domain errors with stable codes
    services.py   the one place where nouns and edges meet

    credential/   PURE  what a credential is: issuer, achievement, record, status list; parse and build
    verify/       PURE  what makes it valid: canonical form, proofs, keys, the ten checks, report, verdict
    analytics/    PURE  what happened: events, the visitor's daily keyed hash
    access/       PURE  who asks and what they may do: roles, members, tokens, sessions, one-time links
    award/        PURE  what an issuer does: issue, revoke, suspend, reinstate, rotate a key
    delivery/     PURE  what is written to whom and when: letters, reminders, suppression, the holder's link
    lookup/       PURE  what a link opens: record and surroundings in, report and event out
    intake/       PURE  what a stranger brings: a paste, a file or a link in, the same report out
    http/         IN    routes, negotiation, problem+json, pages
    dynamo/       OUT   tables: keys on one page, models, adapters
    kms/          OUT   signing keys
    post/         OUT   mail: renders letters and sends them; the only importer of SES
    net/          OUT   the guarded fetcher: did:web, issuers' keys, remote status lists
"""
