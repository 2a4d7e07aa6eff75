"""AWS KMS: creates private keys and signs with them. A private key never leaves KMS."""
