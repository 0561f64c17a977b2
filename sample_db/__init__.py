"""A made-up municipality, the same from the same seed number."""
