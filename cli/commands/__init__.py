"""The commands of `laurel`: one module per resource."""
