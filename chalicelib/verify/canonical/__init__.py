"""The canonical form of a credential: the bytes that a signature covers.

`quads` converts JSON-LD to RDF quads over the bundled contexts and refuses anything that would hide or drop meaning;
`rdfc` labels and sorts quads (RDFC-1.0); `jcs` canonicalises JSON (RFC 8785). `tables` holds the contexts, compiled by
`tools/contexts.py`; `names` resolves names to IRIs; `literals` writes values; `work` counts what one
request costs.
"""
