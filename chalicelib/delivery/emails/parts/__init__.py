"""What emails are made of: content, branding, languages, text from other people."""
