"""Credentials as signed tokens: the strict parser in front, and what their claims say."""
