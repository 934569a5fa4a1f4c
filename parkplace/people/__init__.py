"""What concerns a whole person, in every noun at once: kept out, shown, exported, forgotten."""
