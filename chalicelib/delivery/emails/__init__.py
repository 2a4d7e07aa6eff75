"""The content of each email.

email_content.py     the kinds of emails, and the content that every email has
compose.py           emails about a credential; changes.py: about its corrections, renewals and status
credential_email.py  what all of these share; neutral.py: those of unidentified issuers
account.py           sign-in links, links that a holder requested, invitations
branding.py          the sender's name, logo and colour
text.py              text from other people on one line
sign_in.py           send a sign-in link; invitation.py: send an invitation
"""
