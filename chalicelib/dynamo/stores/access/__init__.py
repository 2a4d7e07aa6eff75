"""What the access package stores: members, sessions and sign-in links."""
