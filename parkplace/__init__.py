"""Park Place: a self-hosted marketplace for parking."""
