"""The HTTP edge: API Gateway and Chalice.

app.py      create_app(services): the routes of a function, and the one middleware
route_map.py  which module serves a URL
core/       what all routes share: routing, access rules, request bodies, negotiation, problems (RFC 9457), responses,
            response headers, cookies, logging
public/     pages and documents that anyone may open: home, credential pages, verification, DID documents, status lists
embed/      what other websites show of a credential: /embed.js, /embed/{id}, /badge/{file}, /oembed;
            and /client/{file}, the module that they use to verify one
holder/     the holder's own pages: /my/{token}, /mail/unsubscribe/{token}
sign_in/    sign-in by email link or OpenID Connect: /sign-in, /oidc
api/        the issuers' JSON API: /v1/issuers, /v1/credentials, /v1/jobs, /v1/webhooks and the rest
console/    the issuers' console
html/       page rendering; templates/ holds the templates
"""
