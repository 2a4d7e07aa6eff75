"""Every key of every table, on one page, beside the access pattern it serves.

A key is a fixed word followed by values, joined by ``#``. Values are escaped, so that no value can forge another key.

====================================  ==============================  =============================================
partition key                         sort key                        serves
====================================  ==============================  =============================================
table ``credentials`` (permanent): public items, which the functions for visitors may read
``ISSUER#<issuer>``                   ``ISSUER``                      the issuer of a credential, read at every view
``ISSUER#<issuer>``                   ``ACHIEVEMENT#<achievement>``   one achievement; all achievements of an issuer
``ISSUER#<issuer>``                   ``VERSION#<achievement>#<n>``   an achievement as it was when it was issued
``ACHIEVEMENT#<achievement>``         ``ACHIEVEMENT``                 the issuer of an achievement (a pointer)
``CATALOGUE#<issuer>``                ``<achievement>``               what an issuer offers (an entry each)
``ISSUER#<issuer>``                   ``LIST#<list>``                 an issuer's status lists (a pointer each)
``ISSUER#<issuer>``                   ``LINKS#<achievement>``         the pathways of an achievement; read at every view
``DID#<did>``                         ``ISSUER``                      the hosted issuer with a DID (a pointer)
``CREDENTIAL#<credential>``           ``CREDENTIAL``                  the credential behind a link
``LIST#<list>``                       ``LIST``                        a status list, read at every view
``IMAGE#<sha256>``                    ``IMAGE``                       an image
``VIEW_COUNTS#<issuer>``              ``<credential>``                counts that holders show; all of an issuer
``PUBLISHED#<holder>``                ``PUBLISHED``                   what everyone may see of a holder's profile
``SITEMAP#<shard>``                   ``<holder>``                    the profiles that search engines may list
``RECEIPT#<receipt>``                 ``RECEIPT``                     a signed receipt, without personal data
``RECEIPT_VIEW#<receipt>``            ``RECEIPT_VIEW``                the readable part of it, which can be erased
``RECEIPT_KEYS``                      ``<key id>``                    the keys that have signed receipts
table ``credentials`` (permanent): private items
``ISSUERS``                           ``<issuer>``                    all issuers (a pointer to each)
``ISSUER_NAME#<sha256>``              ``<issuer>``                    who may use a name like this (a pointer each)
``CREDENTIALS#<issuer>``              ``<issued at>#<credential>``    an issuer's credentials by time (a row each)
``HOLDINGS#<issuer>#<email>``         ``<issued at>#<credential>``    those issued to an address (a pointer each)
``HOLDER#<email>``                    ``<issuer>#<credential>``       all issued to an address (a pointer each)
``RECIPIENT#<credential>``            ``RECIPIENT``                   the recipient of a credential
``INDEX#<list>``                      ``<index>``                     a used index of a list (a marker)
``MEMBERS#<issuer>``                  ``MEMBER#<email>``              a member; all members of an issuer
``MEMBERS#<issuer>``                  ``MEMBERSHIP``                  how many members and owners an issuer has
``PERSON#<email>``                    ``<since>#<issuer>``            the issuers of a person (a pointer each)
``TOKEN#<token>``                     ``TOKEN``                       an API key
``TOKENS#<issuer>``                   ``<created at>#<token>``        an issuer's tokens by time (a pointer each)
``OPERATOR#TOKENS``                   ``<created at>#<token>``        the operators' tokens (a pointer each)
``JOBS#<issuer>``                     ``<created at>#<job>``          an issuer's jobs by time (a pointer each)
``JOB#<issuer>#<job>``                ``JOB``                         a job
``JOB#<issuer>#<job>``                ``CHUNK#<n>``                   some of its rows
``JOB#<issuer>#<job>``                ``RESULTS#<n>``                 their results; the progress of the job
``DELIVERY#<issuer>#<credential>``    ``DELIVERY``                    the delivery status of a credential's emails
``DEFERRED#<issuer>``                 ``<since>#<kind>#<credential>`` deferred emails, over the issuer's quota
``EMAILS#<issuer>``                   ``EMAILS``                      how many of an issuer's emails bounce
``MAILBOX#<sha256>``                  ``MAILBOX``                     what is known about the address with this hash
``PROFILE#<sha256>``                  ``PROFILE``                     the profile of the address with this hash
``CONSENTS#<sha256>``                 ``<n>``                         the ledger of its consents (an entry each)
``HIDDEN_PROFILE#<holder>``           ``HIDDEN``                      marker: an operator has hidden the profile
``RECRUITERS#<holder>``               ``RECRUITERS``                  what recruiters see of a holder's profile
``SAVED#<sha256>``                    ``SAVED``                       people and searches that an address has saved
``VERIFIER#<verifier>``               ``VERIFIER``                    the account of a verifier, with its API keys
``VERIFIERS_OF#<sha256>``             ``<slot>``                      the verifiers of an address (a pointer each)
``VERIFIER_KEY#<sha256>``             ``VERIFIER_KEY``                what the verifier's API key with this hash permits
``WATCHES#<verifier>``                ``<watch>``                     a watch; all watches of a verifier
``WATCHED#<credential>``              ``<verifier>#<watch>``          who watches a credential (a pointer each)
``WATCHED_OF#<issuer>``               ``<verifier>#<watch>``          who watches credentials of an issuer (the same)
``PATHWAYS#<issuer>``                 ``PATHWAY#<pathway>``           a pathway; all pathways of an issuer
``PATHWAYS#<issuer>``                 ``PATHWAYS``                    data shared by all pathways of an issuer
``PATHWAY#<issuer>#<pathway>``        ``VERSION#<n>``                 a pathway as it was when it was completed
``COMPLETIONS#<issuer>#<pathway>``    ``<completion>``                the holders who completed it
``WEBHOOKS#<issuer>``                 ``WEBHOOK#<webhook>``           a webhook; all webhooks of an issuer
``ENDPOINTS#<issuer>``                ``<endpoint>``                  an endpoint; all endpoints of an issuer
``VISITOR_REPORT#<report>``           ``VISITOR_REPORT``              a report by a visitor about a credential
``ISSUER_REPORTS#<issuer>#<state>``   ``<report>``                    reports to an issuer by time (a pointer each)
``OPERATOR_REPORTS#<state>``          ``<report>``                    reports to the operators (a pointer each)
``COUNTS#<issuer>#<section>``         ``<level>#<start>``             its counts of a day, a month or all time
``CHUNKS#<pk>#<sk>#<n>``              ``<sha256>``                    counts that are too large for their item
``SUMMARIES``                         ``<issuer>#<email>``            a member who wants the monthly summary
``SURVEY#<issuer>``                   ``SURVEY``                      the survey of an issuer
``SURVEY_ANSWERS#<issuer>``           ``<credential>#<months>``       the answers of holders
``OUTCOME_NAMES#<issuer>``            ``<name>``                      the kinds of outcome of an issuer
``MANUAL_CHECK#<issuer>``             ``MANUAL_CHECK``                what an issuer says about checking by hand
``OUTCOMES#<issuer>#<name>``          ``<sha256>#<day>``              outcomes of the address with this hash
``OUTCOMES_OF#<sha256>``              ``<issuer>#<name>``             who has outcomes of an address (a pointer each)
``TASKS#<shard>``                     ``<due>#<kind>#<issuer>#``      due tasks, oldest first
                                      ``<subject>``
``TASKS#FAILED``                      ``<at>#<kind>#<issuer>#``       dead letters
                                      ``<subject>``
``ENDPOINT_TASKS#<shard>``            as in ``TASKS``                 due messages to endpoints; their dead letters
``WATCH_TASKS#<shard>``               as in ``TASKS``                 due checks and deliveries of watches; the same
table ``directory`` (rebuilt from ``credentials``); each key of a generation of the index starts with it
``GENERATIONS``                       ``GENERATIONS``                 which generations of the index there are
``UPDATES#<holder>``                  ``UPDATES``                     how often a listing was updated
``<generation>#SIZE``                 ``SIZE``                        how many ordinals were given out
``<generation>#HOLDERS#<shard>``      ``<holder>``                    what is indexed of a holder
``<generation>#CARDS#<shard>``        ``<ordinal>``                   a listing, by its ordinal
``<generation>#NAMES#<shard>``        ``<name>#<ordinal>``            the order by name
``<generation>#WORD#<prefix>``        ``<word>#<block>``              listings with a word; all words with a prefix
``<generation>#ISSUED``               ``<block>#<month>``             listings by month of the newest credential; all
``<generation>#<kind>#<value>``       ``<block>``                     listings with another value
``<generation>#spelling#<key>``       ``~``                           words that a misspelt one may stand for
``<generation>#SUGGEST#<letter>``     ``<word>#<kind>#<value>``       values to filter by, while someone types
table ``events`` (removed after a while)
``EVENTS#<bucket>#<shard>``           ``<event>``                     the events of three minutes, to be counted
``LATE``                              ``<bucket>#<event>``            events that came after their bucket was folded
``LATE``                              ``failed#<bucket>#<issuer>``    issuers whose counting failed
``LATE_DAYS``                         ``<day>``                       days with events that came after they were over
``FOLD``                              ``FOLD``                        how far events are counted
``BUCKET_COUNTS#<hour>``              ``<issuer>#<bucket>``           the counts of its buckets, by issuer
``HOUR_COUNTS#<day>``                 ``<issuer>#<hour>``             the counts of its hours, by issuer
``CHUNKS#<pk>#<sk>#<n>``              ``<sha256>``                    counts that are too large for their item
table ``secrets`` (really deleted: no backup, no stream)
``SALT``                              ``<day>``                       the salt of a day; all salts before a day
``SIGNING_KEY``                       ``<day>``                       the secret that a day's sessions are signed with
``SIGNING_KEY``                       ``known-<year>``                the secret of a year: known browsers, creators
``SESSIONS#<email>``                  ``<session>``                   a session; all sessions of a person
``SIGN_IN#<sha256>``                  ``LINK``                        the sign-in link with this secret
``COUNT#<name>``                      ``COUNT``                       a rate-limit counter or a daily quota
``ERASURES``                          ``<issuer or *>#<subject>``     an erasure; all erasures; those of an issuer
``ERASED_IDS#<issuer or *>#<subject>``  ``<id>``                      an id that an erasure has deleted
``ERASURE_SWEEP``                     ``ERASURE_SWEEP``               where the search for other traces is
``ERASURE_KEY``                       ``ERASURE_KEY``                 the key of the tombstones of mailboxes
``FETCHES#<network>``                 ``FETCHES``                     when a network's allowance is fully restored
``API_RATE#<name>``                   ``API_RATE``                    when a caller's limit of the API is fully back
``LISTINGS_READ#<network>``           ``LISTINGS_READ``               how much of the directory a network read today
``RECEIPTS_MADE#<network, verifier>`` ``RECEIPTS_MADE``               receipts that a network or a verifier got today
``BATCH#<job>``                       ``BATCH``                       a batch of a verifier, processed by a function
``BATCH#<job>``                       ``PART#<n>``                    that a part is done; the progress of the job
``BATCHES_OF#<verifier and day>``     ``BATCHES_OF``                  how many jobs a verifier created on a day
``KEY_CLAIM#<verifier>#<key>``        ``KEY_CLAIM``                   an `Idempotency-Key` of a verifier
``KEY_ANSWER#<id>``                   ``KEY_ANSWER``                  the answer to a request with one, about a watch
``WATCH_DELIVERIES#<verifier>#``      ``<delivery>``                  deliveries of a watch, by time
``<watch>``
``WATCHES_OF#<verifier and kind>``    ``WATCHES_OF``                  how many watches a verifier has
``WATCH_CHECKS#<kind and day>``       ``WATCH_CHECKS``                how many watches were checked on a day
``REFERRAL#<nonce>``                  ``<visitor class>``             the first click on a page's enrolment link
``CONVERSION_KEY``                    ``<month>``                     the key of a month's tokens of referrals
``CONVERSION#<issuer>#<event>``       ``CONVERSION``                  when a click led to a sign-up
``REPORTER#<report>``                 ``REPORTER``                    the message and address of a reporter
``KNOWN_PERSON#<hash>``               ``KNOWN_PERSON``                marker: a person has signed in
``MESSAGE#<sha256>``                  ``MESSAGE``                     a message to a holder, until it is relayed
``RELAYED#<sha256>``                  ``RELAYED``                     whom the link in a relayed message is about
``REPORTED_SENDER#<hash>``            ``<holder>``                    a holder's report of a sender, or a domain
``REPORTS_OF#<holder>``               ``<hash>``                      the same, by holder
``HOLDER_LINKS#<mailbox>``            ``<sha256>``                    a link in an email; all links of a mailbox
``LINK_REQUEST#<request>``            ``LINK_REQUEST``                who asks for a link, until the worker answers
``MAIL#<message>``                    ``MAIL``                        the email with this SES message id
``MAIL#<message>``                    ``EARLY#<state>``               an email event that came before its id
``CLAIM#<issuer>#<key>``              ``CLAIM``                       an `Idempotency-Key` and its credential
``DRY_RUN#<issuer>#<dry run>``        ``DRY_RUN``                     a dry run of a large upload
``DRY_RUN#<issuer>#<dry run>``        ``PART#<n>``                    a part of its upload
``WEBHOOK#<issuer>#<webhook>``        ``<at>#<message>``              messages of a webhook, newest first
``ENDPOINT_MESSAGES#<issuer>#``       ``<message>``                   messages to an endpoint, by time
``<endpoint>``
table ``erasures`` (not restored with the others)
``TOMBSTONE#<kind>#<hash>``           ``TOMBSTONE``                   when something with this id was erased
====================================  ==============================  =============================================

A role's rights to a table can be limited to partitions only (`dynamodb:LeadingKeys`), by a pattern of their keys. So
private items are never in a partition with public ones, and a prefix names one kind of data: see `infrastructure/`.

Rows and pointers have their own partitions: DynamoDB gives a partition 1,000 write units a second, and a large
upload must not slow down reads of its issuer. They are written in the same transaction as their target, which a
global secondary index (eventually consistent, and as expensive to write) could not guarantee.
"""

