"""What spans transactions because Stripe is asked between them: paying hosts.

Drivers' money is moved in `bookings.flows`, which knows what is due.
"""
