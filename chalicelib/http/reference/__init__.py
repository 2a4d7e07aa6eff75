"""The API reference: the OpenAPI document, and a page that shows it.

openapi.json.gz    docs/openapi/openapi.json, compressed by `python -m tools.openapi`
routes.py          `/openapi.json` and `/docs`
contract.py        loads the document
operation_view.py  view models of operations
schema_view.py     view models of schemas: one row per member
"""
