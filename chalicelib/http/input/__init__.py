"""The parts of a request: body, form, query string, accepted formats, visitor."""
