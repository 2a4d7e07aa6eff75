"""The contract of the JSON API: the OpenAPI document, and the same for people.

openapi.json.gz    docs/openapi/openapi.json, compressed by `python -m tools.openapi`
routes.py          `/openapi.json` and `/docs`
contract.py        the document as it is read here
operation_view.py  what the page says of an operation
schema_view.py     what it says of a schema: one row for each member
"""
