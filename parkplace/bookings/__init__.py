"""A driver's right to a bay for a period."""
