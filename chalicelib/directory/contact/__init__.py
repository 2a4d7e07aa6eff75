"""Messages to holders, which Laurel relays without showing their addresses.

message.py    a message, its limits, and how a sender's words are quoted
ports.py      their storage
relaying.py   from the form to the email to the holder
holder.py     what a holder does with the link in that email
"""
