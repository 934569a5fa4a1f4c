"""Signing in through an OpenID provider: asking it, believing it, and whose account that opens."""
