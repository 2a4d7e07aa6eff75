"""What a credential is: the nouns, how one is parsed, how one is built."""
