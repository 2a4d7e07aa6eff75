"""What an issuer does. Each act is a function of an `IssuerContext` and is stored whole or not at all.

issuers.py        found an issuer, rotate its key
achievements.py   add what can be earned, revise it, stop issuing it
issue.py          issue a credential, or many; placing.py how it gets into the lists and into storage
idempotency.py    the same request twice makes one credential
standing.py       revoke, suspend, reinstate; replacing.py correct and renew
recipient.py      to whom a credential went; listing.py an issuer's credentials as a list, and searching it
status_lists.py   the lists behind them
sign.py           proofs and JWTs by an issuer's key
text.py           what an issuer may write; zones.py time zones of holders
jobs.py           issue to many: judge an upload, keep it, see how far it is; job.py the nouns; issuing.py work at it
upload.py         the rows of an upload; cells.py, cells_json.py from bytes to cells; columns.py what those are called
judge.py          what issuing would refuse of a row
export.py         all of an issuer's data; csv_text.py CSV as we write it; moments.py dates as people type them
tasks.py          the to-do list: what is done later, at least once; work.py the round that works it off
pathways.py       what may be earned after what, and how far somebody has come; pathway_wire.py as JSON
atlas.py          write pathways, see holders on them; rewards.py what a pathway earns is awarded by itself
hooks.py          where other systems tell of completions; inbound.py what a message does; hook_wire.py as JSON
webhooks.py       Standard Webhooks: who sent this, and when; pointer.py JSON pointers
derived.py        ids that follow from what they stand for
"""
