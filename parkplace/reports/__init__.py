"""Statements that something is wrong."""
