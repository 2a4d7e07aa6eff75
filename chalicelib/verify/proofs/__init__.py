"""Data Integrity proofs: the cryptographic suites, selective disclosure, and proofs that sign other proofs."""
