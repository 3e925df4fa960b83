"""What every asset's step does with its episodes: the guard, what is kept, what is made, and how Dagster hears of it.

`step.py` works through the episodes, `episode.py` is what a phase gets, `run.py` knows the run that a step belongs to,
`asked.py` decides what is kept, `outcome.py` says what may become of a phase, and `telling.py` tells Dagster, for a run
of one episode and for a run of many.
"""

from ragtime_assets.orchestration.steps.episode import Episode
from ragtime_assets.orchestration.steps.run import is_of_many, selected
from ragtime_assets.orchestration.steps.step import Results, materialise, materialise_together

__all__ = ["Episode", "Results", "is_of_many", "materialise", "materialise_together", "selected"]
