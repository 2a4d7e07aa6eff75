"""Console: server-rendered pages for the members of an issuer. Every page works without JavaScript.

layout.py            page context, rendering and redirects shared by every page
error_page.py        error responses within the console's layout
form_resubmission.py  a form that was refused because of its session or size, to send again
form_state.py        values and errors of a submitted form
text.py              fixed text: banners, roles, navigation
home.py              /console and /console/new: choose or create an issuer
overview/            /console/{issuer}: dashboard.py and its parts, tables.py (CSV), attention.py: what needs attention
achievements/        achievements; achievement_form.py reads and validates their form
bulk/                issue to many: upload.py and large_check.py check a list, results.py shows what was issued
credentials/         find, view, correct, renew, suspend, reinstate and revoke credentials
pathways/            pathways, and a holder's progress along one; completions.py lists who completed one
webhooks/            incoming webhooks from learning platforms; webhook_form.py reads and validates their form;
                     endpoints.py: URLs that events are sent to
members.py           members and their roles
api_keys.py          API keys
settings.py          issuer profile; issuer_form.py reads and validates its form; branding/ previews it
keys.py              revocation of a compromised signing key
visitor_reports.py   reports by visitors about a credential
erasures.py          erasure of a person from the issuer's records
export.py            download of all data of the issuer
domains.py           verification of the issuer's domains
"""
