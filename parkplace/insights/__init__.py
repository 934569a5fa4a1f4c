"""What can be counted of people, spaces, bookings and money; it is only read here."""
