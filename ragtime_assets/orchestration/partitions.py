"""An episode is a partition; its key comes from `domain/episode/identity.py` and is never reused."""

import dagster as dg

episodes = dg.DynamicPartitionsDefinition(name="episodes")