from __future__ import annotations

import re
import zlib
from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from chalicelib.analytics.counts.periods import Level, Period, bucket_of

SHARDS = 4
"""Partitions of a bucket: 4,000 events a second, the capacity of a new on-demand table (DynamoDB developer
guide, "Initial throughput"). The shard is part of an event's key, so changing this number requires a new key
prefix: otherwise a replay would store an old event twice."""

TASK_SHARDS = 64
"""Partitions of the task queue. All tasks of one issuer are in `TASK_SPREAD` of them, so an issuer with many tasks
delays only the few issuers that share these. All are read every minute, which costs about a dollar a month. Before
changing the number, tasks in the old partitions must be moved."""
TASK_SPREAD = 2
"""Partitions of one issuer. Each takes 1,000 write units a second; two take the tasks of 500 credentials a second."""


_MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"


class Key(NamedTuple):
    """The primary key of one item."""

    pk: str
    sk: str


def escape(text: str) -> str:
    """Escape the delimiter in ``text``; the result is unique to ``text``."""
    return text.replace("%", "%25").replace("#", "%23")


def unescape(text: str) -> str:
    """The inverse of `escape`."""
    return re.sub("%2[53]", lambda match: "%" if match[0] == "%25" else "#", text)


def join(*values: str) -> str:
    """One key part from values: distinct tuples give distinct parts."""
    return "#".join(map(escape, values))


