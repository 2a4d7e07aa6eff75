"""The OpenAPI document of the JSON API, which `GET /openapi.json` serves.

schema.py     building blocks of schemas
operation.py  what an area declares: its operations
areas/        the declarations, by area
problems.py   the errors of an operation
routes.py     the bound routes, with their access rules
document.py   assembles the document
breaking.py   finds breaking changes between two documents
__main__.py   `python -m tools.openapi`

Limits, enumerations and codes are those of the code that validates requests. Nothing here is deployed.
"""
