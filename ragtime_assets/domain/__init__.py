"""Artifacts and value objects: plain, typed, frozen. Nothing here imports the rest of the package.

One module per asset, named like it; beside them `artifact` (what they share), `identity`
(who an episode is), `graph` (how the phases hang together) and `vocabulary` (entity types).
"""
