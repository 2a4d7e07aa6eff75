"""Emails: recipients and timing.

emails/              the content of each email, branding, invitations and sign-in links
holder/              what the link in an email opens, and what a holder can do with it
limits/              how many emails an issuer may send: quota, deferred emails, reputation, pause
handlers.py          task handlers: the first email and the reminders
sending.py           send one email: claim it, send it, store the result
delivery_context.py  dependencies of delivery
delivery_status.py   delivery status of the emails about one credential
status_emails.py     which email about its status the holder must get
email_events.py      delivery, bounce and complaint events from the email service
mailbox.py           what is known about an address: timezone, language, preferences, bounces
links.py             secrets in the links of emails
reminders.py         when reminders are due, never at night
resend.py            resend an email at the issuer's request
ports.py             ports of delivery
"""