class Range(NamedTuple):
    """A contiguous part of one partition, in sort-key order; ``condition`` may refer to ``sk`` and ``:sk``."""

    pk: str
    condition: str | None = None
    value: str | None = None
    backward: bool = False
    """Whether to read in descending order."""
    last: str | None = None
    """The value of ``:last``."""


def issuer(issuer_id: str) -> Key:
    return Key(join("ISSUER", issuer_id), "ISSUER")


def issuer_pointer(issuer_id: str) -> Key:
    return Key("ISSUERS", escape(issuer_id))


def did_pointer(did: str) -> Key:
    return Key(join("DID", did), "ISSUER")


def issuers() -> Range:
    return Range("ISSUERS")


def name_holder(digest: str, issuer_id: str) -> Key:
    return Key(join("ISSUER_NAME", digest), escape(issuer_id))


def name_holders(digest: str) -> Range:
    return Range(join("ISSUER_NAME", digest))


def achievement(issuer_id: str, achievement_id: str) -> Key:
    return Key(join("ISSUER", issuer_id), join("ACHIEVEMENT", achievement_id))


def achievements(issuer_id: str) -> Range:
    return Range(join("ISSUER", issuer_id), "begins_with(sk, :sk)", "ACHIEVEMENT#")


def achievement_version(issuer_id: str, achievement_id: str, version: int) -> Key:
    # Zero-padded, so that text order is number order.
    return Key(join("ISSUER", issuer_id), join("VERSION", achievement_id, f"{version:08}"))


def achievement_versions(issuer_id: str, achievement_id: str) -> Range:
    return Range(join("ISSUER", issuer_id), "begins_with(sk, :sk)", join("VERSION", achievement_id, ""))


def achievement_pointer(achievement_id: str) -> Key:
    return Key(join("ACHIEVEMENT", achievement_id), "ACHIEVEMENT")


def catalogue_entry(issuer_id: str, achievement_id: str) -> Key:
    # Catalogue entries have a prefix of their own, so that public pages may query them and nothing else of an issuer.
    return Key(join("CATALOGUE", issuer_id), escape(achievement_id))


def listings_after(issuer_id: str, achievement_id: str) -> Range:
    pk = join("CATALOGUE", issuer_id)
    return Range(pk, "sk > :sk", escape(achievement_id)) if achievement_id else Range(pk)


def record(credential_id: str) -> Key:
    return Key(join("CREDENTIAL", credential_id), "CREDENTIAL")


def recipient(credential_id: str) -> Key:
    return Key(join("RECIPIENT", credential_id), "RECIPIENT")


def row(issuer_id: str, issued_at: datetime, credential_id: str) -> Key:
    return Key(join("CREDENTIALS", issuer_id), join(moment(issued_at), credential_id))


def rows(issuer_id: str) -> Range:
    return Range(join("CREDENTIALS", issuer_id))


