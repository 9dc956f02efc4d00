"""The competition as the API reads and writes it."""
