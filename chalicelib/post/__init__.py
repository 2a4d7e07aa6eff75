"""Mail: the only importer of SES."""