def rows_before(issuer_id: str, row_key: Key | None) -> Range:
    """Rows newest first, starting after ``row_key``, which does not have to exist."""
    return _before(join("CREDENTIALS", issuer_id), row_key)


def holder_of_issuer(issuer_id: str, email: str, issued_at: datetime, credential_id: str) -> Key:
    # The same sort key as the row, so that an address's credentials are paged like the list.
    return Key(join("HOLDINGS", issuer_id, email), join(moment(issued_at), credential_id))


def holders_of_issuer(issuer_id: str, email: str) -> Range:
    return Range(join("HOLDINGS", issuer_id, email), backward=True)


def holder(email: str, issuer_id: str, credential_id: str) -> Key:
    return Key(join("HOLDER", email), join(issuer_id, credential_id))


def holders_after(email: str, issuer_id: str | None) -> Range:
    # Every key of an issuer begins with its id and "#", so it sorts before the id and "$", the next character.
    pk = join("HOLDER", email)
    return Range(pk) if issuer_id is None else Range(pk, "sk > :sk", f"{escape(issuer_id)}$")


def holdings_before(issuer_id: str, email: str, before: tuple[datetime, str] | None) -> Range:
    pk = join("HOLDINGS", issuer_id, email)
    return _before(pk, None if before is None else Key(pk, join(moment(before[0]), before[1])))


def holding_in(sk: str) -> tuple[datetime, str]:
    """The time and the credential id in the sort key of `holder_of_issuer`."""
    at, _, credential_id = sk.partition("#")
    return datetime.strptime(at, _MOMENT).replace(tzinfo=UTC), unescape(credential_id)


def status_list(list_id: str) -> Key:
    return Key(join("LIST", list_id), "LIST")


def list_pointer(issuer_id: str, list_id: str) -> Key:
    return Key(join("ISSUER", issuer_id), join("LIST", list_id))


def list_pointers(issuer_id: str) -> Range:
    return Range(join("ISSUER", issuer_id), "begins_with(sk, :sk)", "LIST#")


def index_marker(list_id: str, index: int) -> Key:
    return Key(join("INDEX", list_id), str(index))


def image(sha256: str) -> Key:
    return Key(join("IMAGE", sha256), "IMAGE")


def receipt(receipt_id: str) -> Key:
    return Key(join("RECEIPT", receipt_id), "RECEIPT")


def receipt_view(receipt_id: str) -> Key:
    return Key(join("RECEIPT_VIEW", receipt_id), "RECEIPT_VIEW")


def receipt_key(kid: str) -> Key:
    return Key("RECEIPT_KEYS", escape(kid))


def receipt_keys() -> Range:
    return Range("RECEIPT_KEYS")


def receipts_made(name: str) -> Key:
    return Key(join("RECEIPTS_MADE", name), "RECEIPTS_MADE")


def event(event_id: str, at: datetime) -> Key:
    """The key of an event, derived from its id and time alone, so that a replay writes the same item."""
    shard = zlib.crc32(event_id.encode()) % SHARDS
    return Key(events(bucket_of(at), shard).pk, escape(event_id))


def events(bucket: Period, shard: int) -> Range:
    return Range(join("EVENTS", bucket.name, str(shard)))


def late_event(bucket: Period, event_id: str) -> Key:
    return Key("LATE", join(bucket.name, event_id))


def failed_fold(bucket: Period, event_id: str) -> Key:
    # After all notes of events, whose keys begin with a digit, so that an issuer that fails for long delays no event.
    return Key("LATE", join("failed", bucket.name, event_id))


def late_events() -> Range:
    return Range("LATE")


def summary_subscription(issuer_id: str, email: str) -> Key:
    return Key("SUMMARIES", join(issuer_id, email))


def summary_subscriptions() -> Range:
    return Range("SUMMARIES")


def survey(issuer_id: str) -> Key:
    return Key(join("SURVEY", issuer_id), "SURVEY")


def survey_answer(issuer_id: str, credential_id: str, months: int) -> Key:
    return Key(join("SURVEY_ANSWERS", issuer_id), join(credential_id, str(months)))


def survey_answers(issuer_id: str) -> Range:
    return Range(join("SURVEY_ANSWERS", issuer_id))


def manual_check(issuer_id: str) -> Key:
    return Key(join("MANUAL_CHECK", issuer_id), "MANUAL_CHECK")


def outcome_measure(issuer_id: str, name: str) -> Key:
    return Key(join("OUTCOME_NAMES", issuer_id), escape(name))


def outcome_measures(issuer_id: str) -> Range:
    return Range(join("OUTCOME_NAMES", issuer_id))


def outcome(issuer_id: str, name: str, person: str, day: date) -> Key:
    return Key(join("OUTCOMES", issuer_id, name), join(person, day.isoformat()))


def outcomes_of(person: str) -> Range:
    return Range(join("OUTCOMES_OF", person))


def outcome_pointer(person: str, issuer_id: str, name: str) -> Key:
    return Key(outcomes_of(person).pk, join(issuer_id, name))


def outcomes(issuer_id: str, name: str, person: str | None) -> Range:
    pk = join("OUTCOMES", issuer_id, name)
    return Range(pk) if person is None else Range(pk, "begins_with(sk, :sk)", join(person, ""))


def late_day(day: date) -> Key:
    return Key("LATE_DAYS", day.isoformat())


def late_days() -> Range:
    return Range("LATE_DAYS")


def fold_progress() -> Key:
    return Key("FOLD", "FOLD")


def part_counts(issuer_id: str, period: Period) -> Key:
    # By hour or day and not by issuer, so that the fold finds all issuers that have any.
    return Key(part_counts_of_all(period.parent).pk, join(issuer_id, period.name))


def part_counts_of_all(whole: Period) -> Range:
    return Range(join("BUCKET_COUNTS" if whole.level is Level.HOUR else "HOUR_COUNTS", whole.name))


def part_counts_of(issuer_id: str, whole: Period) -> Range:
    return Range(part_counts_of_all(whole).pk, "begins_with(sk, :sk)", join(issuer_id, ""))


def counts(issuer_id: str, section: str, period: Period) -> Key:
    return Key(join("COUNTS", issuer_id, section), join(period.level.value, period.name))


