"""Actions of an issuer. Each action is a function of an `IssuerContext` and is stored completely or not at all.

issuers/          create an issuer, prove its domain
keys/             the shared key, an issuer's own key, rotation and revocation
achievements.py   create, revise and archive achievements
issuing/          issue, revoke, suspend, reinstate, correct and renew credentials; search them
bulk/             issue from an uploaded spreadsheet
pathways/         pathways of achievements, holders' progress and automatic rewards
webhooks/         completions reported by other systems
input/            validation of what an issuer may send
export.py         all of an issuer's data as JSON Lines
derived_ids.py    deterministic ids that outsiders cannot guess
"""
