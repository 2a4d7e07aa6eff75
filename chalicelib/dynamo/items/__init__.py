"""Items of the tables, as PynamoDB models."""