def counts_between(issuer_id: str, section: str, first: Period, last: Period) -> Range:
    """From ``first`` to ``last``, which are of one level."""
    start, end = counts(issuer_id, section, first), counts(issuer_id, section, last)
    return Range(start.pk, "sk BETWEEN :sk AND :last", start.sk, last=end.sk)


def view_counts(issuer_id: str, credential_id: str) -> Key:
    # Not under COUNTS, because visitors may read these, but no other counts by credential.
    return Key(view_counts_of(issuer_id).pk, escape(credential_id))


def view_counts_of(issuer_id: str) -> Range:
    return Range(join("VIEW_COUNTS", issuer_id))


def payload_chunk(head: Key, digest: str, number: int) -> Key:
    return Key(payload_chunks(head, number).pk, digest)


def payload_chunks(head: Key, number: int) -> Range:
    # Each in a partition of its own: a chunk takes a third of the write units that a partition has in a second.
    return Range(join("CHUNKS", *head, str(number)))


def salt(day: date) -> Key:
    return Key("SALT", day.isoformat())


def salts_before(day: date) -> Range:
    return Range("SALT", "sk < :sk", day.isoformat())


def claim(issuer_id: str, key: str) -> Key:
    return Key(join("CLAIM", issuer_id, key), "CLAIM")


def member(issuer_id: str, email: str) -> Key:
    return Key(join("MEMBERS", issuer_id), join("MEMBER", email))


def members(issuer_id: str) -> Range:
    return Range(join("MEMBERS", issuer_id), "begins_with(sk, :sk)", "MEMBER#")


def membership(issuer_id: str) -> Key:
    return Key(join("MEMBERS", issuer_id), "MEMBERSHIP")


def person_pointer(email: str, since: datetime, issuer_id: str) -> Key:
    return Key(join("PERSON", email), join(moment(since), issuer_id))


def issuers_of(email: str) -> Range:
    return Range(join("PERSON", email))


def token(token_id: str) -> Key:
    return Key(join("TOKEN", token_id), "TOKEN")


def token_pointer(issuer_id: str | None, created: datetime, token_id: str) -> Key:
    return Key(tokens(issuer_id).pk, join(moment(created), token_id))


def tokens(issuer_id: str | None) -> Range:
    return Range("OPERATOR#TOKENS" if issuer_id is None else join("TOKENS", issuer_id))


def verifier(verifier_id: str) -> Key:
    return Key(join("VERIFIER", verifier_id), "VERIFIER")


def verifier_pointer(mailbox: str, slot: int) -> Key:
    # By slot, so that no two requests can give a person more verifiers than there are slots.
    return Key(verifiers_of(mailbox).pk, str(slot))


def verifiers_of(mailbox: str) -> Range:
    return Range(join("VERIFIERS_OF", mailbox))


def verifier_key(digest: str) -> Key:
    # In a partition of its own, so that the functions for visitors may read it and nothing else of a verifier.
    return Key(join("VERIFIER_KEY", digest), "VERIFIER_KEY")


def signing_key(kid: str) -> Key:
    return Key("SIGNING_KEY", escape(kid))


def signing_keys_before(kid: str) -> Range:
    return Range("SIGNING_KEY", "sk < :sk", escape(kid))


def session(email: str, session_id: str) -> Key:
    return Key(join("SESSIONS", email), escape(session_id))


def sessions(email: str) -> Range:
    return Range(join("SESSIONS", email))


def sign_in_link(digest: str) -> Key:
    return Key(join("SIGN_IN", digest), "LINK")


def count(name: str) -> Key:
    return Key(join("COUNT", name), "COUNT")


def first_click(nonce: str, visitor_class: str) -> Key:
    # The public function may write the partitions of this prefix.
    return Key(join("REFERRAL", nonce), escape(visitor_class))


def conversion_key(month: date) -> Key:
    # The public function may read and write this partition.
    return Key("CONVERSION_KEY", f"{month:%Y-%m}")


def conversion(issuer_id: str, event_id: str) -> Key:
    return Key(join("CONVERSION", issuer_id, event_id), "CONVERSION")


def api_rate(name: str) -> Key:
    return Key(join("API_RATE", name), "API_RATE")


def batch(job_id: str) -> Key:
    return Key(batch_parts(job_id).pk, "BATCH")


def batch_part(job_id: str, number: int) -> Key:
    return Key(batch_parts(job_id).pk, join("PART", f"{number:05}"))


def batch_parts(job_id: str) -> Range:
    return Range(join("BATCH", job_id), "begins_with(sk, :sk)", "PART#")


def batches_of(name: str) -> Key:
    return Key(join("BATCHES_OF", name), "BATCHES_OF")


def key_claim(owner: str, key: str) -> Key:
    return Key(join("KEY_CLAIM", owner, key), "KEY_CLAIM")


def fetch_time(network: str) -> Key:
    # The verify function may write the partitions of this prefix and no others.
    return Key(join("FETCHES", network), "FETCHES")


def listings_read(network: str) -> Key:
    # The public function may write the partitions of this prefix and of `REFERRAL`.
    return Key(join("LISTINGS_READ", network), "LISTINGS_READ")


def known_person(hashed: str) -> Key:
    return Key(join("KNOWN_PERSON", hashed), "KNOWN_PERSON")


def saved(mailbox: str) -> Key:
    return Key(join("SAVED", mailbox), "SAVED")


def message(digest: str) -> Key:
    return Key(join("MESSAGE", digest), "MESSAGE")


def relayed(digest: str) -> Key:
    return Key(join("RELAYED", digest), "RELAYED")


def reported_sender(sender: str, holder_id: str) -> Key:
    return Key(join("REPORTED_SENDER", sender), escape(holder_id))


def reports_of_sender(sender: str) -> Range:
    return Range(join("REPORTED_SENDER", sender))


def report_of_holder(holder_id: str, sender: str) -> Key:
    return Key(join("REPORTS_OF", holder_id), escape(sender))


def reports_of_holder(holder_id: str) -> Range:
    return Range(join("REPORTS_OF", holder_id))


def visitor_report(report_id: str) -> Key:
    return Key(join("VISITOR_REPORT", report_id), "VISITOR_REPORT")


def reporter(report_id: str) -> Key:
    return Key(join("REPORTER", report_id), "REPORTER")


