"""Imported last where others are forked from: what is there by then stays, so no run of theirs has to look through it.

Python's collector else goes through all that was imported, again and again in each run, and makes every page of it the
run's own.
"""

import gc

gc.freeze()
