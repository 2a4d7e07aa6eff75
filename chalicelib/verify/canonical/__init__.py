"""The bytes that a signature covers: a credential's canonical form.

`quads` turns JSON-LD into RDF quads over the bundled contexts and refuses whatever would hide or drop meaning; `rdfc`
orders and labels quads (RDFC-1.0); `jcs` orders JSON (RFC 8785). `tables` holds the contexts, compiled by
`tools/contexts.py`; `names` tells what a name in a document stands for; `literals` writes values.
"""
