"""An episode is a partition; its key comes from `domain/episode/identity.py` and is never reused."""

import dagster as dg

NAME = "episodes"
episodes = dg.DynamicPartitionsDefinition(name=NAME)
