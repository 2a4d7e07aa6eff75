"""The OpenAPI document of the JSON API, which `GET /openapi.json` serves.

schema.py     the parts of which schemas consist
operation.py  what an area declares: its operations
areas/        the declarations, by area
problems.py   the errors that follow from how a route is bound
routes.py     the bound routes, with their access rules
document.py   the document, from all of these
breaking.py   changes that break programs: a comparison of two documents
__main__.py   `python -m tools.openapi`

Limits, enumerations and codes are those of the code that validates requests. Nothing here is deployed.
"""
