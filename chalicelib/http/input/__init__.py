"""What a request contains: body, form, query string, accepted formats, visitor."""
