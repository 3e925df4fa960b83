"""An episode before and around its artifacts: who it is, what was fetched of it, what people corrected."""
