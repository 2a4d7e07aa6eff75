"""Stores on DynamoDB, named for what they store."""
