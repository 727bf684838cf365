"""The request bodies, one module a verb. Unknown fields and values out of bounds raise BadInput."""
