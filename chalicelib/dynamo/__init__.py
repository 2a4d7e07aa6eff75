"""DynamoDB: the ports of storage, kept in three tables. The only importer of PynamoDB."""