def issuer_report(issuer_id: str, state: str, report_id: str) -> Key:
    return Key(join("ISSUER_REPORTS", issuer_id, state), escape(report_id))


def issuer_reports_before(issuer_id: str, state: str, report_id: str | None) -> Range:
    pk = join("ISSUER_REPORTS", issuer_id, state)
    return _before(pk, None if report_id is None else Key(pk, escape(report_id)))


def operator_report(state: str, report_id: str) -> Key:
    return Key(join("OPERATOR_REPORTS", state), escape(report_id))


def operator_reports_before(state: str, report_id: str | None) -> Range:
    pk = join("OPERATOR_REPORTS", state)
    return _before(pk, None if report_id is None else Key(pk, escape(report_id)))


def job(issuer_id: str, job_id: str) -> Key:
    return Key(join("JOB", issuer_id, job_id), "JOB")


def job_pointer(issuer_id: str, created: datetime, job_id: str) -> Key:
    return Key(join("JOBS", issuer_id), join(moment(created), job_id))


def jobs_before(issuer_id: str, before: str | None) -> Range:
    condition = None if before is None else "sk < :sk"
    return Range(join("JOBS", issuer_id), condition, before, backward=True)


def chunk(issuer_id: str, job_id: str, number: int) -> Key:
    # Zero-padded, so that text order is number order.
    return Key(job(issuer_id, job_id).pk, join("CHUNK", f"{number:06}"))


def results(issuer_id: str, job_id: str, number: int) -> Key:
    return Key(job(issuer_id, job_id).pk, join("RESULTS", f"{number:06}"))


def results_since(issuer_id: str, job_id: str, number: int) -> Range:
    # Results sort last in their partition.
    return Range(job(issuer_id, job_id).pk, "sk >= :sk", results(issuer_id, job_id, number).sk)


def dry_run(issuer_id: str, dry_run_id: str) -> Key:
    return Key(join("DRY_RUN", issuer_id, dry_run_id), "DRY_RUN")


def dry_run_part(issuer_id: str, dry_run_id: str, number: int) -> Key:
    # Zero-padded, so that text order is number order.
    return Key(dry_run(issuer_id, dry_run_id).pk, join("PART", f"{number:04}"))


def dry_run_parts(issuer_id: str, dry_run_id: str) -> Range:
    return Range(dry_run(issuer_id, dry_run_id).pk, "begins_with(sk, :sk)", "PART#")


TASKS, ENDPOINT_TASKS, WATCH_TASKS = "TASKS", "ENDPOINT_TASKS", "WATCH_TASKS"
"""The queues: of the worker, of the function that sends messages to endpoints, and of that of watches. Each reaches its
own."""


def task(due: datetime, kind: str, issuer_id: str, subject: str, queue: str = TASKS) -> Key:
    spread = zlib.crc32(join(kind, subject).encode()) % TASK_SPREAD
    shard = (zlib.crc32(issuer_id.encode()) + spread) % TASK_SHARDS
    return Key(join(queue, str(shard)), join(moment(due), kind, issuer_id, subject))


def dead_letter(at: datetime, kind: str, issuer_id: str, subject: str, queue: str = TASKS) -> Key:
    return Key(join(queue, "FAILED"), join(moment(at), kind, issuer_id, subject))


def tasks_due(shard: int, now: datetime, queue: str = TASKS) -> Range:
    # A sort key starts with the due time, so it sorts before the next microsecond.
    return Range(join(queue, str(shard)), "sk < :sk", moment(now + timedelta(microseconds=1)))


def dead_letters(queue: str = TASKS) -> Range:
    return Range(join(queue, "FAILED"))


def _before(pk: str, key: Key | None) -> Range:
    return Range(pk, backward=True) if key is None else Range(pk, "sk < :sk", key.sk, backward=True)


def moment(at: datetime) -> str:
    """``at`` in UTC, to the microsecond, in a fixed width: text order is time order."""
    # Not `strftime`, whose %Y has no leading zeros on Linux: a year before 1000 would sort after this one.
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def delivery(issuer_id: str, credential_id: str) -> Key:
    return Key(join("DELIVERY", issuer_id, credential_id), "DELIVERY")


def deferred_email(issuer_id: str, since: datetime, kind: str, credential_id: str) -> Key:
    return Key(join("DEFERRED", issuer_id), join(moment(since), kind, credential_id))


def deferred_emails(issuer_id: str, until: datetime) -> Range:
    # As for tasks: a sort key sorts before the next microsecond.
    return Range(join("DEFERRED", issuer_id), "sk < :sk", moment(until + timedelta(microseconds=1)))


def reputation(issuer_id: str) -> Key:
    return Key(join("EMAILS", issuer_id), "EMAILS")


def mailbox(digest: str) -> Key:
    return Key(join("MAILBOX", digest), "MAILBOX")


def holder_link(mailbox_id: str, digest: str) -> Key:
    return Key(join("HOLDER_LINKS", mailbox_id), escape(digest))


def holder_links(mailbox_id: str) -> Range:
    return Range(join("HOLDER_LINKS", mailbox_id))


def link_request(request_id: str) -> Key:
    return Key(join("LINK_REQUEST", request_id), "LINK_REQUEST")


def sent_email(message_id: str) -> Key:
    return Key(join("MAIL", message_id), "MAIL")


def early_event(message_id: str, state: str) -> Key:
    return Key(join("MAIL", message_id), join("EARLY", state))


def early_events(message_id: str) -> Range:
    return Range(join("MAIL", message_id), "begins_with(sk, :sk)", "EARLY#")


def profile(mailbox_digest: str) -> Key:
    return Key(join("PROFILE", mailbox_digest), "PROFILE")


def consent(mailbox_digest: str, number: int) -> Key:
    # Zero-padded, so that text order is number order.
    return Key(join("CONSENTS", mailbox_digest), f"{number:08}")


def consents(mailbox_digest: str) -> Range:
    return Range(join("CONSENTS", mailbox_digest))


def hidden_profile(holder_id: str) -> Key:
    return Key(join("HIDDEN_PROFILE", holder_id), "HIDDEN")


def published(holder_id: str) -> Key:
    return Key(join("PUBLISHED", holder_id), "PUBLISHED")


