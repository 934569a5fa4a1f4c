"""Version 1 of what programs see, one module a resource."""
