"""DynamoDB adapters: the storage ports, on three tables. The only importer of PynamoDB."""
