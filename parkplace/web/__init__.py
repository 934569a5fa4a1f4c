"""The pages: people's door to the product, written with Reflex."""
