"""What anyone may open: home, credential pages, verification, documents."""
