"""A local stand-in for Stripe: an HTTP program of its own that moves no real money."""
