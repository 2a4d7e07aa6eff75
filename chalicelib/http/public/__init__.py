"""Public routes: home, credential pages, verification, documents."""
