"""What is written to whom, and when.

letter.py      what a letter says, before it is HTML or text
write.py       each kind of letter, from the nouns that it speaks of
brand.py       the issuer's face in a letter; an accent that can be read
sharing.py     where a holder can show a credential
schedule.py    when a reminder is due, and when it may go out: never at night
mailbox.py     what is known about an address: its zone, what it wants, what came back
deliveries.py  how the letters about one credential fare
links.py       the secrets in a letter's links
delivering.py  what every act here needs
handlers.py    the tasks: deliver, unopened, unshared, renewal
allowance.py   how many letters an issuer may have written
again.py       send once more, because an issuer asks
notices.py     what the mail service says of a letter that it took
holder.py      what a holder may do by the link in a letter, without an account
sign_in.py     the letter by which somebody signs in
invite.py      the letter to a new member of an issuer
ports.py       what all this needs from outside
"""
