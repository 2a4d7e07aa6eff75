"""The search index of the directory on DynamoDB.

Its items are not PynamoDB models: there are millions, they are small, and their size is what a search costs.
"""
