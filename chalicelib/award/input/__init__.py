"""What an issuer may send: text, dates, timezones, and how errors are named."""
