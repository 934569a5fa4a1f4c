"""People: users, passwords, sessions and tokens."""