def for_recruiters(holder_id: str) -> Key:
    return Key(join("RECRUITERS", holder_id), "RECRUITERS")


def sitemap_entry(holder_id: str) -> Key:
    # By the first character of the random id: 32 partitions of equal size, a file of the sitemap each.
    return Key(join("SITEMAP", holder_id[:1]), escape(holder_id))


def sitemap_entries(character: str) -> Range:
    return Range(join("SITEMAP", character))


def issuers_after(issuer_id: str) -> Range:
    return Range("ISSUERS", "sk > :sk", escape(issuer_id)) if issuer_id else issuers()


def erasure(issuer_id: str | None, subject: str) -> Key:
    return Key("ERASURES", join(issuer_id or "*", subject))  # no issuer has the id "*"


def erasures() -> Range:
    return Range("ERASURES")


def erasures_of(issuer_id: str) -> Range:
    return Range("ERASURES", "begins_with(sk, :sk)", join(issuer_id, ""))


def erased_id(issuer_id: str | None, subject: str, erased: str) -> Key:
    return Key(join("ERASED_IDS", issuer_id or "*", subject), escape(erased))


def erased_ids(issuer_id: str | None, subject: str) -> Range:
    return Range(join("ERASED_IDS", issuer_id or "*", subject))


def erasure_sweep() -> Key:
    return Key("ERASURE_SWEEP", "ERASURE_SWEEP")


def erasure_key() -> Key:
    return Key("ERASURE_KEY", "ERASURE_KEY")


def tombstone(kind: str, hashed: str) -> Key:
    return Key(join("TOMBSTONE", kind, hashed), "TOMBSTONE")


def pathway_set(issuer_id: str) -> Key:
    return Key(join("PATHWAYS", issuer_id), "PATHWAYS")


def pathway(issuer_id: str, pathway_id: str) -> Key:
    return Key(join("PATHWAYS", issuer_id), join("PATHWAY", pathway_id))


def pathways(issuer_id: str) -> Range:
    return Range(join("PATHWAYS", issuer_id), "begins_with(sk, :sk)", "PATHWAY#")


def pathway_version(issuer_id: str, pathway_id: str, version: int) -> Key:
    return Key(join("PATHWAY", issuer_id, pathway_id), join("VERSION", str(version)))


def pathway_links(issuer_id: str, achievement_id: str) -> Key:
    return Key(join("ISSUER", issuer_id), join("LINKS", achievement_id))


def completion(issuer_id: str, pathway_id: str, completion_id: str) -> Key:
    return Key(join("COMPLETIONS", issuer_id, pathway_id), escape(completion_id))


def completions_after(issuer_id: str, pathway_id: str, after: str | None) -> Range:
    pk = join("COMPLETIONS", issuer_id, pathway_id)
    return Range(pk) if after is None else Range(pk, "sk > :sk", escape(after))


def webhook(issuer_id: str, webhook_id: str) -> Key:
    return Key(join("WEBHOOKS", issuer_id), join("WEBHOOK", webhook_id))


def webhooks(issuer_id: str) -> Range:
    return Range(join("WEBHOOKS", issuer_id), "begins_with(sk, :sk)", "WEBHOOK#")


def webhook_delivery(issuer_id: str, webhook_id: str, at: datetime, message_id: str) -> Key:
    return Key(join("WEBHOOK", issuer_id, webhook_id), join(moment(at), message_id))


def webhook_deliveries(issuer_id: str, webhook_id: str) -> Range:
    return Range(join("WEBHOOK", issuer_id, webhook_id), backward=True)


def endpoint(issuer_id: str, endpoint_id: str) -> Key:
    return Key(join("ENDPOINTS", issuer_id), escape(endpoint_id))


def endpoints(issuer_id: str) -> Range:
    return Range(join("ENDPOINTS", issuer_id))


def endpoint_message(issuer_id: str, endpoint_id: str, message_id: str) -> Key:
    return Key(join("ENDPOINT_MESSAGES", issuer_id, endpoint_id), escape(message_id))


def endpoint_messages(issuer_id: str, endpoint_id: str) -> Range:
    return Range(join("ENDPOINT_MESSAGES", issuer_id, endpoint_id), backward=True)


def watch(verifier_id: str, watch_id: str) -> Key:
    return Key(join("WATCHES", verifier_id), escape(watch_id))


def watches_after(verifier_id: str, watch_id: str | None) -> Range:
    pk = join("WATCHES", verifier_id)
    return Range(pk) if watch_id is None else Range(pk, "sk > :sk", escape(watch_id))


def watched(credential_id: str, verifier_id: str, watch_id: str) -> Key:
    return Key(join("WATCHED", credential_id), join(verifier_id, watch_id))


def watched_after(credential_id: str, after: str | None) -> Range:
    pk = join("WATCHED", credential_id)
    return Range(pk) if after is None else Range(pk, "sk > :sk", after)


def watched_of(issuer_id: str, verifier_id: str, watch_id: str) -> Key:
    return Key(join("WATCHED_OF", issuer_id), join(verifier_id, watch_id))


def watched_of_after(issuer_id: str, after: str | None) -> Range:
    pk = join("WATCHED_OF", issuer_id)
    return Range(pk) if after is None else Range(pk, "sk > :sk", after)


def watched_in(sk: str) -> tuple[str, str]:
    """The verifier and the watch in the sort key of `watched` and `watched_of`."""
    verifier_id, _, watch_id = sk.partition("#")
    return unescape(verifier_id), unescape(watch_id)


def watch_delivery(verifier_id: str, watch_id: str, delivery_id: str) -> Key:
    return Key(join("WATCH_DELIVERIES", verifier_id, watch_id), escape(delivery_id))


def watch_deliveries_before(verifier_id: str, watch_id: str, delivery_id: str | None) -> Range:
    pk = join("WATCH_DELIVERIES", verifier_id, watch_id)
    return _before(pk, None if delivery_id is None else Key(pk, escape(delivery_id)))


def watches_of(name: str) -> Key:
    return Key(join("WATCHES_OF", name), "WATCHES_OF")


def watch_checks(name: str) -> Key:
    return Key(join("WATCH_CHECKS", name), "WATCH_CHECKS")


