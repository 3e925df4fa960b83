"""Imported last where others are forked from: what is there by then stays, so no run of theirs has to look through it.

Python's collector else goes through all that was imported, again and again in each run, and makes every page of it the
run's own. A run of one episode then has it look twice, and not 170 times, at what the run makes itself.
"""

import gc

_OBJECTS = 50_000
"""So many new ones call for a collection."""

gc.freeze()
gc.set_threshold(_OBJECTS)
