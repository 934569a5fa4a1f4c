"""What people are told: the outbox."""
