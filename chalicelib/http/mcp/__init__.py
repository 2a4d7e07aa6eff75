"""Tools for agents: the Model Context Protocol over Streamable HTTP, at `/mcp`.

`json_rpc`, `revisions` and `server` handle messages and know no tool; `tools` lists the tools; `routes` is the
endpoint.
"""
