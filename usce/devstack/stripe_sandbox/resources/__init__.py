"""The calls, one module a resource: each takes the store and the parsed parameters."""
