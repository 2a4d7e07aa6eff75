"""The search index of the directory on DynamoDB, and what holders and recruiters store about it.

The items of the index are not PynamoDB models: there are millions, they are small, and their size is what a search
costs.
"""
