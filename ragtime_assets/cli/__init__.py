"""The `ragtime` command: small modules by subject, each importing what it needs when it is called.

No command does an episode's work; what has to be done is asked for in the corpus tables and done by Dagster.
"""

from ragtime_assets.cli.app import main

__all__ = ["main"]
