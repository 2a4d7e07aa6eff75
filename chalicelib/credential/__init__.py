"""What a credential is: its models, how one is parsed and how one is built."""
