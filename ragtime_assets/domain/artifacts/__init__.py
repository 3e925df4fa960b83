"""The artifacts: a module per asset, named like it."""
