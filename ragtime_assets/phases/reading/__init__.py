"""What `summary` and `entities` need beside their own modules."""
