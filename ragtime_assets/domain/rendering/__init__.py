"""Episodes as files that other programs read: pure renderers, from artifacts to text."""
