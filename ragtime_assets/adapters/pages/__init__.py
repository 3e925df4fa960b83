"""Episode pages: HTML, JSON-LD, players' JSON."""
