"""AWS KMS: the key service, in which private keys are made and never leave."""
