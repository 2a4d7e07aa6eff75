"""DynamoDB adapters: the storage ports, on five tables. The only importer of PynamoDB."""
