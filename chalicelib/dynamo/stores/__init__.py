"""Stores on DynamoDB, named after their contents."""
