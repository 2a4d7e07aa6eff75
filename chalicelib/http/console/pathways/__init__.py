"""Pathway pages of the console: define pathways, and see who has completed them."""
