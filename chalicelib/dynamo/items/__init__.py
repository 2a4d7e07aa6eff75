"""The items of the tables, as PynamoDB models."""
