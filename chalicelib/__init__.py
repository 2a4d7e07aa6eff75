"""Laurel: is this credential genuine and still valid?

The map of this package, one line for each folder. Imports point inward: edges import the core, never the reverse.

    settings.py   the only reader of the environment
    errors.py     domain errors with stable codes
    services.py   the composition root: the one place where the core and the edges meet
    csv_output.py, idempotency_key.py, json_pointer.py   PURE  small rules that several folders share

    credential/   PURE  the models: issuer, achievement, record, status list; parse and build
    verify/       PURE  verification: canonical form, proofs, keys, the ten checks, report, verdict
    analytics/    PURE  events, the visitor's daily keyed hash, counts, key figures
    catalogue/    PURE  the public catalogue: entries, recommendations, referrals
    directory/    PURE  holders' profiles, the ledger of their consents, and the search for them
    moderation/   PURE  reports by visitors
    access/       PURE  authentication and authorization: roles, members, tokens, sessions, sign-in links
    award/        PURE  an issuer's actions: achievements, issuing, bulk jobs, pathways, webhooks
    tasks/        PURE  the durable task queue and its worker
    delivery/     PURE  emails to holders: content, reminders, suppression, the holder's link
    embed/        PURE  content for other websites: badges, widgets, oEmbed, snippets, certificates
    language/     PURE  languages, phrases and their translation
    reports/      PURE  get a report: on a hosted credential or on a submitted one
    receipts/     PURE  signed, permanent records of reports, without personal data
    verifiers/    PURE  accounts, API keys and rate limits of those who verify by program; batches
    outcomes/     PURE  outcomes of people with and without a credential, and their comparison
    erasure/      PURE  the erasure of a person from all tables
    http/         IN    routes, negotiation, problem+json, pages
    dynamo/       OUT   tables: keys on one page, models, adapters
    kms/          OUT   signing keys
    s3/           OUT   archived events, files of batches
    sqs/          OUT   messages that start a function
    eventbridge/  OUT   events for the systems of the operator
    email/        OUT   renders and sends emails; the only importer of SES
    net/          OUT   the guarded fetcher: did:web, issuers' keys, remote status lists
"""

VERSION = "0.1.0"
"""Version of Laurel, as in pyproject.toml, which is not packaged."""
