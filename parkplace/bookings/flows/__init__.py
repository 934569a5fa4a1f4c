"""Where bookings meet Stripe: each step commits, calls with a key kept in a row, then writes.

Nothing here runs inside somebody's transaction; doors call these functions, not `run`.
"""
