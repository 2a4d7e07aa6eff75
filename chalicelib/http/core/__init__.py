"""What all routes share: routing, access, bodies, negotiation, problems, responses."""
