"""How passages are searched for: words, weights and lines; no database, no vectors of its own."""
