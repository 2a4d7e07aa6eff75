"""The way in: HTTP over API Gateway and Chalice.

app.py          create_app(services): every route, and the one middleware
routing.py      a view takes the request, returns a `Reply`, and may raise domain errors
access.py       who may come in: one rule for each route
admission.py    who a request says that it comes from, and whether that holds
cookies.py      the session's, and the one that ties a sign-in link to its browser
edge.py         what every answer gets: our errors instead of Chalice's, security headers, HEAD
problem.py      every error that a caller can see, by its stable code (RFC 9457)
negotiation.py  Accept
reply.py        an answer; text and bytes both survive API Gateway
body.py         what a caller sends: size, type, JSON, fields
fields.py       the members of a JSON object, each read as what it has to be
form.py         forms with files
brought.py      what somebody brings to be checked, in whatever envelope
visit.py        who asked, as the analytics may know it
shapes.py       the JSON that clients rely on
credentials.py  /c/{id} and /v1/credentials/{id}
documents.py    DID documents, status lists, images
home.py         / and its one field
verify.py       /v1/verify
sign_in.py      /sign-in, /sign-in/{token}, /sign-out
issuers.py      /v1/issuers
people.py       /v1/members and /v1/tokens
jobs.py         /v1/jobs and below
export.py       /v1/export
holder.py       /my/{token}, /mail/unsubscribe/{token}, /v1/credentials/{id}/send
pathways.py     /v1/pathways, /v1/pathways/{id}, /v1/pathways/{id}/progress
hooks.py        /v1/webhooks and below; /webhooks/{id}
console/        the pages by which an issuer's people do their work
pages/          what the HTML pages show, in words; templates/ how
log.py          structured log, metrics, tracing; the log as the journal's fallback
"""