def key_answer(answer_id: str) -> Key:
    return Key(join("KEY_ANSWER", answer_id), "KEY_ANSWER")


DIRECTORY_SHARDS = 16
"""Partitions of entries and of cards: 16,000 write units a second while the directory is rebuilt. Changing the number
requires a rebuild into a new generation."""
_NAME_SHARDS = (*"bcdefghijklmnopqrstuvwxyz{", "\u0400", "\u0600", "\u3000", "\u5000", "\u6000", "\u8000", "\uac00")
"""Where the partitions of the order by name begin, apart from the first: by Latin letter, and by script."""
_WORD_BEGINNING = 3
"""Letters that words in one partition share; a prefix that is searched in all words has at least as many."""
_ORDINALS = 10**8


def directory_generations() -> Key:
    return Key("GENERATIONS", "GENERATIONS")


def directory_updates(holder_id: str) -> Key:
    return Key(join("UPDATES", holder_id), "UPDATES")


def updated_holder(key: Key) -> str:
    """The holder in a key of `directory_updates`."""
    return unescape(key.pk.partition("#")[2])


def changed_object(key: Key) -> tuple[str | None, str | None]:
    """The holder whose published profile is stored under ``key``, or the credential whose record is."""
    prefix, _, value = key.pk.partition("#")
    return {"PUBLISHED": (unescape(value), None), "CREDENTIAL": (None, unescape(value))}.get(prefix, (None, None))


def changed_issuer(key: Key) -> str | None:
    """The issuer that is stored under ``key``, and not one of its achievements or lists."""
    prefix, _, value = key.pk.partition("#")
    return unescape(value) if (prefix, key.sk) == ("ISSUER", "ISSUER") else None


def directory_kind(key: Key) -> str:
    """The word in a key of the table ``directory`` that names the kind of the item; ``PIECE`` for a piece of the index
    (`directory_piece`)."""
    first, _, rest = key.pk.partition("#")
    kind = rest.partition("#")[0] if rest and first != "UPDATES" else first
    return "PIECE" if kind in ("WORD", "ISSUED") or not kind.isupper() else kind


def directory_generation(key: Key) -> str:
    """The generation that a key of the index starts with."""
    return unescape(key.pk.partition("#")[0])


def directory_size(generation: str) -> Key:
    return Key(join(generation, "SIZE"), "SIZE")


def directory_buffer(generation: str) -> Key:
    return Key(join(generation, "BUFFER"), "BUFFER")


def directory_entry(generation: str, holder_id: str) -> Key:
    shard = zlib.crc32(holder_id.encode()) % DIRECTORY_SHARDS
    return Key(join(generation, "HOLDERS", str(shard)), escape(holder_id))


def entry_holder(key: Key) -> str:
    """The holder in a key of `directory_entry`."""
    return unescape(key.sk)


def directory_entries(generation: str, shard: int) -> Range:
    return Range(join(generation, "HOLDERS", str(shard)))


def directory_card(generation: str, ordinal: int) -> Key:
    return Key(join(generation, "CARDS", str(ordinal % DIRECTORY_SHARDS)), f"{ordinal:08}")


def card_ordinal(sk: str) -> int:
    """The ordinal in the sort key of `directory_card`."""
    return int(sk)


def directory_name(generation: str, name: str, ordinal: int) -> Key:
    # Inverted, so that equal names are newest first.
    return Key(directory_names(generation, name_shard(name)).pk, join(name, f"{_ORDINALS - ordinal:08}"))


def name_in(sk: str) -> tuple[str, int]:
    """The name and the ordinal in the sort key of `directory_name`."""
    name, _, inverted = sk.partition("#")
    return unescape(name), _ORDINALS - int(inverted)


def name_shard(name: str) -> int:
    """The partition of ``name``; their order is that of the names in them."""
    return bisect_right(_NAME_SHARDS, name)


NAME_SHARDS = len(_NAME_SHARDS) + 1


def directory_names(generation: str, shard: int, after: str | None = None) -> Range:
    pk = join(generation, "NAMES", str(shard))
    return Range(pk) if after is None else Range(pk, "sk > :sk", after)


def directory_piece(generation: str, kind: str, value: str, block: str) -> Key:
    if kind == "word":
        return Key(_words(generation, value), join(value, block))
    if kind == "issued":
        return Key(join(generation, "ISSUED"), join(block, value))
    return Key(join(generation, kind, value), block)


def directory_pieces(generation: str, kind: str, value: str, low: str, high: str) -> Range:
    """The parts from ``low`` to ``high`` of a posting; of all months for ``issued``."""
    between = "sk BETWEEN :sk AND :last"
    if kind == "word":
        return Range(_words(generation, value), between, join(value, low), last=join(value, high))
    if kind == "issued":
        return Range(join(generation, "ISSUED"), between, low, last=f"{high}$")
    return Range(join(generation, kind, value), between, low, last=high)


def directory_words(generation: str, beginning: str) -> Range:
    return Range(_words(generation, beginning), "begins_with(sk, :sk)", escape(beginning))


def piece_in(key: Key) -> tuple[str, str, str] | None:
    """The kind, value and block in a key of `directory_piece`, None for another key of a generation."""
    _, kind, *values = key.pk.split("#")
    if kind == "WORD":
        value, _, block = key.sk.partition("#")
        return "word", unescape(value), block
    if kind == "ISSUED":
        block, _, value = key.sk.partition("#")
        return "issued", unescape(value), block
    return None if kind.isupper() else (unescape(kind), unescape(values[0]), key.sk)


def directory_suggestion(generation: str, word: str, kind: str, value: str) -> Key:
    return Key(join(generation, "SUGGEST", word[:1]), join(word, kind, value))


def directory_suggestions(generation: str, beginning: str) -> Range:
    return Range(join(generation, "SUGGEST", beginning[:1]), "begins_with(sk, :sk)", escape(beginning))


def suggestion_in(sk: str) -> tuple[str, str, str]:
    """The word, kind and value in the sort key of `directory_suggestion`."""
    word, kind, value = map(unescape, sk.split("#"))
    return word, kind, value


def _words(generation: str, word: str) -> str:
    return join(generation, "WORD", word[:_WORD_BEGINNING])
