"""Laurel: is this credential genuine and still valid?

The map of this package, one line for each folder. Imports point inward: edges import the core, never the reverse.

    settings.py   the only reader of the environment
    errors.py     domain errors with stable codes
    services.py   the composition root: the one place where the core and the edges meet

    credential/   PURE  what a credential is: issuer, achievement, record, status list; parse and build
    verify/       PURE  what makes it valid: canonical form, proofs, keys, the ten checks, report, verdict
    analytics/    PURE  what happened: events, the visitor's daily keyed hash
    access/       PURE  who is asking and what they may do: roles, members, tokens, sessions, sign-in links
    award/        PURE  what an issuer does: achievements, issuing, bulk jobs, pathways, webhooks
    tasks/        PURE  the durable task queue and its worker
    delivery/     PURE  which emails are sent to whom and when: reminders, suppression, the holder's link
    directory/    PURE  who can be found: profiles of holders, their search index, queries
    embed/        PURE  what other websites show: badges, widgets, oEmbed, snippets, certificates
    reports/      PURE  get a report: on a hosted credential or on a submitted one
    http/         IN    routes, negotiation, problem+json, pages
    dynamo/       OUT   tables: keys on one page, models, adapters
    kms/          OUT   signing keys
    email/        OUT   renders and sends emails; the only importer of SES
    net/          OUT   the guarded fetcher: did:web, issuers' keys, remote status lists
"""
