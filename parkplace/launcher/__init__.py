"""What `make run` and `make test` need on a bare machine; imports nothing else of Park Place."""
