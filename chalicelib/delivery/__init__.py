"""Which emails are sent to whom, and when.

emails/              the content of each email, branding, invitations and sign-in links
handlers.py          task handlers: the first email and the reminders
sending.py           send one email: claim it, send it, store the result
deferred.py          emails over the quota, and the task that sends them later
delivery_context.py  dependencies of delivery
delivery_status.py   delivery status of the emails about one credential
status_emails.py     which email about its status the holder must get
email_events.py      delivery, bounce and complaint events from the email service
mailbox.py           what is known about an address: timezone, preferences, bounces
links.py             secrets in the links of emails
holder_access.py     what the link in an email opens: one issuer's credentials, or all
holder_actions.py    what a holder can do with the link in an email, without an account
holder_home.py       the credentials on the holder's page, in pages and by issuer
holder_links.py      new links that a holder requests
quota.py             how many emails an issuer may send
reputation.py        how many of an issuer's emails bounce or are reported as spam
pausing.py           count them, pause an issuer's emails and resume them
reminders.py         when reminders are due, never at night
zones.py             the timezones that a holder can choose, with their countries
resend.py            resend an email at the issuer's request
sharing.py           links that share a credential on other platforms
ports.py             ports of delivery
"""
