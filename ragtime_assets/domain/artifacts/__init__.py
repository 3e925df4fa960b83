"""The ten artifacts: a module per asset, named like it."""
